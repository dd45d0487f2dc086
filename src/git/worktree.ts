import { mkdir, readFile, rename } from "node:fs/promises";
import { join, resolve } from "node:path";
import { BraidError, failure, toFailure } from "../core/failure";
import { addAll, unkeptError, type Unkept } from "./add-all";
import { configOf, git, gitText, type GitPlace } from "./git";
import { tellingFullDisk } from "./full-disk";
import { leftFiles, openOnDemand } from "./on-demand";
import { keepFacts } from "./known";
import { splitNul } from "./split-nul";
import { findRegistered, registerWorktree, unregisterWorktree } from "./register-worktree";
import { removeTree } from "./remove-tree";
import type { Repository } from "./repository";
import { listTree } from "./tree-listing";

/** A worktree of ours: where it is, and the metadata folder git gave it, recorded before any agent could touch it. */
export interface Worktree extends GitPlace {
  readonly dir: string;
  readonly gitDir: string;
}

/**
 * Files kept by Git LFS stay pointers in a worktree: fetching them takes the network and the user's credentials, and where
 * git-lfs is not installed the checkout would fail.
 */
export const WITHOUT_LFS = [
  "filter.lfs.process=",
  "filter.lfs.smudge=",
  "filter.lfs.clean=",
  "filter.lfs.required=false",
];

/** One line of `git worktree list`. */
export interface ListedWorktree {
  readonly dir: string;
  /** Full name of the branch checked out there; undefined when detached. */
  readonly branch: string | undefined;
}

/**
 * Registers a detached worktree without its files; {@link checkOut} brings those. Call under the repository's lock:
 * git's own creation races with itself.
 */
export async function addWorktree(repo: Repository, dir: string, commit: string): Promise<Worktree> {
  await mkdir(join(dir, ".."), { recursive: true, mode: 0o700 });
  const add = async (): Promise<string | undefined> => {
    const made = await registerWorktree(repo, dir, commit);
    if (made === undefined) await git(repo, ["worktree", "add", "--quiet", "--no-checkout", "--detach", dir, commit]);
    return made;
  };
  let made: string | undefined;
  try {
    made = await add();
  } catch (error) {
    // Its name is used once: what is there is of a git that went on after its Braid was killed.
    if (!/already (?:exists|registered)/u.test(toFailure(error).message)) throw error;
    await removeWorktree(repo, { dir });
    made = await add();
  }
  if (made !== undefined) return { dir, gitDir: made, config: WITHOUT_LFS };
  // Git has just written it, and nobody else could have yet.
  const [, pointer] = /^gitdir: (.+)\n$/su.exec(await readFile(join(dir, ".git"), "utf8")) ?? [];
  if (pointer === undefined) throw new BraidError(failure("worktree.failed", `${dir} is no worktree.`));
  return { dir, gitDir: resolve(dir, pointer), config: WITHOUT_LFS };
}

/**
 * A worktree another process made, by its folder, with the metadata folder the repository has for it; the folder's own
 * `.git` is not asked. Undefined where there is none, or its files were never all there: what is missing then was not
 * deleted by anybody. Their content is {@link treeOfFiles}.
 */
export async function findCheckedOut(repo: Repository, dir: string): Promise<Worktree | undefined> {
  const gitDir = await findRegistered(repo, dir);
  if (gitDir === undefined || (await leftFiles(gitDir)).kind === "none") return undefined;
  return { dir, gitDir, config: WITHOUT_LFS };
}

/** Writes the worktree's files and index as its commit has them. */
export async function checkOut(worktree: Worktree, signal?: AbortSignal): Promise<void> {
  const call = signal === undefined ? {} : { signal };
  await tellingFullDisk(worktree.dir, () => git(worktree, ["reset", "--quiet", "--hard"], call));
}

/**
 * A tree of what stands in a worktree that another process may have left, ignored files left out. Throws `tree.unsafe` naming what git
 * cannot keep.
 */
export async function treeOfFiles(repo: Repository, worktree: Worktree): Promise<string> {
  const { tree, unkept } = await snapshotOf(repo, worktree);
  if (unkept.length > 0) throw unkeptError(unkept, worktree.dir);
  return tree;
}

/** What stands in a worktree: its tree, and what of it git cannot keep. */
export interface Snapshot {
  readonly tree: string;
  readonly unkept: readonly Unkept[];
}

/** As {@link treeOfFiles}; of what git cannot keep the tree has what was there before. */
export async function snapshotOf(repo: Repository, worktree: Worktree): Promise<Snapshot> {
  const left = await leftFiles(worktree.gitDir);
  if (left.kind === "filling") return { tree: left.tree, unkept: [] };
  if (left.kind === "some") {
    const commit = await gitText(worktree, ["rev-parse", "--verify", "HEAD^{commit}"]);
    const files = await openOnDemand(repo, worktree, await listTree(repo, commit));
    return { tree: await files.tree(), unkept: files.unkept };
  }
  // Without --sparse a file outside a sparse checkout stops the whole of it.
  const unkept = await addAll(worktree, ["--sparse"]);
  return { tree: await gitText(worktree, ["write-tree"]), unkept };
}

/** Makes a worktree's files those of `tree`; what differs from its commit is a change, as if somebody had just made it. */
export async function putFiles(worktree: Worktree, tree: string): Promise<void> {
  await putTree(worktree, tree);
  await git(worktree, ["reset", "--quiet", "--mixed", "HEAD"]);
}

/** Makes a worktree's files and index those of `tree`. */
export async function putTree(worktree: Worktree, tree: string): Promise<void> {
  await git(worktree, ["read-tree", "--reset", "-u", tree]);
  if ((await configOf(worktree)).settings.has("core.sparsecheckout")) await putOutside(worktree, tree);
}

/** Writes what of a tree's changes lies outside of a sparse checkout: git leaves it out, and it would look deleted. */
async function putOutside(worktree: Worktree, tree: string): Promise<void> {
  const args = ["diff-tree", "-r", "-z", "--no-renames", "--name-only", "--diff-filter=d", "HEAD", tree];
  const input = (await git(worktree, args)).stdout;
  if (input.length === 0) return;
  await git(worktree, ["update-index", "--no-skip-worktree", "-z", "--stdin"], { input });
  await git(worktree, ["checkout-index", "-q", "-f", "-u", "-z", "--stdin"], { input });
}

/**
 * Unregisters a worktree and deletes its files; no other: one of the user's may be on a disk that is not there just now. What was worth keeping is under `refs/braid/` by now. Node's `rm`
 * unlinks symbolic links and does not follow them. Call under the repository's lock.
 */
export async function removeWorktree(repo: Repository, worktree: { readonly dir: string }): Promise<void> {
  await discardFiles(worktree.dir);
  await unregisterWorktree(repo, worktree.dir);
}

/**
 * Takes a worktree's files out of sight at once, and then away: half of them would look like somebody's work to who comes after
 * a crash. Those of one that is gone already are no failure.
 */
export async function discardFiles(dir: string): Promise<void> {
  const gone = `${dir}-gone`;
  // What cannot be moved, on a system that keeps a folder somebody is in, is deleted where it is.
  await rename(dir, gone).catch(() => undefined);
  await Promise.all([removeTree(gone), removeTree(dir)]);
}

/** Paths of a work tree that Git LFS keeps, and that are pointers in a worktree. */
export async function listLfsPaths(worktree: GitPlace): Promise<readonly string[]> {
  return splitNul((await git(worktree, ["ls-files", "-z", "--", ":(top,attr:filter=lfs)"])).stdout);
}

const lfsPaths = keepFacts<readonly string[]>();

/** {@link listLfsPaths} of a worktree that is as its commit has it: siblings that begin at the same one have the same. */
export function lfsPathsOf(repo: Repository, worktree: Worktree, commit: string): Promise<readonly string[]> {
  return lfsPaths(repo, [commit], () => listLfsPaths(worktree));
}

/** All worktrees of a repository, the user's own included. */
export async function listWorktrees(repo: Repository): Promise<readonly ListedWorktree[]> {
  const listed = await listAsGitDoes(repo);
  // Of a submodule git names the git directory instead of the work tree.
  if (listed.some(({ dir }) => dir === repo.dir)) return listed;
  return listed.map((each) => (each.dir === repo.commonDir ? { ...each, dir: repo.dir } : each));
}

async function listAsGitDoes(repo: Repository): Promise<readonly ListedWorktree[]> {
  const { stdout } = await git(repo, ["worktree", "list", "--porcelain", "-z"]);
  const list: { dir: string; branch: string | undefined }[] = [];
  for (const field of splitNul(stdout)) {
    const last = list.at(-1);
    if (field.startsWith("worktree ")) list.push({ dir: field.slice("worktree ".length), branch: undefined });
    else if (field.startsWith("branch ") && last !== undefined) last.branch = field.slice("branch ".length);
  }
  return list;
}
