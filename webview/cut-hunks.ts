import type { Hunk } from "../src/core/review/diff";

/** The first `limit` lines of the hunks; a hunk that is not cut stays the same object. */
export function cutHunks(hunks: readonly Hunk[], limit: number): readonly Hunk[] {
  const shown: Hunk[] = [];
  let left = limit;
  for (const hunk of hunks) {
    if (left <= 0) break;
    shown.push(hunk.lines.length <= left ? hunk : { ...hunk, lines: hunk.lines.slice(0, left) });
    left -= hunk.lines.length;
  }
  return shown;
}
