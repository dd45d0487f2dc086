import { alongWith, type Along } from "../../core/review/along";
import { undecidedDependencies } from "../../core/review/decide-accept";
import type { RunState } from "../../core/state/state";
import type { Repository } from "../../git/repository";
import { readSuspicion } from "./suspicion";

/** What would go in along with a result, and what speaks against each. Their diffs are read for it. Throws `git.failed`. */
export async function readAlong(repo: Repository, state: RunState, id: string): Promise<readonly Along[]> {
  const suspicious = new Map<string, string>();
  for (const each of undecidedDependencies(state, id)) {
    const suspicion = await readSuspicion(repo, state, each);
    if (suspicion !== undefined) suspicious.set(each, suspicion);
  }
  return alongWith(state, id, suspicious);
}
