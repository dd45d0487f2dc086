import { BraidError, failure } from "../../core/failure";
import { comparedWith } from "../../core/review/change-request";
import { subtaskState } from "../../core/state/state";
import type { SubtaskView } from "../../core/state/subtask-view";
import { resultRef } from "../../git/refs";
import { readRef } from "../../git/repository";
import type { Run } from "../../run/run";
import { openSinceLast } from "./review-documents";

/** Shows what a result changed since the last attempt before it that left one. Throws `result.missing` where none did. */
export async function showSinceLast(run: Run, subtask: SubtaskView): Promise<void> {
  const state = subtaskState(run.state(), subtask.id);
  const asked = state === undefined ? null : comparedWith(state);
  if (asked !== null) return openSinceLast(run.ports.repo, subtask, asked);
  const position = run.state().positions.get(subtask.id) ?? 0;
  for (let attempt = subtask.attempt - 1; attempt > 0; attempt -= 1) {
    const commit = await readRef(run.ports.repo, resultRef(run.id, position, attempt));
    if (commit !== undefined) return openSinceLast(run.ports.repo, subtask, { attempt, commit });
  }
  throw new BraidError(
    failure("result.missing", `No attempt before this one left a result of "${subtask.id}".`, {
      hint: "Open its changes instead.",
    }),
  );
}
