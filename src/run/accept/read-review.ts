import { refusal, unknownSubtask } from "../../core/review/decide-accept";
import { BraidError, failure, toFailure } from "../../core/failure";
import { parseDiff } from "../../core/review/hunks";
import { toReview, type MergedReview } from "../../core/review/review";
import { subtaskState, type RunState } from "../../core/state/state";
import { diffText } from "../../git/diff";
import type { Repository } from "../../git/repository";
import { readSince } from "./read-since";
import { previewMerge } from "./resolving";

/** The review of a subtask's result. Reads only. Throws `run.state`, `result.missing`, `git.failed`. */
export async function readReview(repo: Repository, state: RunState, id: string): Promise<MergedReview> {
  const subtask = subtaskState(state, id);
  if (subtask === undefined) throw new BraidError(unknownSubtask(state, id));
  if (subtask.status === "running" || subtask.status === "pending")
    throw new BraidError(refusal(`"${id}" has no result yet.`, "Wait for it to finish."));
  const { base, result } = subtask;
  const files = base === null || result === null ? [] : parseDiff(await diffText(repo, base, result.commit));
  const review = toReview(state, subtask, files);
  if (review === undefined)
    throw new BraidError(failure("result.missing", `"${id}" changed no files; there is nothing to review.`));
  const since = await readSince(repo, subtask, files);
  return { ...review, since, merge: subtask.decision.kind === "open" ? await previewOf(repo, state, id) : null };
}

async function previewOf(repo: Repository, state: RunState, id: string): Promise<MergedReview["merge"]> {
  const preview = await previewMerge(repo, state, id).catch((error: unknown) => {
    if (toFailure(error).code === "target.missing") return undefined;
    throw error;
  });
  if (preview === undefined) return null;
  const { target, merged, files } = preview;
  return { target, conflicts: merged.kind === "conflict" ? merged.conflicts : [], conflictHunks: files };
}
