import { failure, type Failure } from "../failure";
import type { RunState } from "../state/state";
import { subtaskState } from "../state/state";
import { staleRefusal, undecidedDependencies } from "./decide-accept";
import { notPassing } from "./passing";
import type { FileChoice } from "./selection";

/** A result that would go in along with one that rests on it. */
export interface Along {
  readonly subtask: string;
  /** Empty where it has none yet. */
  readonly commit: string;
  /** Why it would not go in by *Accept All Passing*, in words that follow its name; null where it would. */
  readonly concern: string | null;
}

/** A result somebody was shown and takes along, and of which files and hunks, where that is not all. */
export interface TakenAlong {
  readonly subtask: string;
  readonly commit: string;
  readonly files?: readonly FileChoice[] | undefined;
}

/**
 * What would go in along with a result, roots first. What is `suspicious`, by subtask and in words, nobody should take without a look.
 * Executable configuration is no concern here: it never goes along.
 */
export function alongWith(state: RunState, id: string, suspicious: ReadonlyMap<string, string>): readonly Along[] {
  return undecidedDependencies(state, id).map((each) => {
    const subtask = subtaskState(state, each);
    const concern = subtask === undefined ? undefined : (notPassing(subtask) ?? suspicious.get(each));
    return { subtask: each, commit: subtask?.result?.commit ?? "", concern: concern ?? null };
  });
}

/** Why it may not go along: a concern that nobody was shown, or another result than was. Undefined where it may. */
export function alongRefusal(id: string, along: readonly Along[], agreed: readonly TakenAlong[]): Failure | undefined {
  for (const { subtask, commit, concern } of along) {
    const shown = agreed.find((each) => each.subtask === subtask);
    if (shown === undefined ? concern !== null : shown.commit !== commit)
      return shown === undefined ? concernRefusal(id, subtask, concern ?? "") : staleRefusal(subtask);
  }
  return undefined;
}

function concernRefusal(id: string, subtask: string, concern: string): Failure {
  return failure("merge.dependency", `"${subtask}" would go in along with "${id}": ${concern}`, {
    hint: `Look at it (braid review RUN ${subtask}), and accept it by itself first.`,
  });
}
