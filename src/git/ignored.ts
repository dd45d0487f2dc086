import { lstat } from "node:fs/promises";
import { join } from "node:path";
import { git, type GitPlace } from "./git";
import { splitNul } from "./split-nul";
import type { Repository } from "./repository";

/** Paths git ignores in the user's work tree; a folder that is ignored whole has a slash at its end. */
export async function listIgnored(repo: Repository): Promise<readonly string[]> {
  const { stdout } = await git(repo, ["ls-files", "-o", "-i", "--exclude-standard", "--directory", "-z"]);
  return splitNul(stdout);
}

/** What may be asked for beside the worktree's tracked files: lines of gitignore syntax, and files of them. */
export interface IncludePatterns {
  readonly files: readonly string[];
  readonly lines: readonly string[];
}

/**
 * Paths that match the patterns and that git ignores, never tracked ones; a folder that is asked for as a whole has a
 * slash at its end. Throws `git.*`.
 */
export async function listIncluded(repo: Repository, patterns: IncludePatterns): Promise<readonly string[]> {
  const excludes = [
    ...patterns.files.map((file) => `--exclude-from=${file}`),
    ...patterns.lines.map((line) => `--exclude=${line}`),
  ];
  if (excludes.length === 0) return [];
  const list = async (...more: readonly string[]) =>
    splitNul((await git(repo, ["ls-files", "-o", "-i", ...excludes, "-z", ...more])).stdout);
  const matched = await list("--directory");
  const ignored = new Set(await onlyIgnored(repo, matched));
  const files: string[] = [];
  for (const path of matched)
    if (ignored.has(path)) files.push(path);
    // Not ignored as a whole; single files in it may be.
    else if (path.endsWith("/")) files.push(...(await onlyIgnored(repo, await list("--", `:(top,literal)${path}`))));
  // Git names a folder all of whose files match, and those files as well.
  const folders = files.filter((path) => path.endsWith("/"));
  return [...new Set(files)].filter((path) => !folders.some((folder) => path !== folder && path.startsWith(folder)));
}

/** Whether the user's work tree has a plain file of this name at its root. */
export async function hasPlainFile(repo: Repository, name: string): Promise<boolean> {
  return (await lstat(join(repo.dir, name)).catch(() => undefined))?.isFile() ?? false;
}

/** Those of the paths that git ignores at a place; a folder has a slash at its end. */
export async function onlyIgnored(place: GitPlace, paths: readonly string[]): Promise<readonly string[]> {
  if (paths.length === 0) return [];
  const input = paths.map((path) => `${path}\0`).join("");
  return splitNul((await git(place, ["check-ignore", "-z", "--stdin"], { input, expect: [0, 1] })).stdout);
}
