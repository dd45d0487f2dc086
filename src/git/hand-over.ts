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
/** Written right behind the mark: who does not find it newer does not tell times exactly enough. */
const BEHIND = `${MARK}.behind`;
const CLOCK = `${MARK}.clock`;
/** Waits for the clock of the file system to go on, in milliseconds each: coarse ones go on every ten. */
const WAITS = [0, 5, 5, 10];
/** A clock that was set back by more since the checkout is believed nothing, in milliseconds. */
const SET_BACK = 5;
/** The most that is read of what was touched, in bytes; where there is more git looks for itself. */
const MAX_BYTES = 1_000_000;

/** Call when git has written all files of the listing, and before anybody else may touch one. Undefined where times do not tell enough. */
export async function handOver(worktree: Worktree, listing: TreeListing): Promise<HandOver | undefined> {
  const home = dirname(worktree.dir);
  const index = statNow(join(worktree.gitDir, "index"));
  if (process.platform === "win32" || index === undefined || !(await markNow(home))) return undefined;
  const second = Number(index.mtimeNs / SECOND);
  const clock = clockAhead();
  return {
    async settle(path) {
      if (secondOf(path) > second || clockAhead() < clock - SET_BACK) return undefined;
      // By the clock files get their times from, which is a little behind, or a server's.
      const now = secondNow(home);
      const touched = await touchedSince(worktree.dir, home);
      if (now === undefined || touched === undefined) return undefined;
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
      return now > second ? undefined : () => utimesSync(path, second, second);
    },
  };
}

const FOLDER = "040000";
const NO_TEXT = "\uFFFD";
const SECOND = 1_000_000_000n;

function secondOf(path: string): number {
  return Number((statNow(path)?.mtimeNs ?? 0n) / SECOND);
}

/** How far the clock people set is ahead of the one nobody can. */
function clockAhead(): number {
  return Date.now() - performance.now();
}

/** The second files below a folder are written in at the moment; undefined where none can be. */
function secondNow(home: string): number | undefined {
  const path = join(home, CLOCK);
  try {
    writeFileSync(path, "");
    return secondOf(path);
  } catch {
    return undefined;
  } finally {
    rmSync(path, { force: true });
  }
}

/**
 * Writes the mark, and waits until what is changed from now on is newer than it, in the same second. False where the clock is too coarse
 * for that.
 */
async function markNow(home: string): Promise<boolean> {
  const [mark, behind] = [join(home, MARK), join(home, BEHIND)];
  const write = (path: string): bigint => {
    writeFileSync(path, "");
    return statNow(path)?.ctimeNs ?? 0n;
  };
  let marked = write(mark);
  for (const wait of WAITS) {
    if (wait > 0) await sleep(wait);
    const now = write(behind);
    if (now > marked && now / SECOND === marked / SECOND) return true;
    if (now > marked) marked = write(mark);
  }
  return false;
}

/** What is no folder in a worktree and was touched since, by their paths in it; undefined where they are too many, or nobody can tell. */
function touchedSince(dir: string, home: string): Promise<readonly string[] | undefined> {
  requireFileRoom();
  const [mark, behind] = [join(home, MARK), join(home, BEHIND)];
  const args = ["-H", behind, dir, "-cnewer", mark, "!", "-type", "d", "-print0"];
  return new Promise((resolve) =>
    execFile("/usr/bin/find", args, { env: { LC_ALL: "C" }, maxBuffer: MAX_BYTES }, (error, stdout) => {
      const [first, ...touched] = stdout.split("\0");
      // A name of bytes that are no text cannot be told to git by its text.
      const isTold = error === null && first === behind && !stdout.includes(NO_TEXT);
      resolve(isTold ? touched.flatMap((path) => (path === "" ? [] : [path.slice(dir.length + 1)])) : undefined);
    }),
  );
}
