import { execFile } from "node:child_process";
import { rmSync, utimesSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { requireFileRoom } from "./file-room";
import { git } from "./git";
import { statNow } from "./stat-now";
import type { TreeListing } from "./tree-listing";
import type { Worktree } from "./worktree";

/*
 * Git tells a file that was changed by its times, to the second. Files of a checkout that were written in the second their index was
 * written in it therefore reads and compares, at each look until the index is written later: a whole checkout, where that takes less. What
 * the system says to the nanosecond spares it: files that nobody has touched since the checkout ended are as the index has them.
 */

/** The moment a worktree's files, all just written by git, became somebody's who may change them. */
export interface HandOver {
  /**
   * Lets git trust an index that was written in the second of the checkout, for all files that nobody has touched since. What it
   * resolves with, if anything, is to be called once git has looked: the index is then as doubtful as it was. Does nothing where that
   * cannot be told, or is not needed. The files must stand still meanwhile. Throws `git.failed`, `disk.full`.
   */
  settle(index: string): Promise<(() => void) | undefined>;
}

/** Beside the worktree. */
const MARK = "handed-over";
/** Waits for the clock of the file system to go on, in milliseconds each: coarse ones go on every ten. */
const WAITS = [0, 5, 5, 10];
/** A clock that was set back by more since the checkout is believed nothing, in milliseconds. */
const SET_BACK = 5;
/** The most that is read of what was touched, in bytes; where there is more git looks for itself. */
const MAX_BYTES = 1_000_000;

/** Call when git has written all files of the listing, and before anybody else may touch one. Undefined where times do not tell enough. */
export async function handOver(worktree: Worktree, listing: TreeListing): Promise<HandOver | undefined> {
  const mark = join(dirname(worktree.dir), MARK);
  const index = statNow(join(worktree.gitDir, "index"));
  if (process.platform === "win32" || index === undefined || !(await markNow(mark))) return undefined;
  const second = Number(index.mtimeNs / 1_000_000_000n);
  const clock = clockAhead();
  return {
    async settle(path) {
      const isOver = Date.now() >= (second + 1) * 1_000;
      if (secondOf(path) > second || clockAhead() < clock - SET_BACK) return undefined;
      const touched = await touchedSince(worktree.dir, mark);
      if (touched === undefined) return undefined;
      utimesSync(path, second + 1, second + 1);
      const lines = touched.flatMap((file) => {
        const entry = listing.entry(file);
        return entry === undefined || entry.mode === FOLDER ? [] : [`${entry.mode} ${entry.id} 0\t${file}\0`];
      });
      if (lines.length > 0) {
        // An entry that is put in by its id has no times: git reads the file.
        const env = { GIT_INDEX_FILE: path };
        await git(worktree, ["update-index", "-z", "--index-info"], { env, input: lines.join("") });
        if (secondOf(path) <= second) utimesSync(path, second + 1, second + 1);
      }
      // Who touches a file in what is left of that second is seen the next time.
      return isOver ? undefined : () => utimesSync(path, second, second);
    },
  };
}

const FOLDER = "040000";
const NO_TEXT = "\uFFFD";

function secondOf(path: string): number {
  return Number((statNow(path)?.mtimeNs ?? 0n) / 1_000_000_000n);
}

/** How far the clock people set is ahead of the one nobody can. */
function clockAhead(): number {
  return Date.now() - performance.now();
}

/** Writes the mark, and waits until what is changed from now on is newer than it. False where the clock is too coarse for that. */
async function markNow(mark: string): Promise<boolean> {
  const probe = `${mark}.probe`;
  writeFileSync(mark, "");
  const marked = statNow(mark)?.mtimeNs ?? 0n;
  try {
    for (const wait of WAITS) {
      if (wait > 0) await sleep(wait);
      writeFileSync(probe, "");
      if ((statNow(probe)?.ctimeNs ?? 0n) > marked) return true;
    }
    return false;
  } finally {
    rmSync(probe, { force: true });
  }
}

/** Plain files below a folder that were touched since, by their paths in it; undefined where they are too many, or nobody can tell. */
function touchedSince(dir: string, mark: string): Promise<readonly string[] | undefined> {
  requireFileRoom();
  const args = ["-H", dir, "-cnewer", mark, "-type", "f", "-print0"];
  return new Promise((resolve) =>
    execFile("/usr/bin/find", args, { env: { LC_ALL: "C" }, maxBuffer: MAX_BYTES }, (error, stdout) =>
      // A name of bytes that are no text cannot be told to git by its text.
      resolve(
        error === null && !stdout.includes(NO_TEXT)
          ? stdout.split("\0").flatMap((path) => (path === "" ? [] : [path.slice(dir.length + 1)]))
          : undefined,
      ),
    ),
  );
}
