import { suspicionOf } from "../../core/review/risk";
import { subtaskState, type RunState } from "../../core/state/state";
import type { Repository } from "../../git/repository";
import { resultDiff } from "./result-diff";

/** Results that are kept by what was thought of them: a few words each, as their diffs are not kept for long. */
const MAX_KEPT = 10_000;

const byRepository = new WeakMap<Repository, Map<string, string | undefined>>();

/** Why nobody should take a subtask's result without a look; see {@link suspicionOf}. Its diff is read for it once. Throws `git.failed`. */
export async function readSuspicion(repo: Repository, state: RunState, id: string): Promise<string | undefined> {
  const { base = null, result = null } = subtaskState(state, id) ?? {};
  if (base === null || result === null) return undefined;
  const kept = byRepository.get(repo) ?? new Map<string, string | undefined>();
  byRepository.set(repo, kept);
  const key = `${base} ${result.commit}`;
  if (kept.has(key)) return kept.get(key);
  const suspicion = suspicionOf(await resultDiff(repo, base, result.commit));
  if (kept.size >= MAX_KEPT) kept.clear();
  kept.set(key, suspicion);
  return suspicion;
}
