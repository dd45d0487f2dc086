import { lstat, readFile, readlink, rm, rmdir } from "node:fs/promises";
import { dirname, join } from "node:path";
import { git, type GitPlace } from "./git";
import { splitNul } from "./split-nul";

/**
 * Takes back what a `read-tree` that was cut short between `seen` and `commit` wrote. The index is still at `seen`. A
 * file is touched only when it is missing, or holds what `commit` has there or the beginning of it, so nothing anybody
 * else wrote is lost. Throws what {@link git} throws.
 */
export async function restoreFiles(place: GitPlace, seen: string, commit: string): Promise<void> {
  const staged = new Set(await names(place, ["diff-index", "--cached", seen]));
  const added: string[] = [];
  const kept: string[] = [];
  for (const { letter, path } of await changes(place, seen, commit))
    if (!staged.has(path)) (letter === "A" ? added : kept).push(path);
  for (const path of added) if ((await stateOf(place, commit, path)) === "half-new") await removeFile(place, path);
  const modified = new Set(splitNul((await git(place, ["ls-files", "--modified", "-z"])).stdout));
  const torn: string[] = [];
  for (const path of kept)
    if (modified.has(path) && (await stateOf(place, commit, path)) !== "foreign") torn.push(path);
  if (torn.length === 0) return;
  await git(place, ["checkout-index", "--force", "-z", "--stdin"], { input: torn.map((path) => `${path}\0`).join("") });
  await git(place, ["update-index", "-q", "--refresh"], { expect: [0, 1, 128] });
}

/** What stands at a path: nothing, `commit`'s file or the beginning of it, or something that is not ours to touch. */
async function stateOf(place: GitPlace, commit: string, path: string): Promise<"missing" | "half-new" | "foreign"> {
  const parts = path.split("/");
  for (let depth = 1; depth < parts.length; depth += 1) {
    const parent = await lstat(join(place.dir, ...parts.slice(0, depth))).catch(() => undefined);
    if (parent === undefined) return "missing";
    if (!parent.isDirectory()) return "foreign";
  }
  const file = join(place.dir, path);
  const stats = await lstat(file).catch(() => undefined);
  if (stats === undefined) return "missing";
  if (!stats.isFile() && !stats.isSymbolicLink()) return "foreign";
  const there = stats.isFile() ? await readFile(file) : await readlink(file, { encoding: "buffer" });
  const wanted = await git(place, ["cat-file", "--filters", `${commit}:${path}`], { expect: [0, 128] });
  if (wanted.exitCode !== 0) return "foreign";
  return wanted.stdout.subarray(0, there.length).equals(there) ? "half-new" : "foreign";
}

/** Deletes a file and the folders it leaves empty. */
async function removeFile(place: GitPlace, path: string): Promise<void> {
  await rm(join(place.dir, path), { force: true });
  try {
    for (let folder = dirname(path); folder !== "."; folder = dirname(folder)) await rmdir(join(place.dir, folder));
  } catch {
    // Something else is in there.
  }
}

async function changes(place: GitPlace, from: string, to: string) {
  const args = ["diff-tree", "-r", "--no-renames", "--name-status", "-z", from, to];
  const fields = splitNul((await git(place, args)).stdout);
  return fields.flatMap((letter, i) => (i % 2 === 0 ? [{ letter, path: fields[i + 1] ?? "" }] : []));
}

async function names(place: GitPlace, args: readonly string[]): Promise<readonly string[]> {
  return splitNul((await git(place, [...args, "--no-renames", "--name-only", "-z"])).stdout);
}
