import { chmod, lstat, mkdir, rename, rmdir } from "node:fs/promises";
import { dirname, join } from "node:path";
import { BraidError, failure } from "../core/failure";
import { tellingFullDisk } from "./full-disk";
import { git } from "./git";
import { removeSpecialFiles } from "./pipes";
import type { HandOver } from "./hand-over";
import type { Repository } from "./repository";
import type { TreeListing } from "./tree-listing";
import type { Worktree } from "./worktree";

/** Its index while a worktree waits and is made ready: who finds it without one takes nothing in it for somebody's work. */
const KEPT_INDEX = "braid-kept-index";

/** No setting lets a change of a file pass unseen that a look at its times and inode would show. */
export const SHARP_EYES = ["core.trustctime=true", "core.checkStat=default", "core.untrackedCache=false"];

/** Puts a worktree nobody works in any more aside. */
export async function putAside(worktree: Worktree, handedOver?: HandOver): Promise<void> {
  const doubtAgain = await handedOver?.settle(join(worktree.gitDir, "index"));
  doubtAgain?.();
  await rename(join(worktree.gitDir, "index"), join(worktree.gitDir, KEPT_INDEX));
}

/** Gives a worktree that was put aside another folder. Call under the repository's lock. */
export async function moveWorktree(repo: Repository, worktree: Worktree, dir: string): Promise<Worktree> {
  await mkdir(dirname(dir), { recursive: true, mode: 0o700 });
  await git(repo, ["worktree", "move", worktree.dir, dir]);
  return { ...worktree, dir };
}

/**
 * Makes a worktree that was put aside what a fresh one at `commit` is, and proves it: nothing differs, nothing is beside it, ignored
 * files included. `listing` is of that commit. Throws `worktree.failed` where that cannot be had.
 */
export async function resetWorktree(
  worktree: Worktree,
  commit: string,
  listing: TreeListing,
  signal: AbortSignal,
): Promise<void> {
  const kept = join(worktree.gitDir, KEPT_INDEX);
  const place = { ...worktree, config: [...(worktree.config ?? []), ...SHARP_EYES] };
  const call = { env: { GIT_INDEX_FILE: kept }, signal };
  await tellingFullDisk(worktree.dir, () => git(place, ["reset", "--quiet", "--hard", commit], call));
  // Twice, as a repository of its own is spared by the first.
  await git(place, ["clean", "-ffdxq"], call);
  await removeSpecialFiles(worktree.dir);
  const { stdout } = await git(
    place,
    ["status", "--porcelain", "-z", "--untracked-files=all", "--ignored", "--ignore-submodules=none"],
    call,
  );
  if (stdout.length > 0)
    throw new BraidError(
      failure("worktree.failed", `${worktree.dir} could not be made clean.`, {
        detail: stdout.toString("utf8").slice(0, 1_000),
      }),
    );
  await resetFolders(worktree.dir, listing);
  await rename(kept, join(worktree.gitDir, "index"));
}

/** Folders whose modes are looked at side by side. */
const AT_ONCE = 256;

/**
 * Gives folders the mode a fresh one has: git knows of none, and who comes next could not write into one that was made read-only.
 * Only where git has just found nothing else in their place: a link would be followed.
 */
async function resetFolders(dir: string, listing: TreeListing): Promise<void> {
  const mode = await freshMode(dirname(dir));
  const folders = [...foldersIn(listing)];
  for (let from = 0; from < folders.length; from += AT_ONCE)
    await Promise.all(
      folders.slice(from, from + AT_ONCE).map(async (folder) => {
        const at = join(dir, folder);
        if (modeOf(await lstat(at)) !== mode) await chmod(at, mode);
      }),
    );
}

function foldersIn(listing: TreeListing): ReadonlySet<string> {
  const folders = new Set([""]);
  for (const { path } of listing.below(""))
    for (let cut = path.lastIndexOf("/"); cut > 0; cut = path.lastIndexOf("/", cut - 1)) {
      const folder = path.slice(0, cut);
      if (folders.has(folder)) break;
      folders.add(folder);
    }
  return folders;
}

/** The mode a folder is made with here. */
async function freshMode(home: string): Promise<number> {
  const probe = join(home, "fresh");
  await mkdir(probe);
  const mode = modeOf(await lstat(probe));
  await rmdir(probe);
  return mode;
}

function modeOf({ mode }: { readonly mode: number }): number {
  return mode & 0o7777;
}
