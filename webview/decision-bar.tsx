import * as l10n from "@vscode/l10n";
import { useRef } from "preact/hooks";
import type { SubtaskView } from "../src/core/state/subtask-view";
import { acceptLabel, countTicks } from "../src/core/review/ticks";
import type { ShownReview } from "../src/protocol/review-messages";
import type { Actions } from "./actions";
import { ChangesField } from "./changes-field";
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

/** What can be decided about a subtask. Accept wants the diff on screen, and takes what is ticked there. */
export function DecisionBar(props: DecisionBarProps) {
  const { subtask, review, busy, next, rejecting, onRejecting, requesting, onRequesting, actions } = props;
  const { id, commit, acceptedCommit } = subtask;
  const rejectButton = useRef<HTMLButtonElement>(null);
  const requestButton = useRef<HTMLButtonElement>(null);
  const decidable = subtask.reviewable && !busy;
  const undo = undoOf(review);
  const count = review === null || !subtask.reviewable ? null : countTicks(review.files, review.choices);
  return (
    <div class="decision">
      <div class="buttons">
        {acceptedCommit === null ? (
          <button
            type="button"
            disabled={!decidable || !canAccept(review)}
            onClick={() => review !== null && actions.accept(review, review.undecided.length > 0)}
          >
            {count === null || count.ticked === count.total ? l10n.t("Accept") : acceptLabel(count)}
            {review !== null && review.undecided.length > 0 && subtask.reviewable && ` ${l10n.t("with Dependencies")}`}
          </button>
        ) : (
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
        {subtask.reviewable && (
          <button
            ref={requestButton}
            type="button"
            class="secondary"
            disabled={busy}
            aria-expanded={requesting}
            onClick={() => onRequesting(!requesting)}
          >
            {l10n.t("Request Changes…")}
          </button>
        )}
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
        {!subtask.reviewable && (
          <button
            type="button"
            class="secondary"
            disabled={busy || !canRetry(subtask)}
            onClick={() => actions.retry(subtask)}
          >
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
