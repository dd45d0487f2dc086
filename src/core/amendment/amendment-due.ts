import { valuesOf } from "../state/chunked";
import { MAX_LEVELS, MAX_RESCUES } from "./amendment-policy";
import { attemptKey, hasEnded } from "./amendments-state";
import type { FailureCode } from "../failure";
import { hindrancesOf, isIdle } from "../plan/schedule";
import { subtaskState, type RunState } from "../state/state";
import type { SubtaskState } from "../state/subtask-state";

/** Failures another plan does not help against: they stop whoever tries, the planner too, or the user meant them. */
const BEYOND_THE_PLAN: ReadonlySet<FailureCode> = new Set([
  "cancelled",
  "run.interrupted",
  "budget.reached",
  "model.no-key",
  "model.auth",
  "model.billing",
  "model.network",
  "model.rate-limit",
  "model.overloaded",
  "model.server",
  "stall.turn",
  "disk.full",
  "disk.denied",
  "git.missing",
  "git.too-old",
  "sandbox.missing",
  "setting.invalid",
  "repo.missing",
]);

/** Ends of a question to the planner that say nothing about the answer; it is asked when the run goes on. */
const CUT_SHORT: ReadonlySet<FailureCode> = new Set(["cancelled", "run.interrupted"]);

/** What the planner is to be asked now; `last-level` where a hierarchical plan has as many levels as it may. */
export type DueAmendment = "level" | "failures" | "last-level";

/**
 * Whether the planner has to be asked before the run can be called over: subtasks failed for good and others wait for
 * them, or a level of a hierarchical plan has ended with reports it has not seen. Holds while the run is paused, too.
 */
export function amendmentDue(state: RunState): DueAmendment | undefined {
  const { amendments, options } = state;
  if (options.amendments === "off" || !state.approved || state.cancelled) return undefined;
  if (amendments.open !== null || isAskingPlanner(state) || planningFailedOf(state)) return undefined;
  if (!isIdle({ ...state, paused: false })) return undefined;
  if (amendments.rescues < MAX_RESCUES && blockingFailures(state).some((s) => isNew(state, s))) return "failures";
  if (state.plan?.pattern !== "hierarchical" || !valuesOf(state.subtasks).every((s) => isOver(s))) return undefined;
  if (!valuesOf(state.subtasks).some((s) => s.report !== null && isNew(state, s))) return undefined;
  return amendments.levels < MAX_LEVELS ? "level" : "last-level";
}

/** Whether the planner is at work on an amendment. */
export function isAskingPlanner(state: RunState): boolean {
  return state.amendments.request.kind === "running";
}

/** Whether the planner was to say how the run goes on, and did not; it is asked again when the run is resumed. */
export function planningFailedOf({ amendments: { request } }: RunState): boolean {
  return request.kind === "failed" && request.occasion !== "user" && !CUT_SHORT.has(request.failure.code);
}

/** Subtasks that failed for good in a way another plan may help, and that others wait for. */
export function blockingFailures(state: RunState): readonly SubtaskState[] {
  const blocking = new Set([...hindrancesOf(state).values()].flatMap((h) => (h.kind === "blocked" ? [h.by] : [])));
  return [...blocking].flatMap((id) => {
    const s = subtaskState(state, id);
    if (s?.status !== "failed" || s.failure === null || s.decision.kind !== "open") return [];
    return BEYOND_THE_PLAN.has(s.failure.code) ? [] : [s];
  });
}

function isNew(state: RunState, s: SubtaskState): boolean {
  return !state.amendments.considered.has(attemptKey(s.subtask.id, s.attempt));
}

function isOver(s: SubtaskState): boolean {
  return hasEnded(s.status) || s.status === "skipped";
}
