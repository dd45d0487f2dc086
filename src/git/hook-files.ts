import { createHash } from "node:crypto";
import { readdir, readFile, stat } from "node:fs/promises";
import { dirname, join, posix, relative, sep } from "node:path";
import { BraidError, failure } from "../core/failure";
import {
  decidingPart,
  leadsOn,
  MAX_SHOWN_CHARS,
  mayRunWithCommit,
  pathsNamedIn,
  type HookFile,
} from "../core/review/hooks";
import { git } from "./git";
import type { Repository } from "./repository";
import { splitNul } from "./split-nul";

/** Files with a say in one commit; nobody looks through more. */
const MAX_FILES = 300;
/** A larger one is not read, in bytes. */
const MAX_BYTES = 64 * 1024 ** 2;
/** Folders within folders of hooks, and files that name files. */
const MAX_DEPTH = 3;
/** Few enough for the shortest command line a system has. */
const PATHS_AT_ONCE = 50;

/**
 * All that has a say when git commits with the hooks of a folder: the hooks, what lies in their folder and, where that is inside
 * the work tree, beside it, as it stands there now; and the files these name, as `tree` has them, because hooks run where that
 * is checked out. What a hook reaches without naming it (a program's own modules, tests a script runs) is not in here. Throws
 * `hook.unapproved` where that is more than anybody looks through.
 */
export async function readHookFiles(
  repo: Repository,
  hooks: string,
  trees: { readonly onto: string; readonly tree: string },
): Promise<readonly HookFile[]> {
  const found: HookFile[] = [];
  for (const file of await listFolders(repo, hooks)) found.push(await readHook(repo, file));
  const known = new Map<string, HookFile>();
  let open = found;
  for (let depth = 0; depth < MAX_DEPTH && open.length > 0; depth += 1) {
    const named = open.flatMap(({ path, text }) => (text === null || !leadsOn(path) ? [] : pathsNamedIn(text)));
    const fresh = [...new Set(named)].filter((path) => !known.has(path));
    open = await readNamed(repo, fresh, trees);
    for (const file of open) known.set(file.path, file);
    if (found.length + known.size > MAX_FILES) throw tooMany(hooks);
  }
  return [...found, ...known.values()].toSorted((a, b) => (a.path < b.path ? -1 : 1));
}

async function listFolders(repo: Repository, hooks: string): Promise<readonly string[]> {
  const files = await listFiles(hooks, MAX_DEPTH, mayRunWithCommit);
  const within = relative(repo.dir, dirname(hooks)).split(sep);
  // A folder made by a tool (`.husky/_`) calls what the repository keeps beside it.
  const isBeside = within[0] !== "" && within[0] !== ".." && within[0] !== ".git";
  const beside = isBeside ? await listFiles(dirname(hooks), 0, mayRunWithCommit) : [];
  if (files.length + beside.length > MAX_FILES) throw tooMany(hooks);
  return [...files, ...beside];
}

async function listFiles(
  folder: string,
  depth: number,
  isWanted: (name: string) => boolean,
): Promise<readonly string[]> {
  const names = (await readdir(folder).catch(() => [])).filter(isWanted).toSorted();
  const files: string[] = [];
  for (const name of names) {
    const path = join(folder, name);
    // Through links: git starts what they lead to.
    const stats = await stat(path).catch(() => undefined);
    if (stats?.isFile() === true) files.push(path);
    else if (stats?.isDirectory() === true && depth > 0) files.push(...(await listFiles(path, depth - 1, () => true)));
    if (files.length > MAX_FILES) throw tooMany(folder);
  }
  return files;
}

async function readHook(repo: Repository, file: string): Promise<HookFile> {
  const { size, mode } = await stat(file);
  if (size > MAX_BYTES) throw tooMany(file);
  const bytes = await readFile(file);
  const path = relative(repo.dir, file);
  const hash = createHash("sha256")
    .update((mode & 0o111) === 0 ? "-" : "x")
    .update(bytes)
    .digest("hex");
  const shown = path.startsWith("..") ? file : path.split(sep).join("/");
  return { path: shown, hash, text: textOf(bytes), bytes: bytes.length, changed: false };
}

/** Those of the paths that are files in `tree`, or were in `onto`. */
async function readNamed(
  repo: Repository,
  paths: readonly string[],
  { onto, tree }: { readonly onto: string; readonly tree: string },
): Promise<HookFile[]> {
  const [before, now] = await Promise.all([entriesOf(repo, onto, paths), entriesOf(repo, tree, paths)]);
  const files: HookFile[] = [];
  for (const [path, entry] of now) {
    const [content, old] = await Promise.all([readEntry(repo, path, entry), readEntry(repo, path, before.get(path))]);
    const hash = createHash("sha256").update(entry.mode).update(content.part).digest("hex");
    const changed = before.get(path)?.mode !== entry.mode || !old.part.equals(content.part);
    files.push({ path, hash, text: textOf(content.part), bytes: content.bytes, changed });
  }
  // What goes in may take a script away, and something else answers to its name then.
  for (const path of before.keys())
    if (!now.has(path)) files.push({ path, hash: "gone", text: "(what goes in deletes it)", bytes: 0, changed: true });
  return files;
}

interface Entry {
  readonly mode: string;
  readonly blob: string;
}

/** What of a file counts; of a link it is where that leads. */
async function readEntry(
  repo: Repository,
  path: string,
  entry: Entry | undefined,
): Promise<{ readonly part: Buffer; readonly bytes: number }> {
  const bytes = entry === undefined ? Buffer.alloc(0) : (await git(repo, ["cat-file", "blob", entry.blob])).stdout;
  const text = textOf(bytes);
  if (text === null) return { part: bytes, bytes: bytes.length };
  const part = entry?.mode === "120000" ? posix.join(posix.dirname(path), text) : decidingPart(path, text);
  return { part: Buffer.from(part), bytes: bytes.length };
}

async function entriesOf(repo: Repository, tree: string, paths: readonly string[]) {
  const entries = new Map<string, Entry>();
  for (let from = 0; from < paths.length; from += PATHS_AT_ONCE) {
    const some = paths.slice(from, from + PATHS_AT_ONCE);
    const listed = await git(repo, ["ls-tree", "-z", "--full-tree", tree, "--", ...some]);
    for (const line of splitNul(listed.stdout)) {
      const [, mode = "", type, blob = "", path = ""] = /^(\d+) (\w+) ([0-9a-f]+)\t(.*)$/su.exec(line) ?? [];
      if (type === "blob") entries.set(path, { mode, blob });
    }
  }
  return entries;
}

function textOf(bytes: Buffer): string | null {
  if (bytes.length > MAX_SHOWN_CHARS || bytes.includes(0)) return null;
  const text = bytes.toString("utf8");
  return Buffer.from(text).equals(bytes) ? text : null;
}

function tooMany(where: string): BraidError {
  return new BraidError(
    failure("hook.unapproved", `The commit hooks in ${where} are more than anybody could look through.`, {
      hint: "Commit without them (--no-hooks, or Braid: Accept Without Hooks).",
    }),
  );
}
