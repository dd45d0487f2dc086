import type { Hunk } from "./diff";

/** Where a hunk stands in both files; all that is needed of it to apply it. */
export type HunkRange = Pick<Hunk, "oldStart" | "oldLines" | "newStart" | "newLines">;

/**
 * The bytes of `base` with the hunks of these numbers (from 1) as `result` has them. Lines are cut at line feeds and
 * never decoded, so line ends, a missing last one and any encoding come through untouched. Undefined where the hunks do
 * not belong to these two files.
 */
export function applyHunks(
  base: Uint8Array,
  result: Uint8Array,
  hunks: readonly HunkRange[],
  chosen: readonly number[],
): Uint8Array | undefined {
  const before = linesOf(base);
  const after = linesOf(result);
  const pieces: Uint8Array[] = [];
  let old = 0;
  let now = 0;
  for (const [i, hunk] of hunks.entries()) {
    const oldFrom = indexOf(hunk.oldStart, hunk.oldLines);
    const nowFrom = indexOf(hunk.newStart, hunk.newLines);
    // What lies between two hunks is the same in both files, or these are not their hunks.
    const common = cut(base, before, old, oldFrom);
    if (common === undefined || !same(common, cut(result, after, now, nowFrom))) return undefined;
    old = oldFrom + hunk.oldLines;
    now = nowFrom + hunk.newLines;
    const piece = chosen.includes(i + 1) ? cut(result, after, nowFrom, now) : cut(base, before, oldFrom, old);
    if (piece === undefined) return undefined;
    pieces.push(common, piece);
  }
  const rest = cut(base, before, old, before.length - 1);
  if (rest === undefined || !same(rest, cut(result, after, now, after.length - 1))) return undefined;
  return concat([...pieces, rest]);
}

/** A range without lines stands behind the line it names. */
function indexOf(start: number, lines: number): number {
  return lines === 0 ? start : start - 1;
}

/** Offsets of all line starts, and of the end. */
function linesOf(bytes: Uint8Array): readonly number[] {
  const starts = [0];
  for (let at = bytes.indexOf(10); at !== -1; at = bytes.indexOf(10, at + 1)) starts.push(at + 1);
  if (starts.at(-1) !== bytes.length) starts.push(bytes.length);
  return starts;
}

function cut(bytes: Uint8Array, starts: readonly number[], from: number, to: number): Uint8Array | undefined {
  const start = starts[from];
  const end = starts[to];
  return start === undefined || end === undefined || end < start ? undefined : bytes.subarray(start, end);
}

function same(a: Uint8Array, b: Uint8Array | undefined): boolean {
  return b !== undefined && a.length === b.length && a.every((byte, i) => byte === b[i]);
}

function concat(pieces: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(pieces.reduce((sum, piece) => sum + piece.length, 0));
  let at = 0;
  for (const piece of pieces) {
    whole.set(piece, at);
    at += piece.length;
  }
  return whole;
}
