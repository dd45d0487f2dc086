import { lstat, readdir } from "node:fs/promises";
import { join } from "node:path";
import { BraidError, failure } from "../core/failure";
import { gitText } from "./git";
import { lockHeld } from "./held-lock";
import { readPlainText } from "./plain-file";
import type { Repository } from "./repository";

/** Files and folders in a git directory that say something is half done there. */
const IN_PROGRESS: Readonly<Record<string, string>> = {
  MERGE_HEAD: "merge",
  "rebase-merge": "rebase",
  "rebase-apply": "rebase",
  CHERRY_PICK_HEAD: "cherry-pick",
  REVERT_HEAD: "revert",
  BISECT_LOG: "bisect",
};

/** Files in a git directory that name, a line each, the branches a command will move when it ends. */
const WILL_MOVE: Readonly<Record<string, string>> = {
  "rebase-merge/head-name": "rebase",
  "rebase-merge/update-refs": "rebase",
  "rebase-apply/head-name": "rebase",
  BISECT_START: "bisect",
};

/** Throws `repo.busy` when a merge, rebase or the like is half done in the work tree at `dir`. */
export async function refuseHalfDone(dir: string): Promise<void> {
  const gitDir = await gitDirOf(dir);
  for (const [name, what] of Object.entries(IN_PROGRESS))
    if ((await lstat(join(gitDir, name)).catch(() => undefined)) !== undefined)
      throw busy(`A ${what} is in progress in ${dir}.`);
}

/** Throws `repo.busy` while a git process holds the index of the work tree at `dir`. */
export async function refuseHeldIndex(dir: string): Promise<void> {
  // Git itself says so only where it has something to write.
  const lock = join(await gitDirOf(dir), "index.lock");
  if ((await lstat(lock).catch(() => undefined)) !== undefined) throw lockHeld(lock);
}

/** Git's folder of the work tree at `dir`, which it may only name. */
async function gitDirOf(dir: string): Promise<string> {
  const plain = join(dir, ".git");
  const isPlain = (await lstat(plain).catch(() => undefined))?.isDirectory() ?? false;
  return isPlain ? plain : gitText({ dir }, ["rev-parse", "--absolute-git-dir"]);
}

/**
 * Throws `repo.busy` when a command that is half done in any worktree will move `target` when it ends. Such a worktree
 * is listed as detached, so nothing else tells.
 */
export async function refuseHalfMoved(repo: Repository, target: string): Promise<void> {
  const linked = join(repo.commonDir, "worktrees");
  const names = await readdir(linked).catch(() => []);
  const branch = target.replace(/^refs\/heads\//u, "");
  for (const gitDir of [repo.commonDir, ...names.map((name) => join(linked, name))])
    for (const [file, what] of Object.entries(WILL_MOVE)) {
      const lines = (await readPlainText(join(gitDir, file))).split("\n");
      // A bisect names its branch without the prefix.
      if (lines.includes(target) || (what === "bisect" && lines.includes(branch)))
        throw busy(`A ${what} of ${branch} is in progress (${gitDir}).`);
    }
}

function busy(message: string): BraidError {
  return new BraidError(failure("repo.busy", message, { hint: "Finish or abort it, then accept again." }));
}
