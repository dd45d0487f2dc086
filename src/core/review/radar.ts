import { valuesOf } from "../state/chunked";
import { inOrder } from "../plan/graph";
import { isSamePair, liveKey, type KnownOverlap, type Overlap, type OverlapEvent } from "./live-overlap";
import { beneath } from "../plan/schedule";
import { subtaskState, type RunState } from "../state/state";
import type { SubtaskState } from "../state/subtask-state";

/** Whether a result waits for a decision. */
export function isLive(s: SubtaskState | undefined): s is SubtaskState & { readonly base: string } {
  return s?.base != null && s.decision.kind === "open" && (s.result?.files.length ?? 0) > 0;
}

/**
 * The results a new one has to be merged with in memory to know whether they overlap: those that wait as well, change a file it
 * changes, and were not built one on the other.
 */
export function toCompareWith(state: RunState, id: string): readonly string[] {
  const own = subtaskState(state, id);
  if (!isLive(own)) return [];
  const under = beneath(state, id);
  return valuesOf(state.subtasks).flatMap((other) => {
    const each = other.subtask.id;
    if (each === id || !isLive(other) || under.has(each) || beneath(state, each).has(id)) return [];
    return sharedFiles(own, other).length === 0 ? [] : [each];
  });
}

/** Paths both results change, old names of renamed files too. */
export function sharedFiles(a: SubtaskState, b: SubtaskState): readonly string[] {
  const others = new Set(pathsOf(b));
  return [...new Set(pathsOf(a))].filter((path) => others.has(path)).toSorted();
}

/**
 * The subtasks the files a worker has touched so far have to be merged with in memory: those at work, by what `touched` says of
 * them, and the results that wait, where they change one of its files and were not built one on the other.
 */
export function toCompareLive(
  state: RunState,
  id: string,
  touched: ReadonlyMap<string, readonly string[]>,
): readonly string[] {
  const own = new Set(touched.get(id));
  const under = beneath(state, id);
  return valuesOf(state.subtasks).flatMap((other) => {
    const each = other.subtask.id;
    if (each === id || under.has(each) || beneath(state, each).has(id)) return [];
    const files = other.status === "running" ? (touched.get(each) ?? []) : isLive(other) ? pathsOf(other) : [];
    return files.some((path) => own.has(path)) ? [each] : [];
  });
}

/** Paths a result changes, old names of renamed files too. */
export function pathsOf({ result }: Pick<SubtaskState, "result">): readonly string[] {
  return (result?.files ?? []).flatMap(({ path, from }) => (from === undefined ? [path] : [path, from]));
}

/** The event that says what was found, where that is not known already. */
export function overlapEvent(state: RunState, found: KnownOverlap): OverlapEvent | undefined {
  const known = state.overlaps.find((one) => isSamePair(one, found));
  const same =
    known === undefined
      ? found.kind === "none"
      : known.kind === found.kind && known.files.join("\0") === found.files.join("\0");
  if (same && known?.commits.toSorted().join() === found.commits.toSorted().join()) return undefined;
  return known === undefined && found.kind === "none" ? undefined : { type: "overlap.found", ...found };
}

/** The overlaps between subtasks as they are now: one that was tried again or decided has none that is known. */
export function overlapsNow(state: RunState): readonly Overlap[] {
  return state.overlaps.flatMap(({ a, b, files, kind, commits }) => {
    if (kind === "none" || !isSide(state, a, commits[0]) || !isSide(state, b, commits[1])) return [];
    return [{ a, b, files, kind }];
  });
}

/** Whether a subtask still is what was compared: this result, or this attempt at work. */
function isSide(state: RunState, id: string, key: string): boolean {
  const s = subtaskState(state, id);
  if (s?.status === "running") return key === liveKey(s.attempt);
  return isLive(s) && s.result?.commit === key;
}

/** The other side of each overlap of a subtask. */
export function overlapsOf(
  state: RunState,
  id: string,
): readonly (Omit<Overlap, "a" | "b"> & { readonly with: string })[] {
  return overlapsNow(state).flatMap(({ a, b, files, kind }) =>
    a === id ? [{ with: b, files, kind }] : b === id ? [{ with: a, files, kind }] : [],
  );
}

/** The results that wait, in an order to accept them in: each behind what it rests on, those that conflict with the fewest first. */
export function acceptOrder(state: RunState): readonly string[] {
  const conflicts = (s: SubtaskState) =>
    overlapsOf(state, s.subtask.id).filter(({ kind }) => kind === "conflict").length;
  const order = inOrder(valuesOf(state.subtasks).map((s) => s.subtask)).map(({ id }) => id);
  const left = valuesOf(state.subtasks)
    .filter(isLive)
    .toSorted((x, y) => {
      const [cx, cy] = [conflicts(x), conflicts(y)];
      return cx === cy ? order.indexOf(x.subtask.id) - order.indexOf(y.subtask.id) : cx - cy;
    });
  const done: string[] = [];
  const put = (s: SubtaskState): void => {
    if (done.includes(s.subtask.id)) return;
    const under = beneath(state, s.subtask.id);
    for (const other of left) if (under.has(other.subtask.id)) put(other);
    done.push(s.subtask.id);
  };
  for (const s of left) put(s);
  return done;
}
