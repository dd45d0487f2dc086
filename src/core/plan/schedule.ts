import { valuesOf } from "../state/chunked";
import { concreteFiles } from "./claims";
import { dependentsOf, inOrder } from "./graph";
import { durationMs, type Subtask } from "./plan";
import { restsOnRejected } from "../review/rests-on-rejected";
import { subtaskState, type RunState } from "../state/state";
import { type SubtaskState } from "../state/subtask-state";

/** What an unestimated subtask counts as when paths are compared, in milliseconds. */
const DEFAULT_ESTIMATE_MS = 15 * 60_000;

const NONE: ReadonlySet<string> = new Set();

/** Why a pending subtask cannot start. */
export type Hindrance =
  | { readonly kind: "waiting"; readonly on: readonly string[] }
  | { readonly kind: "blocked"; readonly by: string }
  | { readonly kind: "overlap"; readonly by: string };

/**
 * What keeps each pending subtask from starting now; one that nothing keeps is not in it. One pass over the plan in
 * order, so that neither a chain of 1,000 nor a lattice costs more than its edges. `claimed` are subtasks that have a
 * slot already although the log does not say so yet.
 */
export function hindrancesOf(state: RunState, claimed: ReadonlySet<string> = NONE): ReadonlyMap<string, Hindrance> {
  const hindrances = new Map<string, Hindrance>();
  const owners = new Map(
    valuesOf(state.subtasks)
      .filter((s) => s.status === "running" || claimed.has(s.subtask.id))
      .flatMap(({ subtask }) => concreteFiles(subtask).map((file) => [file, subtask.id] as const)),
  );
  for (const { id } of inOrder(valuesOf(state.subtasks).map((s) => s.subtask))) {
    const pending = subtaskState(state, id);
    if (pending?.status !== "pending" || claimed.has(id)) continue;
    const hindrance = hindranceByDependency(state, pending, hindrances) ?? hindranceByFile(pending, owners);
    if (hindrance !== undefined) hindrances.set(id, hindrance);
  }
  return hindrances;
}

/** Subtasks that may start now, all of them together: longest remaining path first, no two that share a file. */
export function readySubtasks(state: RunState, claimed: ReadonlySet<string> = NONE): readonly SubtaskState[] {
  if (!state.approved || state.paused || state.cancelled) return [];
  const hindrances = hindrancesOf(state, claimed);
  const ready = valuesOf(state.subtasks).filter(
    ({ status, subtask }) => status === "pending" && !hindrances.has(subtask.id) && !claimed.has(subtask.id),
  );
  if (ready.length < 2) return ready;
  const remaining = remainingPaths(valuesOf(state.subtasks).map((s) => s.subtask));
  const taken = new Set<string>();
  return ready
    .toSorted((a, b) => (remaining.get(b.subtask.id) ?? 0) - (remaining.get(a.subtask.id) ?? 0))
    .filter(({ subtask }) => {
      const files = concreteFiles(subtask);
      if (files.some((file) => taken.has(file))) return false;
      for (const file of files) taken.add(file);
      return true;
    });
}

/** Subtasks whose finished results go into the base of this one although it does not name them: they share a file. */
export function sharedFilePredecessors(state: RunState, subtask: Subtask): readonly string[] {
  const files = new Set(concreteFiles(subtask));
  if (files.size === 0) return [];
  return (
    valuesOf(state.subtasks)
      .filter((s) => s.status === "finished" && s.decision.kind !== "rejected")
      .filter((s) => s.subtask.id !== subtask.id && concreteFiles(s.subtask).some((file) => files.has(file)))
      // One that was built on this subtask's earlier result would bring that result back.
      .filter((s) => !beneath(state, s.subtask.id).has(subtask.id))
      .map((s) => s.subtask.id)
  );
}

/** Every subtask, near and far, whose result went into the base of the current attempt of one of these. */
export function beneath(state: RunState, ...ids: readonly string[]): ReadonlySet<string> {
  const found = new Set<string>();
  const open = [...ids];
  for (let current = open.pop(); current !== undefined; current = open.pop()) {
    for (const each of subtaskState(state, current)?.restsOn ?? []) {
      if (found.has(each)) continue;
      found.add(each);
      open.push(each);
    }
  }
  return found;
}

/** Workers that may work at the same time now. */
export function concurrencyOf({ options, amendments }: RunState): number {
  return amendments.sequential ? 1 : options.concurrency;
}

/** Whether no worker runs and none can start. */
export function isIdle(state: RunState): boolean {
  return !valuesOf(state.subtasks).some((s) => s.status === "running") && readySubtasks(state).length === 0;
}

/** For each subtask, its own estimate plus the longest path behind it, in milliseconds. */
export function remainingPaths(
  subtasks: readonly Subtask[],
  msOf: (subtask: Subtask) => number = estimateMs,
): ReadonlyMap<string, number> {
  const dependents = dependentsOf(subtasks);
  const remaining = new Map<string, number>();
  for (const subtask of inOrder(subtasks).toReversed()) {
    const behind = Math.max(0, ...(dependents.get(subtask.id) ?? []).map((d) => remaining.get(d.id) ?? 0));
    remaining.set(subtask.id, msOf(subtask) + behind);
  }
  return remaining;
}

/** A subtask's estimate in milliseconds. */
export function estimateMs(subtask: Subtask): number {
  return subtask.estimated_time === undefined ? DEFAULT_ESTIMATE_MS : durationMs(subtask.estimated_time);
}

function hindranceByDependency(
  state: RunState,
  pending: SubtaskState,
  before: ReadonlyMap<string, Hindrance>,
): Hindrance | undefined {
  const waiting: string[] = [];
  for (const id of pending.subtask.dependencies) {
    const dependency = subtaskState(state, id);
    if (dependency === undefined || dependency.status === "skipped") continue;
    if (dependency.decision.kind === "rejected") return { kind: "blocked", by: id };
    if (dependency.decision.kind === "accepted") continue;
    if (dependency.status === "finished") {
      const [rejected] = restsOnRejected(state, id);
      if (rejected !== undefined) return { kind: "blocked", by: rejected };
      continue;
    }
    if (dependency.status === "failed" || dependency.status === "cancelled") return { kind: "blocked", by: id };
    const further = before.get(id);
    if (further?.kind === "blocked") return further;
    waiting.push(id);
  }
  return waiting.length === 0 ? undefined : { kind: "waiting", on: waiting };
}

function hindranceByFile(pending: SubtaskState, owners: ReadonlyMap<string, string>): Hindrance | undefined {
  for (const file of concreteFiles(pending.subtask)) {
    const by = owners.get(file);
    if (by !== undefined) return { kind: "overlap", by };
  }
  return undefined;
}
