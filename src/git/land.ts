import { BraidError, failure, toFailure } from "../core/failure";
import { gitText } from "./git";
import { refuseHalfDone, refuseHalfMoved, refuseHeldIndex } from "./half-done";
import { moveFiles, refuseBlockedMove } from "./move-files";
import { moveRef, type Fence } from "./ref-transaction";
import { plainHead, readRef, treeOf, type Repository } from "./repository";
import { restoreFiles } from "./restore-files";
import { listWorktrees } from "./worktree";

/** A branch, the commit it was seen at, and the one it shall name. */
export interface Landing {
  /** Full ref name. */
  readonly target: string;
  readonly seen: string;
  readonly commit: string;
}

/** A landing, and what tells whether it is still ours to make. */
export interface FencedLanding extends Landing {
  readonly fence: Fence;
}

/**
 * Moves a branch to `commit`, and with it the files of the work tree that has it checked out, if one does. The user's
 * own changes are respected: whatever is dirty, staged or merely in the way refuses the move before anything happened.
 *
 * Throws `target.moved`, `run.busy`, `repo.busy`, `tree.dirty`, `tree.in-the-way`, `disk.full`, `git.failed`; after any of them
 * branch, index and files are what they were, or the failure says what is not.
 */
export async function landCommit(
  repo: Repository,
  landing: FencedLanding & { readonly reason: string },
): Promise<void> {
  const { target, seen, commit, reason, fence } = landing;
  const move = { ref: target, seen, commit, reason, fence };
  await refuseHalfMoved(repo, target);
  const dir = await checkoutOf(repo, target);
  if (dir === undefined) return moveRef(repo, move, () => refuseSwitched(repo, target, dir));
  await refuseHalfDone(dir);
  let filesMoved = false;
  try {
    await moveRef(repo, move, async () => {
      await refuseSwitched(repo, target, dir);
      await moveFiles(repo, dir, seen, commit);
      filesMoved = true;
    });
  } catch (error) {
    if (!filesMoved) throw error;
    // Git may have moved the branch and gone away before it said so.
    if ((await readRef(repo, target)) === commit) return;
    await moveFiles(repo, dir, commit, seen).catch((cause: unknown) => {
      throw notUndone(dir, toFailure(error).message, cause);
    });
    throw error;
  }
}

/**
 * Throws `tree.dirty`, `tree.in-the-way` or `repo.busy` where {@link landCommit} would refuse now because of what is in the work
 * tree that has the branch checked out. `commit` may be a tree; nothing is locked and nothing moves.
 */
export async function refuseBlocked(repo: Repository, { target, seen, commit }: Landing): Promise<void> {
  const dir = await checkoutOf(repo, target);
  if (dir === undefined || seen === commit) return;
  await refuseHalfDone(dir);
  await refuseBlockedMove(repo, dir, seen, commit);
}

/**
 * Undoes what a landing left in index and files when its process was killed before the branch moved. Does nothing when
 * it left nothing, or when somebody has moved the branch since. Throws `git.failed` when the user's changes since then
 * are in its way.
 */
export async function undoLanding(repo: Repository, landing: Landing): Promise<void> {
  const { target, seen, commit } = landing;
  const dir = await checkoutOf(repo, target);
  if (dir === undefined || (await readRef(repo, target)) !== seen) return;
  if ((await treeOf(repo, seen)) === (await treeOf(repo, commit))) return;
  try {
    if (await isIndexMoved(dir, seen, commit)) await moveFiles(repo, dir, commit, seen);
    else await restoreFiles({ dir }, seen, commit);
  } catch (error) {
    throw notUndone(dir, "Braid was closed while the branch was being moved", error);
  }
}

/** Throws `repo.busy` while a git process holds the index of the work tree that has a branch checked out. */
export async function requireFreeIndex(repo: Repository, target: string): Promise<void> {
  const dir = await checkoutOf(repo, target);
  if (dir !== undefined) await refuseHeldIndex(dir);
}

/** Nothing locks HEAD. Throws `target.moved` where the branch is checked out elsewhere than in `dir` by now, or nowhere any more. */
export async function refuseSwitched(repo: Repository, target: string, dir: string | undefined): Promise<void> {
  if ((await checkoutOf(repo, target)) === dir) return;
  const name = target.replace(/^refs\/heads\//u, "");
  const what = dir === undefined ? `${name} was checked out` : `${dir} was switched to another branch than ${name}`;
  throw new BraidError(
    failure("target.moved", `${what} in this very moment; nothing was moved.`, { hint: "Decide again." }),
  );
}

/** The folder of the work tree that has a branch checked out; undefined where none has. */
export async function checkoutOf(repo: Repository, target: string): Promise<string | undefined> {
  // Git names the first of them first, which has the repository in it.
  if ((await plainHead(repo)) === target) return repo.dir;
  return (await listWorktrees(repo)).find((worktree) => worktree.branch === target)?.dir;
}

/** Whether the index has all that `commit` changes; what the user had staged besides does not count. */
async function isIndexMoved(dir: string, seen: string, commit: string): Promise<boolean> {
  const raw = ["--no-renames", "--name-only", "-z"];
  const changed = await gitText({ dir }, ["diff-tree", "-r", ...raw, seen, commit]);
  const others = await gitText({ dir }, ["diff-index", "--cached", ...raw, commit]);
  const different = new Set(others.split("\0"));
  return changed.split("\0").every((path) => path === "" || !different.has(path));
}

function notUndone(dir: string, why: string, cause: unknown): BraidError {
  const { message, detail } = toFailure(cause);
  return new BraidError(
    failure("git.failed", `${why}, and its changes in ${dir} could not be undone: ${message}`, {
      hint: "The branch did not move. See `git status` there: keep your own changes and undo the rest.",
      ...(detail === undefined ? {} : { detail }),
    }),
    { cause },
  );
}
