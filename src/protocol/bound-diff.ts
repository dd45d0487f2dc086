import type { FileDiff, Hunk } from "../core/review/diff";

/** The most characters of diff text one reply carries, and the most of one line. The rest is counted, not sent. */
export const MAX_DIFF_CHARS = 8_000_000;
export const MAX_LINE_CHARS = 20_000;

/** The most characters of one note. */
export const MAX_NOTE_CHARS = 200_000;

/** A file with as many of its hunks as fit; `withheld` counts lines that did not. */
export type Bounded<F extends FileDiff> = F & { readonly withheld?: number };

/** Cuts a diff to what a page can hold: whole hunks are left out and counted, over-long lines are shortened in words. */
export function boundDiff<F extends FileDiff>(files: readonly F[], maxChars = MAX_DIFF_CHARS): readonly Bounded<F>[] {
  let left = maxChars;
  return files.map((file) => {
    const hunks: Hunk[] = [];
    let withheld = 0;
    for (const hunk of file.hunks) {
      const short = shorten(hunk);
      const chars = short.lines.reduce((sum, line) => sum + line.text.length + 1, 0);
      // One hunk too large closes its file: what follows a gap would look as if nothing were missing.
      if (withheld > 0 || chars > left) withheld += hunk.lines.length;
      else {
        left -= chars;
        hunks.push(short);
      }
    }
    return withheld > 0 ? { ...file, hunks, withheld } : { ...file, hunks };
  });
}

/** A note as a page can hold it. */
export function boundNote(text: string): string {
  const more = text.length - MAX_NOTE_CHARS;
  return more > 0 ? `${text.slice(0, MAX_NOTE_CHARS).toWellFormed()}\n… ${more} more characters` : text;
}

function shorten(hunk: Hunk): Hunk {
  if (hunk.lines.every((line) => line.text.length <= MAX_LINE_CHARS)) return hunk;
  const lines = hunk.lines.map((line) => {
    const more = line.text.length - MAX_LINE_CHARS;
    return more > 0 ? { ...line, text: `${line.text.slice(0, MAX_LINE_CHARS)} … ${more} more characters` } : line;
  });
  return { ...hunk, lines };
}
