import { BraidError, failure } from "../core/failure";
import { commitTree } from "./commit";
import { BRAID } from "./identity";
import { mergeCommits } from "./merge";
import type { Repository } from "./repository";

/** A commit a dependency left behind, with its name for messages. */
export interface DependencyResult {
  readonly subtask: string;
  readonly commit: string;
}

/**
 * The commit a subtask starts from: the run's base with the results of all its dependencies merged in memory. Where one
 * suffices it is used as it is. Throws `merge.conflict` naming the two that do not go together.
 */
export async function resolveBase(
  repo: Repository,
  runBase: string,
  results: readonly DependencyResult[],
): Promise<string> {
  let base = runBase;
  const merged: string[] = [];
  for (const { subtask, commit } of results) {
    if (base === runBase) base = commit;
    else {
      const outcome = await mergeCommits(repo, base, commit);
      if (outcome.kind === "conflict")
        throw new BraidError(
          failure(
            "merge.conflict",
            `The results of ${merged.join(", ")} and ${subtask} conflict in ${outcome.files.join(", ")}.`,
            {
              hint: `Reject or retry one of them.`,
              detail: outcome.messages.join("\n"),
            },
          ),
        );
      base = await commitTree(repo, {
        tree: outcome.tree,
        parents: [base, commit],
        message: "braid: base",
        by: BRAID,
        date: 0,
      });
    }
    merged.push(subtask);
  }
  return base;
}
