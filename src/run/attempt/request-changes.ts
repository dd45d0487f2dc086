import { describeChangeRequest, isInHunk } from "../../core/review/review-comment";
import { BraidError, failure } from "../../core/failure";
import { staleRefusal } from "../../core/review/decide-accept";
import { leaveOut } from "../../core/review/left-out";
import type { MergedReview } from "../../core/review/review";
import { takesOf } from "../../core/review/selection";
import { subtaskState } from "../../core/state/state";
import { takeOf, withTicks } from "../../core/review/ticks";
import type { ReviewMarks } from "../../protocol/review-marks";
import { readReview } from "../accept/read-review";
import type { Run } from "../run";

/**
 * Another attempt at a subtask, told of the remarks on its result and of `text`; what the user unticked is turned down
 * with it. Throws `run.state` where nothing is asked for, or of another result.
 */
export async function requestChanges(
  run: Run,
  id: string,
  { commit, text, marks }: { readonly commit: string; readonly text: string; readonly marks: ReviewMarks },
): Promise<void> {
  const review = await readReview(run.ports.repo, run.state(), id);
  if (review.commit !== commit) throw new BraidError(staleRefusal(id));
  const comments = marks.comments(commit);
  const leftOut = turnedDown(run, id, review, marks);
  if (text.trim() === "" && comments.length === 0 && leftOut.length === 0)
    throw new BraidError(
      failure("run.state", "Nothing is asked for yet.", {
        hint: "Write what should be different, or comment on a line.",
      }),
    );
  await run.retry(id, describeChangeRequest(text, comments, review.files), "user", { leftOut });
  await marks.comment(commit, []);
}

/** What the user unticked of what was proposed, each with what was remarked on it. */
function turnedDown(run: Run, id: string, review: MergedReview, marks: ReviewMarks) {
  const changed = new Set(
    marks
      .ticks(review.commit)
      .filter(({ path, take }) => String(takeOf(review.choices, path)) !== String(take))
      .map(({ path }) => path),
  );
  if (changed.size === 0) return [];
  const files = withTicks(review.files, review.choices, marks.ticks(review.commit));
  const takes = takesOf(review.files, { base: review.base, commit: review.commit, files });
  if ("code" in takes) throw new BraidError(takes);
  const before = new Set((subtaskState(run.state(), id)?.leftOut ?? []).map(({ fingerprint }) => fingerprint));
  const comments = marks.comments(review.commit);
  return leaveOut(takes, "", [])
    .filter(({ path, fingerprint }) => changed.has(path) && !before.has(fingerprint))
    .map((part) => {
      const hunk = review.files.find(({ path }) => path === part.path)?.hunks[part.number - 1];
      const about = comments.filter((each) => each.path === part.path && hunk !== undefined && isInHunk(hunk, each));
      return { ...part, reason: about.map((each) => each.text).join("\n") };
    });
}
