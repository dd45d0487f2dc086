import { assertNever } from "../../util/assert-never";
import type { RecordedEvent, RunEvent } from "./events";
import { evolve } from "./fold";
import { initialState, subtaskState, type RunState } from "./state";

/**
 * Whether a log of which events are missing still tells a story: the number of the first event that presumes what nobody said, or
 * undefined. One that does not must not be gone on with: what was decided in it may be something else.
 */
export function firstContradiction(events: readonly RecordedEvent[]): number | undefined {
  let state = initialState();
  for (const recorded of events) {
    if (!fits(state, recorded.event)) return recorded.seq;
    state = evolve(state, recorded);
  }
  return undefined;
}

/** Whether an event may follow; strict about what would change what is done or decided, easy about the rest. */
function fits(state: RunState, event: RunEvent): boolean {
  if (event.type === "run.created") return state.id === "";
  if (state.id === "") return false;
  if (!("subtask" in event) || event.subtask === null || event.type === "call.failed") return true;
  const s = subtaskState(state, event.subtask);
  if (s === undefined) return false;
  switch (event.type) {
    case "subtask.started":
      return s.decision.kind === "open" && (event.attempt === s.attempt + 1 || event.attempt === s.attempt);
    case "turn.completed":
    case "check.completed":
    case "review.completed":
    case "worker.messaged":
    case "subtask.finished":
    case "note.written":
    case "context.compacted":
    case "web.used":
    case "tools.called":
    case "worker.stopped":
    case "worker.stalled":
    case "worker.moved":
      return s.status === "running" && s.attempt === event.attempt;
    case "setup.completed":
      return s.attempt === event.attempt && (event.by === "merge" || s.status === "running");
    case "subtask.failed":
      return event.attempt === s.attempt || event.attempt === s.attempt + 1;
    case "accept.started":
    case "accept.completed":
    case "accept.abandoned":
      return s.result !== null && s.status !== "running" && s.decision.kind !== "rejected";
    case "conflict.opened":
      return s.result !== null && s.decision.kind === "open";
    case "subtask.rebased":
      return s.result !== null && s.decision.kind === "open" && event.attempt === s.attempt + 1;
    case "conflict.resolved":
      return s.byHand !== null && event.attempt === s.attempt + 1;
    case "undo.started":
    case "undo.abandoned":
    case "undo.completed":
      return s.decision.kind === "accepted" || s.decision.kind === "undoing";
    case "subtask.rejected":
      return s.attempt > 0 && s.status !== "running" && s.decision.kind !== "accepted";
    case "subtask.retried":
      return s.decision.kind !== "accepted";
    case "question.asked":
    case "approval.requested":
      return true;
    default:
      return assertNever(event);
  }
}
