import * as l10n from "@vscode/l10n";
import { useRef } from "preact/hooks";
import type { SubtaskView } from "../src/core/state/subtask-view";
import { countTicks } from "../src/core/review/ticks";
import type { ShownReview } from "../src/protocol/review-messages";
import type { Actions } from "./actions";
import { ChangesField } from "./changes-field";
import { acceptLabel } from "./decision-words";
import { ReasonField } from "./reason-field";
import { undoOf } from "./undo";

interface DecisionBarProps {
  readonly subtask: SubtaskView;
  /** The review whose diff is on screen; null while none is. */
  readonly review: ShownReview | null;
  readonly busy: boolean;
  /** The next subtask that waits, where this one does not. */
  readonly next: string | null;
  readonly rejecting: boolean;
  readonly onRejecting: (rejecting: boolean) => void;
  readonly requesting: boolean;
  readonly onRequesting: (requesting: boolean) => void;
  readonly actions: Actions;
}

/** What can be decided about a subtask, and nothing that cannot. Accept wants the diff on screen, and takes what is ticked there. */
export function DecisionBar(props: DecisionBarProps) {
  const { subtask, review, busy, next, rejecting, onRejecting, requesting, onRequesting, actions } = props;
  const { id, commit, acceptedCommit } = subtask;
  const rejectButton = useRef<HTMLButtonElement>(null);
  const requestButton = useRef<HTMLButtonElement>(null);
  const decidable = subtask.reviewable && !busy;
  // While its accept is under way it says "review" and nothing else can be decided: the buttons stay where they are.
  const isOpen = subtask.reviewable || (subtask.status === "review" && acceptedCommit === null);
  const rests = review !== null && review.undecided.length > 0;
  const undo = undoOf(review);
  const count = review === null || !subtask.reviewable ? null : countTicks(review.files, review.choices);
  return (
    <div class="decision">
      <div class="buttons">
        {isOpen && (
          <button
            type="button"
            disabled={!decidable || !canAccept(review)}
            onClick={() => review !== null && actions.accept(review, rests)}
          >
            {count === null ? l10n.t("Accept") : acceptLabel(count, howOf(subtask, rests))}
          </button>
        )}
        {acceptedCommit !== null && (
          <button
            type="button"
            class="secondary"
            disabled={busy}
            onClick={() => actions.undo(id, acceptedCommit, undo)}
          >
            {undo.label}
          </button>
        )}
        {canRedo(subtask) && commit !== null && (
          <button type="button" class="secondary" disabled={busy} onClick={() => actions.redo(id, commit)}>
            {l10n.t("Redo")}
          </button>
        )}
        {isOpen && (
          <button
            ref={requestButton}
            type="button"
            class="secondary"
            disabled={!decidable}
            aria-expanded={requesting}
            onClick={() => onRequesting(!requesting)}
          >
            {l10n.t("Request Changes…")}
          </button>
        )}
        {isOpen && (
          <button
            ref={rejectButton}
            type="button"
            class="secondary"
            disabled={!decidable || commit === null}
            aria-expanded={rejecting}
            onClick={() => onRejecting(!rejecting)}
          >
            {l10n.t("Reject…")}
          </button>
        )}
        {!isOpen && canRetry(subtask) && (
          <button type="button" class="secondary" disabled={busy} onClick={() => actions.retry(subtask)}>
            {l10n.t("Retry")}
          </button>
        )}
        {next !== null && (
          <button type="button" class="secondary next" onClick={() => actions.select(next)}>
            {l10n.t("Next to review: {0}", next)}
          </button>
        )}
      </div>
      {requesting && commit !== null && (
        <ChangesField
          comments={review?.comments.length ?? 0}
          onLeave={() => {
            onRequesting(false);
            requestButton.current?.focus();
          }}
          onSend={(text) => {
            onRequesting(false);
            actions.requestChanges(id, review?.commit ?? commit, text);
          }}
        />
      )}
      {rejecting && commit !== null && (
        <ReasonField
          verb={l10n.t("Reject")}
          onLeave={() => {
            onRejecting(false);
            rejectButton.current?.focus();
          }}
          onSend={(reason) => {
            onRejecting(false);
            actions.reject(id, review?.commit ?? commit, reason);
          }}
        />
      )}
    </div>
  );
}

/** In the words of the button: what was undone is accepted again, with what is ticked by now. */
function howOf({ redoable, acceptedCommit }: SubtaskView, rests: boolean): "alone" | "with dependencies" | "again" {
  if (rests) return "with dependencies";
  return redoable && acceptedCommit === null ? "again" : "alone";
}

/** Whether the diff is on screen and something of it is ticked. */
export function canAccept(review: ShownReview | null): review is ShownReview {
  return review !== null && review.choices.some(({ take }) => take !== "none");
}

/** Whether a part that was taken back can come again. Where all was, Accept takes it again: what is ticked, and nothing else. */
export function canRedo({ redoable, acceptedCommit }: SubtaskView): boolean {
  return redoable && acceptedCommit !== null;
}

/** Whether the subtask can be started again: it has ended and was not accepted. */
export function canRetry({ status, attempt, reviewable }: SubtaskView): boolean {
  switch (status) {
    case "review":
      // While its accept is under way it still says "review".
      return reviewable;
    case "done":
    case "failed":
    case "interrupted":
    case "rejected":
      return true;
    case "cancelled":
      return attempt > 0;
    case "queued":
    case "blocked":
    case "running":
    case "asks":
    case "accepted":
    case "skipped":
      return false;
  }
}
