import type { Result } from "../core/state/events";
import { changedFiles } from "./diff";
import { executableChanges } from "./executable-changes";
import { gitText } from "./git";
import { BRAID, commitEnvironment, userIdentity, type Identity } from "./identity";
import { nameCommit } from "./refs";
import { treeOf, type Repository } from "./repository";
import { checkTree } from "./tree-check";
import { treeOfFiles, type Worktree } from "./worktree";

/**
 * Turns what stands in a worktree into one commit on its base, kept under `ref`. Null where nothing changed. The message ends
 * with trailers, of which the co-author becomes one: git reads only the last paragraph.
 * Throws `tree.unsafe` before any ref moves when the tree holds what no review may let through.
 */
export async function commitResult(
  repo: Repository,
  worktree: Worktree,
  options: {
    readonly base: string;
    readonly ref: string;
    readonly message: string;
    /** What stands there, where that is known. */
    readonly tree?: string;
  },
): Promise<Result | null> {
  const tree = options.tree ?? (await treeOfFiles(repo, worktree));
  if (tree === (await treeOf(repo, options.base))) return null;
  // Judged side by side, and before any ref moves.
  const [files, , user, executable] = await Promise.all([
    // First: the others are answered with it.
    changedFiles(repo, options.base, tree),
    checkTree(repo, options.base, tree),
    userIdentity(repo),
    executableChanges(repo, options.base, tree),
  ]);
  const coAuthor = user === undefined ? "" : `\nCo-authored-by: ${user.name} <${user.email}>`;
  const commit = await commitTree(repo, {
    tree,
    parents: [options.base],
    message: `${options.message}${coAuthor}`,
    by: BRAID,
  });
  await nameCommit(repo, options.ref, commit);
  return { commit, tree, files, executable };
}

/** What a commit made of its base, as a result. */
export async function resultAt(repo: Repository, base: string, commit: string): Promise<Result> {
  const files = await changedFiles(repo, base, commit);
  return { commit, tree: await treeOf(repo, commit), files, executable: await executableChanges(repo, base, commit) };
}

/** Writes a commit object; no hook, no signature, no ref. */
export function commitTree(
  repo: Repository,
  commit: {
    readonly tree: string;
    readonly parents: readonly string[];
    readonly message: string;
    readonly by: Identity;
    readonly date?: number;
  },
): Promise<string> {
  const parents = commit.parents.flatMap((parent) => ["-p", parent]);
  return gitText(repo, ["commit-tree", "--no-gpg-sign", ...parents, "-F", "-", commit.tree], {
    input: commit.message,
    env: commitEnvironment(commit.by, commit.date),
  });
}
