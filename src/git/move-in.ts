import {
  linkSync,
  lstatSync,
  mkdirSync,
  readlinkSync,
  realpathSync,
  renameSync,
  symlinkSync,
  unlinkSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { setImmediate as nextTurn } from "node:timers/promises";
import { BraidError, failure } from "../core/failure";
import { hasCode } from "../util/system-error";

/** Files that are moved before others get a turn. */
const MOVED_AT_ONCE = 50;

/**
 * Moves files from below `stage` to the same paths below `root` where nothing is yet; whatever came there meanwhile stays. Throws
 * `worktree.failed` where a folder leads elsewhere.
 */
export async function moveIn(stage: string, root: string, paths: readonly string[]): Promise<void> {
  for (let from = 0; from < paths.length; from += MOVED_AT_ONCE) {
    if (from > 0) await nextTurn();
    const folders = new Set<string>();
    for (const path of paths.slice(from, from + MOVED_AT_ONCE)) {
      const folder = dirname(join(root, path));
      // Once for each: nobody else has a turn in between.
      if (!folders.has(folder)) mkdirSync(folder, { recursive: true });
      if (!folders.has(folder) && realpathSync.native(folder) !== folder)
        throw new BraidError(failure("worktree.failed", `${dirname(path)} leads elsewhere in ${root}.`));
      folders.add(folder);
      moveOne(join(stage, path), join(root, path));
    }
  }
}

/** At once: through another thread each step of it takes ten times as long. */
function moveOne(from: string, to: string): void {
  try {
    if (lstatSync(from).isSymbolicLink()) symlinkSync(readlinkSync(from, { encoding: "buffer" }), to);
    else linkSync(from, to);
  } catch (error) {
    // A file system without hard links.
    if (!hasCode(error, "EEXIST", "EPERM", "ENOTSUP", "ENOSYS", "EOPNOTSUPP")) throw error;
    if (lstatSync(to, { throwIfNoEntry: false }) === undefined) return renameSync(from, to);
  }
  unlinkSync(from);
}
