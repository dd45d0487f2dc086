import type { FileDiff, Hunk } from "./diff";

/** A reviewer's remark on a line of a result; on a line that is gone, as the base has it. */
export interface ReviewComment {
  readonly path: string;
  readonly side: "base" | "result";
  /** Counted from 1. */
  readonly line: number;
  readonly text: string;
}

/** The line a remark on a whole hunk is about: the first that changed, as the result has it where it is there. */
export function placeOf(hunk: Hunk): Pick<ReviewComment, "side" | "line"> {
  let base = hunk.oldStart;
  let result = hunk.newStart;
  for (const { kind } of hunk.lines) {
    if (kind === "added") return { side: "result", line: result };
    if (kind === "deleted") break;
    base += 1;
    result += 1;
  }
  return hunk.lines.some((line) => line.kind === "added")
    ? { side: "result", line: Math.max(1, result) }
    : { side: "base", line: Math.max(1, base) };
}

/** Whether a remark is about a line of this hunk. */
export function isInHunk(hunk: Omit<Hunk, "lines">, { side, line }: Pick<ReviewComment, "side" | "line">): boolean {
  const [start, lines] = side === "base" ? [hunk.oldStart, hunk.oldLines] : [hunk.newStart, hunk.newLines];
  return line >= start && line < start + Math.max(1, lines);
}

/** What the worker is told: what the user wrote, and each remark with its place and the line it is about. */
export function describeChangeRequest(
  text: string,
  comments: readonly ReviewComment[],
  files: readonly FileDiff[],
): string {
  const remarks = comments.map((comment, i) => {
    const quoted = lineAt(files, comment);
    const where = comment.side === "base" ? "as it was before" : "as you left it";
    const quote = quoted === undefined ? "" : `\n> ${quoted}`;
    return `${i + 1}. ${comment.path}:${comment.line}, ${where}:${quote}\n${comment.text}`;
  });
  const answers = remarks.length === 0 ? "" : ANSWERS;
  const asked = [text.trim(), ...remarks, answers].filter((part) => part !== "");
  return ["The user looked at your last result and asks for changes:", ...asked].join("\n\n");
}

const ANSWERS = "Say in your report's `answers`, by these numbers, what you made of each.";

/** Longest line quoted, in characters. */
const MAX_QUOTE_CHARS = 300;

function lineAt(files: readonly FileDiff[], comment: ReviewComment): string | undefined {
  const file = files.find(({ path }) => path === comment.path);
  const hunk = file?.hunks.find((each) => isInHunk(each, comment));
  if (hunk === undefined) return undefined;
  let line = comment.side === "base" ? hunk.oldStart : hunk.newStart;
  for (const { kind, text } of hunk.lines) {
    if (kind === (comment.side === "base" ? "added" : "deleted")) continue;
    if (line === comment.line) return text.slice(0, MAX_QUOTE_CHARS).toWellFormed();
    line += 1;
  }
  return undefined;
}
