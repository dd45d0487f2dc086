import { valuesOf } from "./state/chunked";
import { amendmentDue, isAskingPlanner, planningFailedOf } from "./amendment/amendment-due";
import type { FailureCode } from "./failure";
import { isIdle } from "./plan/schedule";
import type { RunState } from "./state/state";

/** Ends that say nothing about the synthesis itself; it is made when the run goes on. */
const CUT_SHORT: ReadonlySet<FailureCode> = new Set(["cancelled", "run.interrupted"]);

/**
 * Whether the synthesis is to be made now: the plan has an `integration` block, all workers ended, and one reported.
 * What is still to be said about the plan is said first.
 */
export function isSynthesisDue(state: RunState): boolean {
  if (state.plan?.integration === undefined || !state.approved || state.paused || state.cancelled) return false;
  if (state.amendments.open !== null || isAskingPlanner(state)) return false;
  if (amendmentDue(state) !== undefined || planningFailedOf(state)) return false;
  const { synthesis } = state;
  const open = synthesis.kind === "none" || (synthesis.kind === "failed" && CUT_SHORT.has(synthesis.failure.code));
  return open && isIdle(state) && valuesOf(state.subtasks).some((s) => s.report !== null);
}
