import { plain } from "../core/plain";
import type { LeftInReview } from "../core/review/passing";

/** A line about a result that stays in review. */
export function stayingLine(run: string, { subtask, reason, byName }: LeftInReview): string {
  const onPurpose = byName ? ` Look at it (braid review ${run} ${subtask}), then: braid accept ${run} ${subtask}.` : "";
  return plain(`${subtask} stays in review: ${reason}${onPurpose}`);
}
