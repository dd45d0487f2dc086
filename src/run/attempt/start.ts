import { valuesOf } from "../../core/state/chunked";
import { inOrder } from "../../core/plan/graph";
import { beneath } from "../../core/plan/schedule";
import { subtaskState, type RunState } from "../../core/state/state";
import type { SubtaskState } from "../../core/state/subtask-state";
import { replayBase, resolveBase, type Change, type DependencyResult } from "../../git/base";
import type { Repository } from "../../git/repository";

/** What a subtask starts from. */
export interface Start {
  readonly restsOn: readonly string[];
  /** Rejected subtasks beneath those, whose work stays out of it. */
  readonly without: readonly string[];
  readonly results: readonly DependencyResult[];
  /** Every change beneath it in order, where the results themselves hold what was turned down in review. */
  readonly changes: readonly Change[] | null;
}

/** What a subtask that rests on these starts from, as the decisions made so far have it. */
export function startOf(state: RunState, ids: readonly string[]): Start {
  const results = ids.flatMap((id) => {
    const dependency = subtaskState(state, id);
    const commit = dependency === undefined ? null : decidedCommit(dependency);
    return commit === null || commit === state.base ? [] : [{ subtask: id, commit }];
  });
  const restsOn = results.map((result) => result.subtask);
  const all = new Set([...ids, ...beneath(state, ...ids)]);
  const isCut = [...all].some((id) => isTakenInPart(subtaskState(state, id)));
  const without = [...all].filter((id) => subtaskState(state, id)?.decision.kind === "rejected");
  return { restsOn, without, results, changes: isCut ? changesOf(state, all) : null };
}

/** The commit of a start. Throws `merge.conflict`. */
export function resolveStart(repo: Repository, runBase: string, start: Start): Promise<string> {
  return start.changes === null ? resolveBase(repo, runBase, start.results) : replayBase(repo, runBase, start.changes);
}

function changesOf(state: RunState, ids: ReadonlySet<string>): readonly Change[] {
  return inOrder(valuesOf(state.subtasks).map((s) => s.subtask)).flatMap(({ id }) => {
    const s = ids.has(id) ? subtaskState(state, id) : undefined;
    if (s?.base == null || s.result === null || s.decision.kind === "rejected") return [];
    return [{ subtask: id, base: s.base, commit: decidedCommit(s) ?? s.result.commit }];
  });
}

/** What was taken of a result that is decided, else the result; one without a diff passes on what it was based on. */
function decidedCommit(s: SubtaskState): string | null {
  const taken = s.decision.kind === "accepted" ? s.decision.taken : null;
  return taken?.commit ?? s.result?.commit ?? s.base;
}

/** A rejected one counts as well: what was built on it carries it along. */
function isTakenInPart(s: SubtaskState | undefined): boolean {
  if (s === undefined) return false;
  return s.decision.kind === "rejected" || (s.decision.kind === "accepted" && s.decision.taken !== null);
}
