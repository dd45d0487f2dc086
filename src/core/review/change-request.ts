import type { SubtaskState } from "../state/subtask-state";
import type { ReviewComment } from "./review-comment";

/** What a user asks of a result. The next attempt begins with that result, and is shown against it. */
export interface ChangeRequest {
  /** The attempt the result is of. */
  readonly attempt: number;
  /** What that result was made on, and the subtasks whose work is in there. */
  readonly base: string;
  readonly restsOn: readonly string[];
  readonly commit: string;
  readonly text: string;
  readonly comments: readonly ReviewComment[];
}

/**
 * What a result that answers a request is shown against: the one before, and on another base what the attempt began with, which is
 * that one as it stands there. Null where nothing was asked for.
 */
export function comparedWith({
  request,
  base,
  from,
}: SubtaskState): { readonly attempt: number; readonly commit: string } | null {
  if (request === null) return null;
  return { attempt: request.attempt, commit: base === request.base ? request.commit : (from ?? request.commit) };
}
