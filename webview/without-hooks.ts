import * as l10n from "@vscode/l10n";
import type { SubtaskView } from "../src/core/state/subtask-view";
import type { ShownReview } from "../src/protocol/review-messages";
import type { Actions } from "./actions";
import { canAccept } from "./decision-bar";
import { undoOf } from "./undo";

/** The way past hooks that keep a decision from going through; undefined where there is none. */
export function withoutHooks(
  { id, acceptedCommit }: SubtaskView,
  review: ShownReview | null,
  actions: Pick<Actions, "accept" | "undo">,
): { readonly label: string; readonly act: () => void } | undefined {
  if (acceptedCommit !== null) {
    const { part } = undoOf(review);
    return {
      label: l10n.t("Undo Without Hooks"),
      act: () => actions.undo(id, acceptedCommit, { part, customs: "off" }),
    };
  }
  if (!canAccept(review)) return undefined;
  return {
    label: l10n.t("Accept Without Hooks"),
    act: () => actions.accept(review, review.undecided.length > 0, "off"),
  };
}
