import type { FileDiff } from "../src/core/diff";

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
