import { executableChangesOf, unknownSubtask } from "../../core/review/decide-accept";
import { BraidError, failure } from "../../core/failure";
import { toReview, toReviewHead, type ReviewHead } from "../../core/review/review";
import { subtaskState, type RunState } from "../../core/state/state";
import type { Repository } from "../../git/repository";
import { fileDiffs, knownDiff, resultDiff } from "./result-diff";

/**
 * The first files of a result, at most `count`, without what something executes later: they are there long before all of a large
 * one is. Throws `run.state`, `result.missing`, `git.failed`.
 */
export async function readHead(repo: Repository, state: RunState, id: string, count: number): Promise<ReviewHead> {
  const subtask = subtaskState(state, id);
  if (subtask === undefined) throw new BraidError(unknownSubtask(state, id));
  const { base, result } = subtask;
  if (base === null || result === null)
    throw new BraidError(failure("result.missing", `"${id}" changed no files; there is nothing to review.`));
  const apart = new Set(executableChangesOf(subtask).map(({ path }) => path));
  const first = result.files.filter(({ path }) => !apart.has(path)).slice(0, count);
  const paths = new Set(first.map(({ path }) => path));
  const place = { base, commit: result.commit };
  const isAlone = first.length < result.files.length && first.every(({ status }) => status !== "renamed");
  const files =
    knownDiff(repo, place) ??
    (await (isAlone ? fileDiffs(repo, place, [...paths]) : resultDiff(repo, base, result.commit)));
  return toReviewHead(
    subtask,
    files.filter(({ path }) => paths.has(path)),
  );
}

/** Has a result's diff at hand, read through for what a review says of it. What fails, fails again for whoever asks for it. */
export async function warmReview(repo: Repository, state: RunState, id: string, commit: string): Promise<void> {
  const subtask = subtaskState(state, id);
  if (subtask?.base == null || subtask.result?.commit !== commit) return;
  const files = await resultDiff(repo, subtask.base, commit).catch(() => undefined);
  if (files !== undefined) toReview(state, subtask, files);
}
