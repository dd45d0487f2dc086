import type { FileDiff, Hunk } from "./diff";
import type { ReviewComment } from "./review-comment";

/**
 * What became of the line a comment is about in the next result: it is another, one close by is, or all is as it was. That is
 * all a diff can tell; whether the comment is met, a reader sees.
 */
export type CommentFate = "changed" | "close-by" | "as-it-was";

/** A comment that was sent, in the light of the result that answers it. */
export interface AnsweredComment extends ReviewComment {
  readonly fate: CommentFate;
  /** What the worker says it made of it; null where it said nothing. A model's words. */
  readonly answer: string | null;
  /** Where it is shown now: the line it was on, or where that was. */
  readonly now: { readonly side: "base" | "result"; readonly line: number };
}

/** The diffs of the file a comment is on, each undefined where the two are the same. */
export interface CommentedFile {
  /** From the base to the result that was commented on, and to the new one. */
  readonly toLast: FileDiff | undefined;
  readonly toResult: FileDiff | undefined;
  /** From the one result to the other. */
  readonly since: FileDiff | undefined;
}

/** How far from a line a change still counts as close by, in lines. */
const CLOSE_BY = 3;

/** What became of a comment's line, and where it stands now. */
export function fateOf(
  { side, line }: Pick<ReviewComment, "side" | "line">,
  { toLast, toResult, since }: CommentedFile,
): Pick<AnsweredComment, "fate" | "now"> {
  const changed = since?.hunks ?? [];
  if (side === "result") {
    const { line: there, gone } = follow(changed, line);
    const now = { side, line: Math.max(1, there) };
    if (gone || since?.status === "deleted") return { fate: "changed", now };
    return { fate: isCloseBy(changed, line) || since?.binary === true ? "close-by" : "as-it-was", now };
  }
  // On what was taken out: it is met by the line coming back.
  const back = follow(toResult?.hunks ?? [], line);
  if (!back.gone && toResult?.status !== "deleted")
    return { fate: "changed", now: { side: "result", line: back.line } };
  const was = follow(toLast?.hunks ?? [], line).line;
  return { fate: isCloseBy(changed, was) ? "close-by" : "as-it-was", now: { side, line } };
}

/** Where a line stands behind these changes; of one that is gone, where it stood. */
function follow(hunks: readonly Hunk[], line: number): { readonly line: number; readonly gone: boolean } {
  let shift = 0;
  for (const hunk of hunks) {
    let { old, now } = startOf(hunk);
    if (line < old) break;
    for (const { kind } of hunk.lines) {
      if (kind !== "added" && old === line) return { line: now, gone: kind === "deleted" };
      if (kind !== "added") old += 1;
      if (kind !== "deleted") now += 1;
    }
    shift = now - old;
  }
  return { line: line + shift, gone: false };
}

/** Whether a line within a few of this one, as it stood before, was taken out or had one put before it. */
function isCloseBy(hunks: readonly Hunk[], line: number): boolean {
  return hunks.some((hunk) => {
    let { old } = startOf(hunk);
    return hunk.lines.some(({ kind }) => {
      const isNear = kind !== "context" && Math.abs(old - line) <= CLOSE_BY;
      if (kind !== "added") old += 1;
      return isNear;
    });
  });
}

/** A side without lines is numbered by the line before it. */
function startOf({ oldStart, oldLines, newStart, newLines }: Hunk): { old: number; now: number } {
  return { old: oldLines === 0 ? oldStart + 1 : oldStart, now: newLines === 0 ? newStart + 1 : newStart };
}
