import * as l10n from "@vscode/l10n";
import type { FileChoice } from "../src/core/review/selection";
import { takenBack } from "../src/core/review/ticks";
import type { ShownReview } from "../src/protocol/review-messages";
import { undoLabel } from "./decision-words";

/** What the undo button of an accepted result does. */
export interface UndoChoice {
  readonly label: string;
  /** What of the result goes back; all of it where it is not said. */
  readonly part?: { readonly commit: string; readonly files: readonly FileChoice[] };
}

/** Takes back what is not ticked any more; all of it where nothing of that can be told, or all was unticked. */
export function undoOf(review: ShownReview | null): UndoChoice {
  if (review === null || review.taken === null) return { label: l10n.t("Undo Accept") };
  const { back, count } = takenBack(review.files, review.taken, review.choices);
  const label = undoLabel(count);
  return count.ticked === 0 || count.ticked === count.total
    ? { label }
    : { label, part: { commit: review.commit, files: back } };
}
