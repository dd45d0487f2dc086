import { mkdir, mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { unsafePathReason } from "../core/tree-path";
import { git, gitText } from "./git";
import type { Repository } from "./repository";
import { splitNul } from "./split-nul";

/** Puts the plain files of a folder of ours into a tree, byte for byte; links and what `skip` names stay out. Throws `git.*`, `disk.*`. */
export async function writeFolder(
  repo: Repository,
  dir: string,
  extra: Readonly<Record<string, string>>,
  skip: (path: string) => boolean,
): Promise<string> {
  const own = await mkdtemp(join(tmpdir(), "braid-index-"));
  const env = { GIT_INDEX_FILE: join(own, "index") };
  try {
    const files = (await filesIn(dir, "")).filter((path) => !skip(path));
    // Names of our own: none has a line feed in it.
    const ids = await gitText(repo, ["hash-object", "-w", "--no-filters", "--stdin-paths"], {
      input: files.map((path) => `${join(dir, path)}\n`).join(""),
    });
    const blobs = ids.split("\n");
    const lines = files.map((path, i) => `100644 ${blobs[i] ?? ""}\trun/${path}\0`);
    for (const [name, text] of Object.entries(extra)) {
      const id = await gitText(repo, ["hash-object", "-w", "--no-filters", "--stdin"], { input: text });
      lines.push(`100644 ${id}\t${name}\0`);
    }
    await git(repo, ["update-index", "-z", "--index-info"], { env, input: lines.join("") });
    return await gitText(repo, ["write-tree"], { env });
  } finally {
    await rm(own, { recursive: true, force: true });
  }
}

/** Writes what {@link writeFolder} kept of a folder to `dir`, which is not there yet. Throws `git.*` and the disk's errors. */
export async function readFolder(repo: Repository, commit: string, dir: string): Promise<void> {
  const { stdout } = await git(repo, ["ls-tree", "-r", "-z", "--full-tree", commit, "--", "run/"]);
  await mkdir(dir, { recursive: true, mode: 0o700 });
  for (const entry of splitNul(stdout)) {
    const [, kind, id = "", path = ""] = /^\d+ (\w+) ([0-9a-f]+)\trun\/(.+)$/su.exec(entry) ?? [];
    if (kind !== "blob" || unsafePathReason(path) !== undefined) continue;
    await mkdir(dirname(join(dir, path)), { recursive: true, mode: 0o700 });
    const blob = await git(repo, ["cat-file", "blob", id]);
    await writeFile(join(dir, path), blob.stdout, { mode: 0o600, flag: "wx" });
  }
}

/** Reads a file {@link writeFolder} was given as text. */
export async function readExtra(repo: Repository, commit: string, name: string): Promise<string> {
  return (await git(repo, ["cat-file", "blob", `${commit}:${name}`])).stdout.toString("utf8");
}

async function filesIn(dir: string, below: string): Promise<readonly string[]> {
  const found: string[] = [];
  for (const entry of await readdir(join(dir, below), { withFileTypes: true })) {
    const path = below === "" ? entry.name : `${below}/${entry.name}`;
    if (entry.name.includes("\n")) continue;
    if (entry.isDirectory()) found.push(...(await filesIn(dir, path)));
    else if (entry.isFile()) found.push(path);
  }
  return found;
}
