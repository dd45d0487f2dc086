import type { FileDiff } from "../core/review/diff";
import { fileMark } from "../core/review/file-mark";
import type { MergedReview, ReviewFile } from "../core/review/review";
import type { FileChoice } from "../core/review/selection";
import { withTicks } from "../core/review/ticks";
import type { SubtaskView } from "../core/state/subtask-view";
import { blocksOf, MAX_FILE_LINES } from "./line-blocks";
import type { FirstLines, Opened } from "./messages";
import { linesOf, outlineOf } from "./outline";
import { packReview } from "./packed-review";
import type { ReviewMarks } from "./review-marks";
import type { ShownFile, ShownReview } from "./review-messages";
import type { ReviewSource } from "./review-source";

/** Files of the head of a large result: what may be seen before one has scrolled. */
const HEAD_FILES = 10;

/** A result with more files or changed lines than this is shown head first. */
const SMALL_FILES = 50;
const SMALL_LINES = 4_000;

/** Lines that come along: more than the largest screen shows at once. */
const FIRST_LINES = 300;

/** What of a result is shown first. Nobody waits for all of a large one, which is read meanwhile. */
export async function openReview(source: ReviewSource, { id, files }: SubtaskView, commit: string): Promise<Opened> {
  const { marks } = source;
  if (isSmall(files)) {
    const review = await source.review(id, commit);
    const shown = toShownReview(review, marks);
    return { kind: "whole", review: packReview(shown), lines: firstLines(shown.files, review.files) };
  }
  const head = await source.head(id, commit, HEAD_FILES);
  void source.warm(id, commit);
  const shown = shownFiles(head.files, marks, id);
  const { taken } = head;
  const choices = choicesOf({ ...head, commit }, marks);
  return {
    kind: "head",
    head: { subtask: id, commit, files: shown, choices, taken, comments: marks.comments(commit) },
    lines: firstLines(shown, head.files),
  };
}

/** A review with the reviewer's marks in place of what was proposed. */
export function toShownReview(review: MergedReview, marks: ReviewMarks): ShownReview {
  return {
    ...review,
    files: shownFiles(review.files, marks, review.subtask),
    comments: marks.comments(review.commit),
    choices: choicesOf(review, marks),
  };
}

/** What is ticked: of an accepted result what is on the branch, whatever was marked before. */
export function choicesOf(
  { taken, files, choices, commit }: Pick<MergedReview, "taken" | "files" | "choices" | "commit">,
  marks: ReviewMarks,
): readonly FileChoice[] {
  return taken === null ? withTicks(files, choices, marks.ticks(commit)) : choices;
}

function shownFiles(files: readonly ReviewFile[], marks: ReviewMarks, subtask: string): readonly ShownFile[] {
  const viewed = marks.viewed(subtask);
  const isViewed = (file: FileDiff) => viewed.has(file.path) && viewed.get(file.path) === fileMark(file);
  const outlines = outlineOf(files);
  return files.flatMap((file, i) => {
    const outline = outlines[i];
    return outline === undefined ? [] : [{ ...outline, viewed: isViewed(file) }];
  });
}

function isSmall(files: SubtaskView["files"]): boolean {
  const lines = files.reduce((sum, { added = 0, deleted = 0 }) => sum + added + deleted, 0);
  return files.length <= SMALL_FILES && lines <= SMALL_LINES;
}

/** The lines of the first blocks that will be on the page. */
function firstLines(shown: readonly ShownFile[], files: readonly FileDiff[]): readonly FirstLines[] {
  const ranges = [];
  let lines = 0;
  for (const { path, hunks, viewed, words, executable } of shown) {
    const size = hunks.reduce((sum, hunk) => sum + hunk.size, 0);
    if (viewed || !words.lines || executable !== null || size > MAX_FILE_LINES) continue;
    for (const { from, to } of blocksOf(hunks)) {
      if (lines >= FIRST_LINES) break;
      ranges.push({ path, from, to });
      lines += to - from;
    }
  }
  const slices = linesOf(files, ranges);
  return ranges.flatMap((range, i) => {
    const slice = slices[i];
    return slice === undefined || slice.lines.length === 0 ? [] : [{ range, slice }];
  });
}
