import type { DiffLine, FileDiff, Hunk } from "../core/review/diff";
import { fileWords } from "../core/review/file-words";
import { placeOf } from "../core/review/review-comment";
import type { ReviewFile } from "../core/review/review";
import type { OutlinedFile, OutlinedHunk } from "./review-messages";

/** The most hunks one review names. The rest is counted, not sent, and its file goes only whole. */
export const MAX_HUNKS = 20_000;

/** The most characters of one line that are sent; what is longer nobody reads in a diff. */
export const MAX_LINE_CHARS = 2_000;

/** From this many characters on an answer has enough lines. */
export const MAX_REPLY_CHARS = 2_000_000;

/** The most characters of one note. */
export const MAX_NOTE_CHARS = 200_000;

/** Lines of a file's hunks, counted through from 0; `to` is the first that is not meant. */
export interface LineRange {
  readonly path: string;
  readonly from: number;
  readonly to: number;
}

/** Some lines of a diff, with the numbers the first has on both sides. */
export interface LineSlice {
  readonly oldLine: number;
  readonly newLine: number;
  readonly lines: readonly DiffLine[];
}

/** Files as a page first gets them: all but the lines, which it asks for when they come into view. */
export function outlineOf(files: readonly ReviewFile[], maxHunks = MAX_HUNKS): readonly OutlinedFile[] {
  let left = maxHunks;
  return files.map((file) => {
    // What follows a gap would look as if nothing were missing, so the file ends there.
    const named = file.hunks.slice(0, left);
    left -= named.length;
    const withheld = sizeOf(file.hunks) - sizeOf(named);
    const { blob: _blob, ...shown } = file;
    return {
      ...shown,
      hunks: named.map(withoutLines),
      words: fileWords(file),
      ...(named.length < file.hunks.length ? { withheld } : {}),
    };
  });
}

/**
 * The lines of each range, in order. Ranges beyond the first that fills an answer come back empty, to be asked for again; so do
 * those of what is not there.
 */
export function linesOf(
  files: readonly FileDiff[],
  wanted: readonly LineRange[],
  maxChars = MAX_REPLY_CHARS,
): readonly LineSlice[] {
  const byPath = new Map(files.map((file) => [file.path, file]));
  let chars = 0;
  return wanted.map(({ path, from, to }) => {
    if (chars >= maxChars) return NO_LINES;
    const slice = sliceOf(byPath.get(path)?.hunks ?? [], from, to);
    const lines = slice.lines.map(shorten);
    chars += lines.reduce((sum, line) => sum + line.text.length, 0);
    return { ...slice, lines };
  });
}

/** A note as a page can hold it. */
export function boundNote(text: string): string {
  const more = text.length - MAX_NOTE_CHARS;
  return more > 0 ? `${text.slice(0, MAX_NOTE_CHARS).toWellFormed()}\n… ${more} more characters` : text;
}

function withoutLines(hunk: Hunk): OutlinedHunk {
  const { oldStart, oldLines, newStart, newLines, heading, lines } = hunk;
  return { oldStart, oldLines, newStart, newLines, heading, size: lines.length, place: placeOf(hunk) };
}

function sizeOf(hunks: readonly Hunk[]): number {
  return hunks.reduce((sum, hunk) => sum + hunk.lines.length, 0);
}

const NO_LINES: LineSlice = { oldLine: 0, newLine: 0, lines: [] };

function sliceOf(hunks: readonly Hunk[], from: number, to: number): LineSlice {
  const found: DiffLine[] = [];
  let [oldLine, newLine] = [0, 0];
  let start = 0;
  for (const hunk of hunks) {
    if (start >= to) break;
    const { lines } = hunk;
    const skipped = Math.max(0, from - start);
    if (skipped < lines.length) {
      if (found.length === 0) {
        const before = lines.slice(0, skipped);
        oldLine = hunk.oldStart + before.filter((line) => line.kind !== "added").length;
        newLine = hunk.newStart + before.filter((line) => line.kind !== "deleted").length;
      }
      found.push(...lines.slice(skipped, to - start));
    }
    start += lines.length;
  }
  return { oldLine, newLine, lines: found };
}

function shorten(line: DiffLine): DiffLine {
  const more = line.text.length - MAX_LINE_CHARS;
  return more > 0
    ? { ...line, text: `${line.text.slice(0, MAX_LINE_CHARS).toWellFormed()} … ${more} more characters` }
    : line;
}
