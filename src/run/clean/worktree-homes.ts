import { readdir, realpath } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { isRealFolder } from "../../git/plain-folder";
import type { Repository } from "../../git/repository";
import { listWorktrees } from "../../git/worktree";

/** A folder a run's worktree stands in. */
export interface WorktreeHome {
  readonly run: string;
  readonly dir: string;
  /** Whether git knows a worktree there. */
  readonly isKnown: boolean;
}

/**
 * Where runs' worktrees stand: `homes` are folders there are, in the worktree root and, from when the root was another, wherever git
 * knows of one; `known` are all git knows of, also where the folder is gone. A folder that is a link, or is reached through one, is
 * nobody's of ours.
 */
export async function worktreeHomes(
  repo: Repository,
  worktreeRoot: string,
): Promise<{ readonly homes: readonly WorktreeHome[]; readonly known: readonly WorktreeHome[] }> {
  const root = await realpath(worktreeRoot).catch(() => worktreeRoot);
  const here = (await readdir(root).catch(() => [])).map((name) => join(root, name));
  const listed = (await listWorktrees(repo)).map(({ dir }) => dir).filter((dir) => basename(dir) === "tree");
  const known = new Set(listed.map((dir) => dirname(dir)));
  const all = [...new Set([...here, ...known])].flatMap((dir): readonly WorktreeHome[] => {
    const run = /^(r[0-9a-z]{7})-[\w-]+$/u.exec(basename(dir))?.[1];
    return run === undefined ? [] : [{ run, dir, isKnown: known.has(dir) }];
  });
  const real = await Promise.all(all.map(({ dir }) => isRealFolder(dir)));
  return { homes: all.filter((_, i) => real[i]), known: all.filter(({ isKnown }) => isKnown) };
}
