import { valuesOf } from "./chunked";
import { questionOf } from "../question";
import type { RunState } from "./state";
import { addUsage, type Usage } from "../usage";

/** A laptop that slept, or a clock that was set, must not count as work. Longer than any one call or check takes. */
export const MAX_WORK_STEP_MS = 15 * 60_000;

/** Everything spent so far, the planner's and the synthesizer's share included. */
export function usageOf(state: RunState): Usage {
  return valuesOf(state.subtasks).reduce(
    (sum, s) => addUsage(sum, s.usage),
    addUsage(state.plannerUsage, state.synthesisUsage),
  );
}

/** Whether a subtask's worker waits for the user: for an answer, or for their word about a command of its own or the set-up of all. */
export function waitsForUser({ questions, approvals }: Pick<RunState, "questions" | "approvals">, id: string): boolean {
  return (
    approvals.some(
      ({ answer, about, subtask }) => answer === null && about !== "hooks" && (subtask === null || subtask === id),
    ) || questionOf(questions, id) !== undefined
  );
}

/** Time in which somebody worked on a subtask and did not just wait for the user, up to `now` (milliseconds since the epoch), in milliseconds. */
export function workedMs(state: RunState, now: number): number {
  const works = state.working.some((id) => !waitsForUser(state, id));
  if (!works) return state.workedMs;
  return state.workedMs + Math.min(Math.max(0, now - state.updatedAt), MAX_WORK_STEP_MS);
}
