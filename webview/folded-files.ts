import type { FileDiff } from "../src/core/review/diff";

/** A file with more changed and context lines than this starts folded. */
export const MAX_FILE_LINES = 1_500;

/** So does a file that would bring the lines on screen above this. */
const MAX_OPEN_LINES = 6_000;

/** The paths that start folded, so that the page is quick however large the diff. */
export function foldedFiles(files: readonly FileDiff[]): ReadonlySet<string> {
  const folded = new Set<string>();
  let open = 0;
  for (const file of files) {
    const lines = file.hunks.reduce((sum, hunk) => sum + hunk.lines.length, 0);
    if (lines > MAX_FILE_LINES || open + lines > MAX_OPEN_LINES) folded.add(file.path);
    else open += lines;
  }
  return folded;
}

/** The lines, and files, that are drawn in one go. */
const BATCH_LINES = 600;
const BATCH_FILES = 40;

/** How many files to draw next, beyond the first `drawn`: as many as do not hold up who scrolls. */
export function nextBatch(files: readonly FileDiff[], folded: ReadonlySet<string>, drawn: number): number {
  let lines = 0;
  let next = drawn;
  while (next < files.length && next < drawn + BATCH_FILES && lines < BATCH_LINES) {
    const file = files[next];
    if (file !== undefined && !folded.has(file.path)) lines += file.hunks.reduce((sum, h) => sum + h.lines.length, 0);
    next += 1;
  }
  return next;
}
