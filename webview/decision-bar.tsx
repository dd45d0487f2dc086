import { useRef } from "preact/hooks";
import type { SubtaskView } from "../src/core/subtask-view";
import type { Actions } from "./actions";
import { ReasonField } from "./reason-field";

interface DecisionBarProps {
  readonly subtask: SubtaskView;
  /** The commit whose diff is on screen; null while none is. */
  readonly shown: string | null;
  readonly busy: boolean;
  /** The next subtask that waits, where this one does not. */
  readonly next: string | null;
  readonly rejecting: boolean;
  readonly onRejecting: (rejecting: boolean) => void;
  readonly actions: Actions;
}

/** What can be decided about a subtask. Accept wants the diff on screen. */
export function DecisionBar(props: DecisionBarProps) {
  const { subtask, shown, busy, next, rejecting, onRejecting, actions } = props;
  const { id, commit } = subtask;
  const rejectButton = useRef<HTMLButtonElement>(null);
  const decidable = subtask.reviewable && !busy;
  return (
    <div class="decision">
      <div class="buttons">
        <button
          type="button"
          disabled={!decidable || shown === null}
          onClick={() => shown !== null && actions.accept(id, shown)}
        >
          Accept
        </button>
        <button
          ref={rejectButton}
          type="button"
          class="secondary"
          disabled={!decidable || commit === null}
          aria-expanded={rejecting}
          onClick={() => onRejecting(!rejecting)}
        >
          Reject…
        </button>
        <button type="button" class="secondary" disabled={busy || !canRetry(subtask)} onClick={() => actions.retry(id)}>
          Retry
        </button>
        {next !== null && (
          <button type="button" class="secondary next" onClick={() => actions.select(next)}>
            Next to review: {next}
          </button>
        )}
      </div>
      {rejecting && commit !== null && (
        <ReasonField
          verb="Reject"
          onLeave={() => {
            onRejecting(false);
            rejectButton.current?.focus();
          }}
          onSend={(reason) => {
            onRejecting(false);
            actions.reject(id, shown ?? commit, reason);
          }}
        />
      )}
    </div>
  );
}

/** Whether the subtask can be started again: it has ended and was not accepted. */
export function canRetry({ status, attempt, reviewable }: SubtaskView): boolean {
  switch (status) {
    case "review":
      // While its accept is under way it still says "review".
      return reviewable;
    case "done":
    case "failed":
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
