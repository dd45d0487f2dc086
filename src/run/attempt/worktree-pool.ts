import { rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import { toFailure } from "../../core/failure";
import { removeTree } from "../../git/remove-tree";
import type { HandOver } from "../../git/hand-over";
import { putAside } from "../../git/reuse-worktree";
import { discardFiles, removeWorktree, type Worktree } from "../../git/worktree";
import { withWorktreeLock } from "../log/worktree-lock";
import type { RunPorts } from "../ports";

/** Worktrees with all their files that nobody works in any more, for whoever needs one next in the same run. */
export interface WorktreePool {
  readonly size: number;
  /** Keeps the one `find` comes to, if any, and tells whether it did; what is not tracked in it goes when it is taken. */
  give(find: () => Promise<Given | undefined>): Promise<boolean>;
  /** The one that was kept last, or is being given at the moment. It is to be moved and reset by whoever takes it. */
  take(): Promise<Worktree | undefined>;
  /** Deletes one that was taken and could not be used. */
  discard(worktree: Worktree): Promise<void>;
  /** Deletes all that are kept. */
  drain(): Promise<void>;
}

/** A worktree that is given. */
export interface Given {
  readonly worktree: Worktree;
  readonly handedOver: HandOver | undefined;
}

/** Opens a pool, which holds nothing yet. */
export function worktreePool({ repo, log }: Pick<RunPorts, "repo" | "log">): WorktreePool {
  const kept: Worktree[] = [];
  const giving = new Set<Promise<boolean>>();
  const discard = async (worktree: Worktree): Promise<void> => {
    await discardFiles(worktree.dir);
    await withWorktreeLock(repo, () => removeWorktree(repo, worktree));
    await removeTree(dirname(worktree.dir));
  };
  const keep = async (find: () => Promise<Given | undefined>): Promise<boolean> => {
    const given = await find();
    if (given === undefined) return false;
    const { worktree, handedOver } = given;
    try {
      await putAside(worktree, handedOver);
      // What a worker had beside its worktree is no other one's to see.
      await removeTree(join(dirname(worktree.dir), "private"));
      await rm(join(dirname(worktree.dir), "snapshot-index"), { force: true });
    } catch (error) {
      log(`${worktree.dir} is not used again: ${toFailure(error).message}`);
      return false;
    }
    kept.push(worktree);
    return true;
  };
  return {
    get size() {
      return kept.length;
    },
    async give(find) {
      const given = keep(find);
      giving.add(given);
      try {
        return await given;
      } finally {
        giving.delete(given);
      }
    },
    async take() {
      while (kept.length === 0 && giving.size > 0)
        await Promise.race([...giving].map((given) => given.catch(() => undefined)));
      return kept.pop();
    },
    discard,
    async drain() {
      const all = kept
        .splice(0)
        .map((worktree) =>
          discard(worktree).catch((error: unknown) => log(`${worktree.dir} not removed: ${toFailure(error).message}`)),
        );
      await Promise.all(all);
    },
  };
}
