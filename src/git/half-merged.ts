import { lstat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { git, gitText } from "./git";
import { treeOf, type Repository } from "./repository";
import { putTree, treeOfFiles, type Worktree } from "./worktree";

/** A merge that could not be finished: what goes into what, and what came of it. */
export interface HalfMerged {
  readonly base: string;
  readonly onto: string;
  readonly result: string;
  /** What could be merged, with markers where it could not. */
  readonly tree: string;
  /** Paths that conflict. */
  readonly files: readonly string[];
}

/**
 * Makes a fresh worktree at `onto` look as `git merge` leaves one that has a conflict: files with markers, the three sides in
 * the index, MERGE_HEAD; so that git, VS Code's merge editor and every other tool know what is to be done.
 */
export async function putHalfMerged(worktree: Worktree, merge: HalfMerged): Promise<void> {
  const { base, onto, result, tree, files } = merge;
  await putTree(worktree, tree);
  const sides = [base, onto, result];
  const entries: string[] = [];
  for (const path of files) {
    const found = await Promise.all(sides.map((side) => entryOf(worktree, side, path)));
    if (found.filter((entry) => entry !== undefined).length < 2) continue;
    entries.push(`0 ${"0".repeat(onto.length)}\t${path}`);
    for (const [i, entry] of found.entries()) if (entry !== undefined) entries.push(`${entry} ${i + 1}\t${path}`);
  }
  await git(worktree, ["update-index", "-z", "--index-info"], { input: entries.map((entry) => `${entry}\0`).join("") });
  await writeFile(join(worktree.gitDir, "MERGE_HEAD"), `${result}\n`);
  await writeFile(join(worktree.gitDir, "MERGE_MSG"), "Resolve by hand\n");
}

/**
 * Whether a merge that was to stand in a worktree does, or stood and somebody has worked on it since. It does not where its process
 * was killed on the way, or somebody has given it up. The index is touched only where there is nothing to lose.
 */
export async function isHalfMerged(
  repo: Repository,
  worktree: Worktree,
  { onto, tree }: Pick<HalfMerged, "onto" | "tree">,
): Promise<boolean> {
  if ((await lstat(join(worktree.gitDir, "MERGE_HEAD")).catch(() => undefined)) !== undefined) return true;
  if ((await gitText(worktree, ["rev-parse", "HEAD"])) !== onto) return true;
  const there = await treeOfFiles(repo, worktree);
  return there !== tree && there !== (await treeOf(repo, onto));
}

/** Mode and blob of a path in a commit, as the index takes them. */
async function entryOf(worktree: Worktree, commit: string, path: string): Promise<string | undefined> {
  const line = await gitText(worktree, ["ls-tree", "-z", "--full-tree", commit, "--", path]);
  const [, mode, blob] = /^(\d+) (?:blob|commit) ([0-9a-f]+)\t/u.exec(line) ?? [];
  return mode === undefined ? undefined : `${mode} ${blob ?? ""}`;
}
