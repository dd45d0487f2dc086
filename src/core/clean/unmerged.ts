import { valueAt, valuesOf } from "../state/chunked";
import type { RunState } from "../state/state";
import type { SubtaskState } from "../state/subtask-state";

/** The commits of a run's accepts, which have to be in a branch for the work to count as merged. */
export function acceptedCommits(state: RunState): readonly string[] {
  return valuesOf(state.subtasks).flatMap(({ decision }) => (decision.kind === "accepted" ? [decision.commit] : []));
}

/**
 * What a run holds that no branch has: names of subtasks. `refs` are the run's, `isInBranch` tells of a commit whether a branch has
 * it. Whole results that were accepted are merged; parts, what was only staged, rejected, or not decided about, earlier attempts and
 * attempts cut short are not.
 */
export function unmergedWork(
  state: RunState,
  refs: readonly string[],
  isInBranch: (commit: string) => boolean,
): readonly string[] {
  const found = new Set<string>();
  for (const ref of refs) {
    // Nobody's work: it tells who has the run.
    if (/^refs\/braid\/turns\/\w+\/owner$/u.test(ref)) continue;
    const place = /^refs\/braid\/(?:turns\/)?\w+\/(\d+)\/(\d+)(?:-\w+)?$/u.exec(ref);
    const subtask = valueAt(state.subtasks, Number(place?.[1] ?? 0) - 1);
    if (place === null || subtask === undefined) found.add(ref);
    else if (!isMerged(subtask, Number(place[2]), isInBranch)) found.add(subtask.subtask.id);
  }
  return [...found];
}

function isMerged(
  { attempt: current, decision }: SubtaskState,
  attempt: number,
  isInBranch: (commit: string) => boolean,
): boolean {
  return attempt === current && decision.kind === "accepted" && decision.taken === null && isInBranch(decision.commit);
}
