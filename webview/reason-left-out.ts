import { isInHunk } from "../src/core/review/review-comment";
import { isTicked } from "../src/core/review/ticks";
import { MAX_REASON_CHARS } from "../src/protocol/fields";
import type { ShownReview } from "../src/protocol/review-messages";

/** What was remarked on hunks that stay out: why they do. */
export function reasonOf({ files, choices, comments }: ShownReview): string {
  const takes = new Map(choices.map(({ path, take }) => [path, take]));
  const about = comments.filter((comment) => {
    const hunks = files.find(({ path }) => path === comment.path)?.hunks ?? [];
    const number = hunks.findIndex((hunk) => isInHunk(hunk, comment)) + 1;
    return !isTicked(takes.get(comment.path) ?? "none", number);
  });
  return about
    .map(({ text }) => text)
    .join("\n")
    .slice(0, MAX_REASON_CHARS);
}
