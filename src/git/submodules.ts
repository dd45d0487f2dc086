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
export async function listSubmodules(worktree: GitPlace): Promise<readonly Submodule[]> {
  if ((await lstat(join(worktree.dir, ".gitmodules")).catch(() => undefined)) === undefined) return [];
  const { stdout } = await git(worktree, ["ls-files", "-s", "-z"]);
  return splitNul(stdout).flatMap((line) => {
    const entry = /^160000 ([0-9a-f]+) 0\t(.*)$/su.exec(line);
    return entry === null ? [] : [{ commit: entry[1] ?? "", path: entry[2] ?? "" }];
  });
}

/** The submodules of the user's own work tree, and why a worktree would be without the files of one. Writes nothing. */
export async function submoduleStates(
  repo: Repository,
): Promise<readonly { readonly path: string; readonly problem: string | null }[]> {
  const states = (await listSubmodules(repo)).map(async ({ path, commit }) => {
    const clone = await cloneOf(repo, repo, path);
    return { path, problem: "problem" in clone ? clone.problem : ((await lackOf(repo, clone, commit)) ?? null) };
  });
  return Promise.all(states);
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
  const clone = await cloneOf(repo, worktree, path);
  if ("problem" in clone) return clone.problem;
  const dir = join(worktree.dir, path);
  const problem = await prepareFolder(worktree.dir, path);
  if (problem !== undefined) return problem;
  const place: GitPlace = { dir, ...clone, ...(worktree.config === undefined ? {} : { config: worktree.config }) };
  const lack = await lackOf(repo, place, commit);
  if (lack !== undefined) return lack;
  const env = { GIT_INDEX_FILE: join(worktree.gitDir, "braid-submodule-index") };
  await git(place, ["read-tree", "--reset", commit], { env });
  await git(place, ["checkout-index", "--all", "--quiet"], { env });
  return undefined;
}

/** Where the user's own clone of a submodule is, or why it is of no use. */
async function cloneOf(
  repo: Repository,
  worktree: GitPlace,
  path: string,
): Promise<{ readonly gitDir: string } | { readonly problem: string }> {
  if (unsafePathReason(path) !== undefined) return { problem: "its path is not a plain one" };
  const name = await nameOf(worktree, path);
  if (name === undefined) return { problem: ".gitmodules does not name it" };
  if (unsafePathReason(name) !== undefined) return { problem: "its name in .gitmodules is not a plain one" };
  const gitDir = join(repo.commonDir, "modules", name);
  // The clone has to lie where git puts it: a link on the way would lead to a stranger's settings.
  const isPlain = (await realpath(gitDir).catch(() => undefined)) === gitDir;
  return isPlain ? { gitDir } : { problem: "it is not cloned here: git submodule update --init" };
}

async function lackOf(
  repo: Repository,
  {
    dir = repo.dir,
    ...clone
  }: { readonly dir?: string; readonly gitDir?: string; readonly config?: readonly string[] },
  commit: string,
): Promise<string | undefined> {
  const has = await git({ dir, ...clone }, ["cat-file", "-e", `${commit}^{commit}`], { expect: [0, 1, 128] });
  return has.exitCode === 0 ? undefined : `its clone does not have ${commit.slice(0, 12)}: git submodule update`;
}

async function nameOf(worktree: GitPlace, path: string): Promise<string | undefined> {
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
