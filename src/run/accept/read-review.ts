import { refusal, unknownSubtask } from "../../core/review/decide-accept";
import { BraidError, failure, toFailure } from "../../core/failure";
import { toReview, type MergedReview } from "../../core/review/review";
import { subtaskState, type RunState } from "../../core/state/state";
import type { Repository } from "../../git/repository";
import { readAlong } from "./read-along";
import { readSince } from "./read-since";
import { conflictsLeft, previewMerge } from "./resolving";
import { resultDiff } from "./result-diff";

/** The review of a subtask's result. Reads only. Throws `run.state`, `result.missing`, `git.failed`. */
export async function readReview(repo: Repository, state: RunState, id: string): Promise<MergedReview> {
  const subtask = subtaskState(state, id);
  if (subtask === undefined) throw new BraidError(unknownSubtask(state, id));
  if (subtask.status === "running" || subtask.status === "pending")
    throw new BraidError(refusal(`"${id}" has no result yet.`, "Wait for it to finish."));
  const { base, result } = subtask;
  const [files, merge] = await Promise.all([
    base === null || result === null ? [] : resultDiff(repo, base, result.commit),
    result !== null && subtask.decision.kind === "open" ? previewOf(repo, state, id) : null,
  ]);
  const review = toReview(state, subtask, files);
  if (review === undefined)
    throw new BraidError(failure("result.missing", `"${id}" changed no files; there is nothing to review.`));
  const along = result !== null && subtask.decision.kind === "open" ? await readAlong(repo, state, id) : [];
  return { ...review, since: await readSince(repo, subtask, files), along, merge };
}

async function previewOf(repo: Repository, state: RunState, id: string): Promise<MergedReview["merge"]> {
  const preview = await previewMerge(repo, state, id).catch((error: unknown) => {
    if (toFailure(error).code === "target.missing") return undefined;
    throw error;
  });
  if (preview === undefined) return null;
  const { target, merged, files } = preview;
  const left = await conflictsLeft(repo, subtaskState(state, id));
  return {
    target,
    conflicts: [...(merged.kind === "conflict" ? merged.conflicts : []), ...left],
    conflictHunks: files,
  };
}
