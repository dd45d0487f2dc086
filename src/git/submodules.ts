import { lstat, mkdir, readdir, realpath } from "node:fs/promises";
import { join } from "node:path";
import { unsafePathReason } from "../core/tree-path";
import { git, type GitPlace } from "./git";
import { splitNul } from "./split-nul";
import type { Repository } from "./repository";
import type { Worktree } from "./worktree";

/** A submodule as the worktree's commit names it. */
export interface Submodule {
  readonly path: string;
  readonly commit: string;
}

/** The submodules in a worktree's index. */
export async function listSubmodules(worktree: Worktree): Promise<readonly Submodule[]> {
  if ((await lstat(join(worktree.dir, ".gitmodules")).catch(() => undefined)) === undefined) return [];
  const { stdout } = await git(worktree, ["ls-files", "-s", "-z"]);
  return splitNul(stdout).flatMap((line) => {
    const entry = /^160000 ([0-9a-f]+) 0\t(.*)$/su.exec(line);
    return entry === null ? [] : [{ commit: entry[1] ?? "", path: entry[2] ?? "" }];
  });
}

/**
 * Writes a submodule's files from the clone the user's repository has of it, if it has the commit; says why not
 * otherwise. Never `git submodule`: `.gitmodules` is a stranger's text, and only its name for the path is read. The files
 * have no `.git` of their own, so what a worker changes in them is not part of its result.
 */
export async function fillSubmodule(
  repo: Repository,
  worktree: Worktree,
  { path, commit }: Submodule,
): Promise<string | undefined> {
  if (unsafePathReason(path) !== undefined) return "its path is not a plain one";
  const name = await nameOf(worktree, path);
  if (name === undefined) return ".gitmodules does not name it";
  if (unsafePathReason(name) !== undefined) return "its name in .gitmodules is not a plain one";
  const gitDir = join(repo.commonDir, "modules", name);
  // The clone has to lie where git puts it: a link on the way would lead to a stranger's settings.
  if ((await realpath(gitDir).catch(() => undefined)) !== gitDir)
    return "it is not cloned here: git submodule update --init";
  const dir = join(worktree.dir, path);
  const problem = await prepareFolder(worktree.dir, path);
  if (problem !== undefined) return problem;
  const place: GitPlace = { dir, gitDir, ...(worktree.config === undefined ? {} : { config: worktree.config }) };
  const has = await git(place, ["cat-file", "-e", `${commit}^{commit}`], { expect: [0, 1, 128] });
  if (has.exitCode !== 0) return `its clone does not have ${commit.slice(0, 12)}: git submodule update`;
  const env = { GIT_INDEX_FILE: join(worktree.gitDir, "braid-submodule-index") };
  await git(place, ["read-tree", "--reset", commit], { env });
  await git(place, ["checkout-index", "--all", "--quiet"], { env });
  return undefined;
}

async function nameOf(worktree: Worktree, path: string): Promise<string | undefined> {
  const file = await git(worktree, ["show", "--no-textconv", ":.gitmodules"], { expect: [0, 128] });
  if (file.exitCode !== 0) return undefined;
  const { stdout } = await git(
    worktree,
    ["config", "--file", "-", "--no-includes", "-z", "--get-regexp", String.raw`^submodule\..*\.path$`],
    { input: file.stdout, expect: [0, 1, 3, 128] },
  );
  for (const record of splitNul(stdout)) {
    const [key = "", value = ""] = record.split("\n");
    if (value === path) return key.slice("submodule.".length, -".path".length);
  }
  return undefined;
}

/** Git makes an empty folder for a submodule; anything else there stays as it is. */
async function prepareFolder(root: string, path: string): Promise<string | undefined> {
  const parts = path.split("/");
  for (let depth = 1; depth <= parts.length; depth += 1) {
    const at = join(root, ...parts.slice(0, depth));
    const stats = await lstat(at).catch(() => undefined);
    if (stats === undefined) await mkdir(at);
    else if (!stats.isDirectory()) return "something else is in its place";
  }
  return (await readdir(join(root, path))).length === 0 ? undefined : "its folder is not empty";
}
