import { lstat } from "node:fs/promises";
import { join } from "node:path";
import type { OldLock } from "../core/doctor/judge-tools";
import { gitText } from "./git";
import type { Repository } from "./repository";

/** Locks of git's own that stop an accept while they stand. */
const IN_GIT_DIR = ["index.lock", "HEAD.lock"];
const IN_COMMON_DIR = ["packed-refs.lock", "config.lock", "shallow.lock"];
/** A git process holds one of them for less than that, in milliseconds. */
const OLD_MS = 10 * 60_000;

/** Locks of git's that have stood for so long that their process may be gone. `now` is milliseconds since the epoch. */
export async function findOldLocks(repo: Repository, now: number): Promise<readonly OldLock[]> {
  const gitDir = await gitText(repo, ["rev-parse", "--absolute-git-dir"]);
  const paths = [
    ...IN_GIT_DIR.map((name) => join(gitDir, name)),
    ...IN_COMMON_DIR.map((name) => join(repo.commonDir, name)),
  ];
  const locks = await Promise.all(
    paths.map(async (path) => ({ path, ageMs: now - ((await lstat(path).catch(() => undefined))?.mtimeMs ?? now) })),
  );
  return locks.filter(({ ageMs }) => ageMs > OLD_MS);
}
