import { describeChangeRequest, isInHunk } from "../../core/review/review-comment";
import { BraidError, failure } from "../../core/failure";
import { staleRefusal } from "../../core/review/decide-accept";
import { leaveOut } from "../../core/review/left-out";
import type { MergedReview } from "../../core/review/review";
import { choicesOf } from "../../core/review/selection-words";
import { takesOf } from "../../core/review/selection";
import { subtaskState } from "../../core/state/state";
import { takeOf, withTicks } from "../../core/review/ticks";
import { memoryMarks, reviewMarks, type ReviewMarks } from "../../protocol/review-marks";
import type { SteeringCommand } from "../steering/inbox-command";
import { readReview } from "../accept/read-review";
import type { Run } from "../run";

/**
 * Another attempt at a subtask, told of the remarks on its result and of `text`; what the user unticked is turned down
 * with it. Throws `run.state` where nothing is asked for, or of another result.
 */
export async function requestChanges(
  run: Run,
  id: string,
  {
    commit,
    text,
    marks,
    later,
  }: {
    readonly commit: string;
    readonly text: string;
    readonly marks: ReviewMarks;
    /** It starts once the run is resumed. */
    readonly later?: true;
  },
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
  const { attempt, base, files } = review;
  const restsOn = subtaskState(run.state(), id)?.restsOn ?? [];
  const request = { attempt, base, restsOn, commit, text: text.trim(), comments };
  await run.retry(id, describeChangeRequest(text, comments, files), "user", {
    leftOut,
    request,
    ...(later ? { later } : {}),
  });
  await marks.comment(commit, []);
}

/** The same from words: files and hunks that are turned down, and comments that came along. Throws `selection.invalid` as well. */
export async function requestChangesInWords(
  run: Run,
  { subtask, note, comments, turnDown }: Extract<SteeringCommand, { readonly type: "request-changes" }>,
  how: { readonly later?: true } = {},
): Promise<void> {
  const { commit, files, choices } = await readReview(run.ports.repo, run.state(), subtask);
  const stranger = comments.find((each) => !files.some(({ path }) => path === each.path));
  if (stranger !== undefined)
    throw new BraidError(
      failure("selection.invalid", `The result does not change ${stranger.path}.`, {
        hint: "See the files with `braid review RUN SUBTASK`.",
      }),
    );
  const marks = reviewMarks(memoryMarks());
  await marks.comment(commit, comments);
  if (turnDown.length > 0) {
    const kept = choicesOf(files, { only: [], except: turnDown });
    if ("code" in kept) throw new BraidError(kept);
    await marks.tick(
      commit,
      // What was not proposed in the first place is not asked about.
      kept.filter(({ path }) => takeOf(choices, path) !== "none"),
    );
  }
  await requestChanges(run, subtask, { commit, text: note, marks, ...how });
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
