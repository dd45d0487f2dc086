import { lstat } from "node:fs/promises";
import { basename, dirname } from "node:path";
import { valueAt } from "../../core/state/chunked";
import type { RunState } from "../../core/state/state";
import { snapshotFolder } from "../../git/snapshot-folder";
import { treeOf, type Repository } from "../../git/repository";

/**
 * Whether a worktree holds what somebody began to resolve by hand and nobody took: its subtask was tried again or rebased
 * meanwhile. What cannot be told is somebody's work. The folder and its index are not touched.
 */
export async function isLeftByHand(repo: Repository, state: RunState, dir: string): Promise<boolean> {
  const [, position] = /-(\d+)-hand(?:-\d+)?$/u.exec(basename(dirname(dir))) ?? [];
  if (position === undefined || (await lstat(dir).catch(() => undefined)) === undefined) return false;
  const taken = valueAt(state.subtasks, Number(position) - 1)?.result?.tree;
  try {
    const commit = await snapshotFolder(repo, dir, { parent: undefined, message: "What stands there" });
    return commit === null || taken === undefined || (await treeOf(repo, commit)) !== taken;
  } catch {
    return true;
  }
}
