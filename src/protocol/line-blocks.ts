import { oncePer } from "../util/once-per";
import type { OutlinedHunk } from "./review-messages";

/** Lines of one hunk, `from` and up to `to`, counted from 0 within it. */
export interface Piece {
  /** The hunk's number in its file, from 1. */
  readonly number: number;
  readonly hunk: OutlinedHunk;
  readonly from: number;
  readonly to: number;
}

/** What is drawn, and taken off the page again, as one: so much of a file that nobody waits for it. */
export interface Block {
  /** Its lines, counted through the hunks of the file. */
  readonly from: number;
  readonly to: number;
  readonly pieces: readonly Piece[];
}

/** The most lines of a block, and the most hunks. */
export const BLOCK_LINES = 100;
export const BLOCK_HUNKS = 25;

/** A file with more lines of diff than this starts folded: who looks through the files need not scroll past it. */
export const MAX_FILE_LINES = 1_500;

/** The hunks of a file in blocks. A hunk is cut only where it is larger than a block. */
export const blocksOf = oncePer((hunks: readonly OutlinedHunk[]): readonly Block[] => {
  const blocks: Block[] = [];
  let pieces: Piece[] = [];
  let from = 0;
  let at = 0;
  const close = (): void => {
    if (pieces.length > 0) blocks.push({ from, to: at, pieces });
    pieces = [];
    from = at;
  };
  for (const [i, hunk] of hunks.entries()) {
    if (at - from + hunk.size > BLOCK_LINES || pieces.length === BLOCK_HUNKS) close();
    for (let start = 0; start < hunk.size; start += BLOCK_LINES) {
      const to = Math.min(hunk.size, start + BLOCK_LINES);
      pieces.push({ number: i + 1, hunk, from: start, to });
      at += to - start;
      if (to < hunk.size) close();
    }
  }
  close();
  return blocks;
});

/** Heights in pixels that are near enough until the real ones are known. */
const LINE_PX = 18;
const HUNK_HEAD_PX = 28;
const FILE_HEAD_PX = 42;

/** How high so many lines will be, about. */
export function linesHeight(lines: number): number {
  return lines * LINE_PX;
}

/** How high a block will be, about. */
export function blockHeight({ from, to, pieces }: Block): number {
  return linesHeight(to - from) + pieces.filter((piece) => piece.from === 0).length * HUNK_HEAD_PX;
}

/** How high a file will be, about, with so many notes and these blocks. */
export function fileHeight(notes: number, blocks: readonly Block[]): number {
  return FILE_HEAD_PX + notes * HUNK_HEAD_PX + blocks.reduce((sum, block) => sum + blockHeight(block), 0);
}
