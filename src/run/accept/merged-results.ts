import { valuesOf } from "../../core/state/chunked";
import { BraidError, toFailure, type Failure } from "../../core/failure";
import type { RunState } from "../../core/state/state";

import type { Repository } from "../../git/repository";
import { resolveStart, startOf } from "../attempt/start";

/** The tree somebody looks at who works on the run as a whole. */
export interface MergedResults {
  readonly commit: string;
  /** Why the results are not in it; null where they are. */
  readonly conflict: string | null;
}

/** All results in one commit; where they do not go together, the run's base and the reason. Throws `git.*`. */
export async function mergeResults(repo: Repository, state: RunState): Promise<MergedResults> {
  const ids = valuesOf(state.subtasks).flatMap(({ subtask, status, result, decision }) =>
    status === "finished" && result !== null && decision.kind !== "rejected" ? [subtask.id] : [],
  );
  try {
    return { commit: await resolveStart(repo, state.base, startOf(state, ids)), conflict: null };
  } catch (error) {
    const { code, message }: Failure = toFailure(error);
    if (!(error instanceof BraidError) || code !== "merge.conflict") throw error;
    return { commit: state.base, conflict: message };
  }
}
