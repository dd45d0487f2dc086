import { assertNever } from "../util/assert-never";
import { isInterrupted } from "../core/state/subtask-state";
import { subtasksOf, type RunView } from "../core/state/view";

/** Whether `Resume Run` would set something in motion. `planning` says that the planner is at work now. */
export function canResume(view: RunView | undefined, planning: boolean): boolean {
  if (view === undefined || planning) return false;
  switch (view.phase) {
    // Nobody plans: the process that did went away.
    case "planning":
    case "paused":
    case "cancelled":
    case "failed":
      return true;
    case "amendment":
    case "review":
    case "done":
      return (
        isSynthesisCutShort(view) ||
        subtasksOf(view).some(({ status }) => ["failed", "cancelled", "interrupted", "queued"].includes(status))
      );
    // Paused while workers are at it: they go on, and the rest can again.
    case "running":
      return view.paused;
    case "proposed":
      return false;
    default:
      return assertNever(view.phase);
  }
}

/** Whether a window that opens should take the run up again: something in it waits for a person or a worker. */
export function stillWaits(view: RunView): boolean {
  switch (view.phase) {
    case "planning":
    case "proposed":
    case "running":
    case "paused":
    case "amendment":
    case "review":
    case "failed":
      return true;
    case "done":
      return isSynthesisCutShort(view);
    case "cancelled":
      return false;
    default:
      return assertNever(view.phase);
  }
}

/** Whether the reports were being brought together when Braid was closed; that is done when the run goes on. */
function isSynthesisCutShort({ synthesisFailure }: RunView): boolean {
  // That there is nothing left to spend is not mended by a resume: nobody would ask for it again.
  return synthesisFailure?.code !== "budget.reached" && isInterrupted({ failure: synthesisFailure });
}
