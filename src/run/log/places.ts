import { createHash, randomBytes } from "node:crypto";
import { access, chmod, constants, lstat, mkdir, readdir } from "node:fs/promises";
import { homedir, tmpdir } from "node:os";
import { join } from "node:path";
import { BraidError, failure } from "../../core/failure";
import type { Repository } from "../../git/repository";

/** Everything Braid keeps about a repository, inside its git directory and never in the user's tree. */
export function braidDir(repo: Repository): string {
  return join(repo.commonDir, "braid");
}

/** A run's folder. `run` has passed {@link isRunId}. */
export function runDir(repo: Repository, run: string): string {
  return join(braidDir(repo), "runs", run);
}

/** The log of a run. */
export function journalPath(repo: Repository, run: string): string {
  return join(runDir(repo, run), "journal.jsonl");
}

/** The record of one agent's turns, of numbers and our own words: `turns/3-1.jsonl`, `turns/3-1-review-2.jsonl`. */
export function turnPath(
  repo: Repository,
  of: { readonly run: string; readonly position: number; readonly attempt: number; readonly part?: string },
): string {
  const name = `${of.position + 1}-${of.attempt}${of.part === undefined ? "" : `-${of.part}`}`;
  return join(runDir(repo, of.run), "turns", `${name}.jsonl`);
}

/** Where folders of runs stand while they are deleted. */
export function trashDir(repo: Repository): string {
  return join(braidDir(repo), "trash");
}

/** The lock of whoever cleans up or restores runs. */
export function cleanLock(repo: Repository): string {
  return join(braidDir(repo), "clean.lock");
}

/** The record of an agent that works on the run as a whole; `part` is our own word: `turns/planner.jsonl`. */
export function ownTurnPath(repo: Repository, run: string, part: string): string {
  return join(runDir(repo, run), "turns", `${part}.jsonl`);
}

/** Where other processes put commands for the run's owner. */
export function inboxDir(repo: Repository, run: string): string {
  return join(runDir(repo, run), "inbox");
}

/** The lock all git calls that write worktree metadata are made under: git's own races with itself. */
export function repositoryLock(repo: Repository): string {
  return join(braidDir(repo), "worktrees.lock");
}

/** A short id that is safe in paths and refs. */
export function newRunId(): string {
  return `r${randomBytes(4).readUInt32BE().toString(36).padStart(7, "0")}`;
}

/** Whether a word can be a run's id; anything else never reaches a path. */
export function isRunId(word: string): boolean {
  return /^r[0-9a-z]{7}$/u.test(word);
}

/** Ids of the runs that have a folder. */
export async function listRunIds(repo: Repository): Promise<readonly string[]> {
  const names = await readdir(join(braidDir(repo), "runs")).catch(() => []);
  return names.filter(isRunId);
}

/**
 * The folder worktrees are made in: outside the workspace, so that no watcher, search or parent configuration sees
 * them. `wanted` is the user's setting; else the cache folder, else the temporary one, whichever can be written and is nobody
 * else's: in the temporary folder others may have made what we look for. Throws `disk.denied` when none will do.
 */
export async function worktreeRoot(repo: Repository, wanted?: string): Promise<string> {
  const key = createHash("sha256").update(repo.commonDir).digest("hex").slice(0, 8);
  const cache = process.env["XDG_CACHE_HOME"] || join(homedir(), ".cache");
  const shared = join(tmpdir(), "braid");
  const candidates = wanted !== undefined && wanted !== "" ? [wanted] : [join(cache, "braid"), shared];
  for (const candidate of candidates) {
    const dir = join(candidate, key);
    try {
      await mkdir(dir, { recursive: true, mode: 0o700 });
      await access(dir, constants.W_OK);
      if (!(await isOwn(dir)) || (candidate === shared && !(await isOwn(candidate)))) continue;
      await chmod(dir, 0o700);
      return dir;
    } catch {
      continue;
    }
  }
  throw new BraidError(
    failure("disk.denied", `No worktrees can be made in ${candidates.join(" or ")}.`, {
      hint: "Set braid.worktree.directory to a folder you can write to.",
    }),
  );
}

/** Whether a folder is a real one, the user's, and none that others may write to. */
async function isOwn(dir: string): Promise<boolean> {
  const stats = await lstat(dir);
  // Windows has neither owners nor modes of this kind; a user's own profile is closed there.
  const uid = process.getuid?.();
  return stats.isDirectory() && (uid === undefined || (stats.uid === uid && (stats.mode & 0o022) === 0));
}
