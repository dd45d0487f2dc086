import { isLive } from "./radar";
import { acceptingRefusal, isStale, refusal, staleRefusal, undoingRefusal, unknownSubtask } from "./decide-accept";
import type { Failure } from "../failure";
import { restsOnRejected } from "./rests-on-rejected";
import { subtaskState, type RunState } from "../state/state";

/** Rejected subtasks a subtask could do without: those its result was built on, or those it waits for in vain. */
export function rejectedBeneath(state: RunState, id: string): readonly string[] {
  const subtask = subtaskState(state, id);
  if (subtask === undefined) return [];
  if (subtask.result !== null) return restsOnRejected(state, id);
  return subtask.subtask.dependencies.filter((each) => subtaskState(state, each)?.decision.kind === "rejected");
}

/** Why a result cannot be put on a base without what was rejected beneath it; undefined where it can be tried. */
export function rebaseRefusal(state: RunState, id: string, shown: string | undefined): Failure | undefined {
  const subtask = subtaskState(state, id);
  if (subtask === undefined) return unknownSubtask(state, id);
  if (subtask.decision.kind === "accepting") return acceptingRefusal(id);
  if (subtask.decision.kind === "undoing") return undoingRefusal(id);
  if (subtask.decision.kind === "accepted") return refusal(`"${id}" is already accepted.`, "Undo the accept first.");
  if (subtask.status === "pending" || subtask.status === "running" || !isLive(subtask))
    return refusal(`"${id}" has no result that could be rebased.`, "Retry it to get one.");
  if (isStale(subtask, shown)) return staleRefusal(id);
  if (restsOnRejected(state, id).length === 0) return refusal(`"${id}" was built on nothing that was rejected.`);
  return undefined;
}
