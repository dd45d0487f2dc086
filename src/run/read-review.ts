import { refusal, unknownSubtask } from "../core/decide-accept";
import { BraidError, failure } from "../core/failure";
import { parseDiff } from "../core/hunks";
import { toReview, type SubtaskReview } from "../core/review";
import { subtaskState, type RunState } from "../core/state";
import { diffText } from "../git/diff";
import type { Repository } from "../git/repository";

/** The review of a subtask's result. Reads only. Throws `run.state`, `result.missing`, `git.failed`. */
export async function readReview(repo: Repository, state: RunState, id: string): Promise<SubtaskReview> {
  const subtask = subtaskState(state, id);
  if (subtask === undefined) throw new BraidError(unknownSubtask(state, id));
  if (subtask.status === "running" || subtask.status === "pending")
    throw new BraidError(refusal(`"${id}" has no result yet.`, "Wait for it to finish."));
  const { base, result } = subtask;
  const files = base === null || result === null ? [] : parseDiff(await diffText(repo, base, result.commit));
  const review = toReview(state, subtask, files);
  if (review === undefined)
    throw new BraidError(failure("result.missing", `"${id}" changed no files; there is nothing to review.`));
  return review;
}
