import { dependentsOf, inOrder } from "./graph";
import { durationMs, type Subtask } from "./plan";
import { subtaskState, type RunState, type SubtaskState } from "./state";

/** What an unestimated subtask counts as when paths are compared, in milliseconds. */
const DEFAULT_ESTIMATE_MS = 15 * 60_000;

/** Why a pending subtask cannot start. */
export type Hindrance =
  | { readonly kind: "waiting"; readonly on: readonly string[] }
  | { readonly kind: "blocked"; readonly by: string }
  | { readonly kind: "overlap"; readonly by: string };

/** What keeps a pending subtask from starting now; undefined when nothing does. */
export function hindranceOf(state: RunState, subtask: SubtaskState): Hindrance | undefined {
  const waiting: string[] = [];
  for (const id of subtask.subtask.dependencies) {
    const dependency = subtaskState(state, id);
    if (dependency === undefined || dependency.status === "skipped") continue;
    if (dependency.decision.kind === "rejected") return { kind: "blocked", by: id };
    if (dependency.decision.kind === "accepted" || dependency.status === "finished") continue;
    if (dependency.status === "failed" || dependency.status === "cancelled") return { kind: "blocked", by: id };
    const further = dependency.status === "pending" ? hindranceOf(state, dependency) : undefined;
    if (further?.kind === "blocked") return further;
    waiting.push(id);
  }
  if (waiting.length > 0) return { kind: "waiting", on: waiting };
  const rival = state.subtasks.find(
    (other) => other.status === "running" && sharesFile(other.subtask, subtask.subtask),
  );
  return rival === undefined ? undefined : { kind: "overlap", by: rival.subtask.id };
}

/** Subtasks that may start now, longest remaining path first. */
export function readySubtasks(state: RunState): readonly SubtaskState[] {
  if (!state.approved || state.paused || state.cancelled) return [];
  const ready = state.subtasks.filter((s) => s.status === "pending" && hindranceOf(state, s) === undefined);
  if (ready.length < 2) return ready;
  const remaining = remainingPaths(state.subtasks.map((s) => s.subtask));
  return ready.toSorted((a, b) => (remaining.get(b.subtask.id) ?? 0) - (remaining.get(a.subtask.id) ?? 0));
}

/** Whether no worker runs and none can start. */
export function isIdle(state: RunState): boolean {
  return !state.subtasks.some((s) => s.status === "running") && readySubtasks(state).length === 0;
}

/** For each subtask, its own estimate plus the longest path behind it, in milliseconds. */
export function remainingPaths(subtasks: readonly Subtask[]): ReadonlyMap<string, number> {
  const dependents = dependentsOf(subtasks);
  const remaining = new Map<string, number>();
  for (const subtask of inOrder(subtasks).toReversed()) {
    const behind = Math.max(0, ...(dependents.get(subtask.id) ?? []).map((d) => remaining.get(d.id) ?? 0));
    remaining.set(subtask.id, estimateMs(subtask) + behind);
  }
  return remaining;
}

/** A subtask's estimate in milliseconds. */
export function estimateMs(subtask: Subtask): number {
  return subtask.estimated_time === undefined ? DEFAULT_ESTIMATE_MS : durationMs(subtask.estimated_time);
}

/** Only concrete names count: overlapping patterns are a warning, identical files would be a conflict for sure. */
function sharesFile(a: Subtask, b: Subtask): boolean {
  return a.files.some((file) => !/[*?[\]{}]/u.test(file) && b.files.includes(file));
}
