import { BraidError, failure } from "../core/failure";
import { commitTree } from "./commit";
import { BRAID } from "./identity";
import { keepFacts } from "./known";
import { applyResult, mergeCommits, type Merged } from "./merge";
import { hasObject } from "./refs";
import type { Repository } from "./repository";

/** A commit a dependency left behind, with its name for messages. */
export interface DependencyResult {
  readonly subtask: string;
  readonly commit: string;
}

const bases = keepFacts<string>();

/**
 * The commit a subtask starts from: the run's base with the results of all its dependencies merged in memory. Where one
 * suffices it is used as it is. Throws `merge.conflict` naming the two that do not go together.
 */
export async function resolveBase(
  repo: Repository,
  runBase: string,
  results: readonly DependencyResult[],
): Promise<string> {
  const fold = () => foldResults(repo, runBase, results);
  // Siblings rest on the same. Until one has started on it nothing keeps it from git's cleaning up.
  const known = await bases(repo, [runBase, ...results.map(({ commit }) => commit)], fold);
  return (await hasObject(repo, known)) ? known : fold();
}

async function foldResults(repo: Repository, runBase: string, results: readonly DependencyResult[]): Promise<string> {
  let base = runBase;
  const merged: string[] = [];
  for (const { subtask, commit } of results) {
    if (base === runBase) base = commit;
    else {
      const outcome = await mergeCommits(repo, base, commit);
      if (outcome.kind === "conflict") throw conflict(merged, subtask, outcome);
      base = await baseCommit(repo, outcome.tree, [base, commit]);
    }
    merged.push(subtask);
  }
  return base;
}

/** What a subtask changed: from the commit it started at to the one it left, or to what was taken of it. */
export interface Change extends DependencyResult {
  readonly base: string;
}

/**
 * The commit a subtask starts from where something beneath it was taken only in part: the changes of all that it rests
 * on, one after the other, each against its own base, so that what was left out of one does not come back with another
 * that was built on it. Throws `merge.conflict` naming who does not go together.
 */
export async function replayBase(repo: Repository, runBase: string, changes: readonly Change[]): Promise<string> {
  let base = runBase;
  const merged: string[] = [];
  for (const { subtask, base: from, commit } of changes) {
    const outcome = await applyResult(repo, { base: from, result: commit, target: base });
    if (outcome.kind === "conflict") throw conflict(merged, subtask, outcome);
    base = await baseCommit(repo, outcome.tree, [base]);
    merged.push(subtask);
  }
  return base;
}

function baseCommit(repo: Repository, tree: string, parents: readonly string[]): Promise<string> {
  return commitTree(repo, { tree, parents, message: "braid: base", by: BRAID, date: 0 });
}

function conflict(
  merged: readonly string[],
  subtask: string,
  { files, messages }: Extract<Merged, { kind: "conflict" }>,
): BraidError {
  return new BraidError(
    failure("merge.conflict", `The results of ${merged.join(", ")} and ${subtask} conflict in ${files.join(", ")}.`, {
      hint: "Reject or retry one of them.",
      detail: messages.join("\n"),
    }),
  );
}
