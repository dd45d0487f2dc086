import { passingSubtasks, type Passing } from "../../core/review/passing";
import { suspicionOf } from "../../core/review/risk";
import { subtaskState, type RunState } from "../../core/state/state";
import type { Repository } from "../../git/repository";
import { resultDiff } from "./result-diff";

/**
 * What may go in without anybody looking at each. The diffs are read for it: a result that seems to hold a secret, or to deceive the
 * eye, stays in review until somebody takes it by name. Throws `git.failed`.
 */
export async function readPassing(
  repo: Repository,
  state: RunState,
  also: "failed" | "none" = "none",
): Promise<Passing> {
  const passing = passingSubtasks(state, new Map(), also);
  const suspicious = new Map<string, string>();
  for (const id of passing.accept) {
    const { base = null, result = null } = subtaskState(state, id) ?? {};
    if (base === null || result === null) continue;
    const suspicion = suspicionOf(await resultDiff(repo, base, result.commit));
    if (suspicion !== undefined) suspicious.set(id, suspicion);
  }
  return suspicious.size === 0 ? passing : passingSubtasks(state, suspicious, also);
}
