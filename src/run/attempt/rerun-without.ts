import { refusal } from "../../core/review/decide-accept";
import { rejectedBeneath } from "../../core/review/decide-rebase";
import { BraidError } from "../../core/failure";
import { subtaskState } from "../../core/state/state";
import type { Run } from "../run";

/** Another attempt on a base without what was rejected beneath it. Throws `run.state` where nothing was. */
export async function rerunWithout(run: Run, id: string): Promise<void> {
  const rejected = rejectedBeneath(run.state(), id);
  if (rejected.length === 0) throw new BraidError(refusal(`"${id}" rests on nothing that was rejected.`));
  const named = subtaskState(run.state(), id)?.subtask.dependencies ?? [];
  // What is further down is left out of the base by itself.
  await run.retry(id, undefined, "user", { without: rejected.filter((each) => named.includes(each)) });
}
