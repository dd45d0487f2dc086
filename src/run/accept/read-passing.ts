import { passingSubtasks, type Passing } from "../../core/review/passing";
import { subtaskState, type RunState } from "../../core/state/state";
import type { Repository } from "../../git/repository";
import { readSuspicion } from "./suspicion";

/** What passes, and as it was judged: what is another result by the time it would go in stays out. */
export interface JudgedPassing extends Passing {
  readonly wishes: readonly { readonly subtask: string; readonly shown: string | undefined }[];
}

/**
 * What may go in without anybody looking at each. The diffs are read for it: a result that seems to hold a secret, or to deceive the
 * eye, stays in review until somebody takes it by name. Throws `git.failed`.
 */
export async function readPassing(
  repo: Repository,
  state: RunState,
  also: "failed" | "none" = "none",
): Promise<JudgedPassing> {
  const passing = passingSubtasks(state, new Map(), also);
  const suspicious = new Map<string, string>();
  for (const id of passing.accept) {
    const suspicion = await readSuspicion(repo, state, id);
    if (suspicion !== undefined) suspicious.set(id, suspicion);
  }
  const judged = suspicious.size === 0 ? passing : passingSubtasks(state, suspicious, also);
  const wishes = judged.accept.map((subtask) => ({ subtask, shown: subtaskState(state, subtask)?.result?.commit }));
  return { ...judged, wishes };
}
