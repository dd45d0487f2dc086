import { lstat, mkdir, readdir, realpath, rename, rm, rmdir, writeFile } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
import { configOf } from "./git";
import { OBJECT } from "./known";
import { readPlainText } from "./plain-file";
import type { Repository } from "./repository";
import { hasCode } from "../util/system-error";

/*
 * What `git worktree add --no-checkout` and `git worktree remove` write in a plain repository, as gitrepository-layout(5) has it, without
 * three processes for four lines of text: workers that start at the same moment wait for one another here.
 */

/** Extensions that change nothing of how a worktree is registered. */
const HARMLESS = new Set(["extensions.objectformat", "extensions.partialclone", "extensions.noop"]);

/**
 * Registers a detached worktree of a commit's full name, and makes its folder, which must not be there. Resolves with git's folder
 * of it; undefined, and nothing is done, where that is for git itself: the repository is not plain, or something is in the way. Call
 * under the repository's lock.
 */
export async function registerWorktree(repo: Repository, dir: string, commit: string): Promise<string | undefined> {
  if (!OBJECT.test(commit) || !(await isPlain(repo))) return undefined;
  const gitDir = join(repo.commonDir, "worktrees", nameOf(dir));
  const made: string[] = [];
  const make = async (folder: string): Promise<void> => {
    await mkdir(folder);
    made.push(folder);
  };
  try {
    await mkdir(dirname(gitDir), { recursive: true });
    await make(gitDir);
    // Nobody who prunes takes it for a broken one meanwhile.
    await writeFile(join(gitDir, "locked"), "initializing");
    await writeFile(join(gitDir, "commondir"), "../..\n");
    await writeFile(join(gitDir, "HEAD"), `${commit}\n`);
    await make(dir);
    await writeFile(join(dir, ".git"), `gitdir: ${gitDir}\n`);
    // Last, and whole from its first moment: with it git takes the entry for a worktree, and stops where anything of that is missing.
    const draft = join(gitDir, "gitdir.new");
    await writeFile(draft, `${join(await realpath(dir), ".git")}\n`);
    await rename(draft, join(gitDir, "gitdir"));
    await rm(join(gitDir, "locked"));
    return gitDir;
  } catch (error) {
    for (const folder of made) await rm(folder, { recursive: true, force: true });
    if (hasCode(error, "EEXIST")) return undefined;
    throw error;
  }
}

/** Takes a worktree's entry from the repository; one that is not there is as good as gone. Its files are no more. */
export async function unregisterWorktree(repo: Repository, dir: string): Promise<void> {
  const gitDir = await findRegistered(repo, dir);
  if (gitDir !== undefined) {
    // First, for the reason it is written last: from here on it is one that was begun.
    await rm(join(gitDir, "gitdir"), { force: true });
    await rm(gitDir, { recursive: true, force: true });
  }
  // Cut off before it said whose it is.
  const begun = join(repo.commonDir, "worktrees", nameOf(dir));
  const isBegun = (await stands(begun)) && !(await stands(join(begun, "gitdir")));
  if (isBegun) await rm(begun, { recursive: true, force: true });
  // As git leaves it; where others are in it, it stays.
  await rmdir(dirname(begun)).catch(() => undefined);
}

/** Takes away entries that were cut off before they said whose they are, of worktrees whose names begin so. */
export async function dropBegun(repo: Repository, prefix: string): Promise<void> {
  const linked = join(repo.commonDir, "worktrees");
  for (const name of await readdir(linked).catch((): string[] => []))
    if (name.startsWith(prefix) && !(await stands(join(linked, name, "gitdir"))))
      await rm(join(linked, name), { recursive: true, force: true });
}

/** Git's folder of the worktree in a folder; the folder's own `.git` is not asked. */
export async function findRegistered(repo: Repository, dir: string): Promise<string | undefined> {
  const linked = join(repo.commonDir, "worktrees");
  const names = await readdir(linked).catch((): string[] => []);
  const real = join(await realpath(dirname(dir)).catch(() => dirname(dir)), basename(dir));
  // Most have the name they were given here.
  for (const name of names.includes(nameOf(dir)) ? [nameOf(dir), ...names] : names) {
    const pointer = await readPlainText(join(linked, name, "gitdir"));
    const at = pointer === "" ? undefined : dirname(resolve(linked, name, pointer.trim()));
    if (at === dir || at === real) return join(linked, name);
  }
  return undefined;
}

/** Workers' folders are all called alike; what they are in is not. */
function nameOf(dir: string): string {
  return `${basename(dirname(dir))}-${basename(dir)}`.replace(/[^\w.-]/gu, "-");
}

/** Whether nothing about the repository makes a worktree more than the four files. */
async function isPlain(repo: Repository): Promise<boolean> {
  // Git writes paths in its own way there.
  if (process.platform === "win32") return false;
  const { settings } = await configOf(repo);
  for (const key of settings.keys()) if (key.startsWith("extensions.") && !HARMLESS.has(key)) return false;
  // A sparse checkout hands its patterns on, a shared repository its permissions.
  if (["core.sparsecheckout", "core.sharedrepository", "core.worktree"].some((key) => settings.has(key))) return false;
  const linked = await lstat(join(repo.commonDir, "worktrees")).catch(() => undefined);
  return linked === undefined || linked.isDirectory();
}

async function stands(path: string): Promise<boolean> {
  return (await lstat(path).catch(() => undefined)) !== undefined;
}
