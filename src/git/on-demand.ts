import { randomBytes } from "node:crypto";
import { appendFile, lstat, mkdir, open, realpath, rename, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import pLimit from "p-limit";
import { whyUnkept, type Unkept } from "./add-all";
import { changedTree } from "./changed-tree";
import { git, type GitPlace } from "./git";
import { tellingForgotten } from "./forgotten";
import { tellingFullDisk } from "./full-disk";
import { onlyIgnored } from "./ignored";
import { moveIn } from "./move-in";
import { areBytesPlain, keepPlain, writePlain } from "./plain-bytes";
import { handOver, type HandOver } from "./hand-over";
import { readPlainText } from "./plain-file";
import type { Repository } from "./repository";
import { splitNul } from "./split-nul";
import type { TreeEntry, TreeListing } from "./tree-listing";
import type { Worktree } from "./worktree";

/**
 * The files of a worktree that is not checked out: each is written when somebody asks for it, as a checkout would have, from
 * an index of its own. The worktree has no index until all its files are there; what was written to is kept beside it, in
 * git's folder of the worktree, where a process that takes over finds it.
 */
export interface FilesOnDemand {
  readonly listing: TreeListing;
  /** Writes what is at these paths; what is there already, and what the commit has not got, stays as it is. */
  bring(paths: readonly string[]): Promise<void>;
  /** Says that a file is about to be written to; whoever takes over knows it from then on. */
  willWrite(path: string): Promise<void>;
  /** Checks out all that is missing, and makes the index. What was written to stays. */
  bringAll(signal?: AbortSignal): Promise<void>;
  /** Those of the paths that git ignores there; a folder has a slash at its end. */
  ignored(paths: readonly string[]): Promise<ReadonlySet<string>>;
  /** A tree of what stands there, ignored files left out. */
  tree(): Promise<string>;
  /** What git could not keep of what the last tree looked at: there it has what was there before. */
  readonly unkept: readonly Unkept[];
  /** Known once all are there. */
  readonly handedOver: HandOver | undefined;
  /** Paths that were written to. */
  readonly written: ReadonlySet<string>;
}

/** Names in git's folder of a worktree. */
const WRITTEN = "braid-written";
const FILLING = "braid-filling";
const ATTRIBUTES = ".gitattributes";

/** Opens a worktree that was only just registered, or that another process left so. `listing` is of its commit. */
export async function openOnDemand(repo: Repository, worktree: Worktree, listing: TreeListing): Promise<FilesOnDemand> {
  const list = join(worktree.gitDir, WRITTEN);
  // What was cut off had not been written to.
  const written = new Set(await readWritten(list));
  const log = await open(list, "a", 0o600);
  await log.close();
  const stage = join(dirname(worktree.dir), "stage");
  const root = await realpath(worktree.dir);
  // A killed process leaves a lock beside its index.
  const indexOf = (what: string) => ({ GIT_INDEX_FILE: join(worktree.gitDir, `braid-${what}-${own}`) });
  const own = randomBytes(4).toString("hex");
  const here = new Set<string>();
  const inTurn = pLimit(1);
  const added = new Map<string, TreeEntry | null>();
  /** Of those, what git has been asked about. */
  const indexed = new Set<string>();
  let dirty = new Set(written);
  let last = listing.tree;
  let unkept: ReadonlyMap<string, Unkept> = new Map();
  let handedOver: HandOver | undefined;

  /** Index lines of entries, and of the attributes that are in force for them. */
  const withAttributes = (paths: readonly string[]): readonly (readonly [string, TreeEntry])[] => {
    const all = new Set(paths);
    for (const path of paths) for (const folder of foldersOf(path)) all.add(below(folder, ATTRIBUTES));
    return entriesOf([...all]);
  };
  const entriesOf = (paths: readonly string[]): readonly (readonly [string, TreeEntry])[] =>
    paths.flatMap((path) => {
      const entry = listing.entry(path);
      return entry === undefined || entry.mode === FOLDER ? [] : [[path, entry] as const];
    });

  async function bring(paths: readonly string[]): Promise<void> {
    const missing: string[] = [];
    for (const path of new Set(paths)) {
      const mode = here.has(path) || written.has(path) ? undefined : listing.entry(path)?.mode;
      if (mode === FOLDER) await mkdir(join(root, path), { recursive: true });
      else if (mode !== undefined) missing.push(path);
      here.add(path);
    }
    if (missing.length === 0) return;
    try {
      await rm(stage, { recursive: true, force: true });
      await mkdir(stage, { recursive: true, mode: 0o700 });
      const isPlain = await areBytesPlain(repo, listing);
      const left = isPlain ? await writePlain(repo, stage, entriesOf(missing)) : missing;
      if (left.length > 0) {
        const env = indexOf("bring");
        await rm(env.GIT_INDEX_FILE, { force: true });
        const place: GitPlace = { ...worktree, dir: stage };
        await addEntries(place, env, withAttributes(left));
        // An empty work tree has no attributes, so the commit's are in force, whatever was made of them meanwhile.
        await git(place, ["checkout-index", "-q", "-f", "-z", "--stdin"], { env, input: left.map(nulEnded).join("") });
      }
      await moveIn(stage, root, missing);
    } catch (error) {
      for (const path of missing) here.delete(path);
      throw error;
    }
  }

  async function tree(): Promise<string> {
    if (dirty.size === 0) return last;
    const paths = [...dirty];
    const hidden = await ignored(paths);
    const unignored = paths.filter((path) => !hidden.has(path));
    for (const [path, entry] of (await keptPlain(unignored)) ?? (await keptByGit(unignored))) added.set(path, entry);
    last = await changedTree(repo, listing, added);
    dirty = new Set([...dirty].filter((path) => !paths.includes(path) || unkept.has(path)));
    return last;
  }

  /** What stands at paths, as git keeps it; undefined where that is for git to say. */
  async function keptPlain(paths: readonly string[]): Promise<ReadonlyMap<string, TreeEntry | null> | undefined> {
    const isSaid = [...written].some((path) => path === ATTRIBUTES || path.endsWith(`/${ATTRIBUTES}`));
    if (isSaid || !(await areBytesPlain(repo, listing))) return undefined;
    const kept = new Map<string, TreeEntry | null>();
    unkept = new Map();
    for (const path of paths) {
      const entry = await keepPlain(repo, root, path);
      if (entry === undefined) return undefined;
      kept.set(path, entry);
    }
    return kept;
  }

  async function keptByGit(changed: readonly string[]): Promise<ReadonlyMap<string, TreeEntry | null>> {
    const env = indexOf("tree");
    // One of them would stop git before all others.
    const found = await Promise.all(changed.map((path) => whyUnkept(root, Buffer.from(path))));
    unkept = new Map(found.flatMap((each) => (each === undefined ? [] : [[each.path, each] as const])));
    const unignored = changed.filter((path) => !unkept.has(path));
    await addEntries(worktree, env, withAttributes(unignored.filter((path) => !indexed.has(path))));
    for (const path of unignored) indexed.add(path);
    await git(worktree, ["update-index", "--add", "--remove", "-z", "--stdin"], {
      env,
      input: unignored.map(nulEnded).join(""),
    });
    const entries = new Map<string, TreeEntry>();
    for (const line of splitNul((await git(worktree, ["ls-files", "-s", "-z"], { env })).stdout)) {
      const [, mode = "", id = "", path = ""] = /^(\d+) ([0-9a-f]+) 0\t(.*)$/su.exec(line) ?? [];
      entries.set(path, { mode, id });
    }
    return new Map(unignored.map((path) => [path, entries.get(path) ?? null]));
  }

  /** Those of the paths that are ignored; what git tracks is not, whatever the rules say. A folder has a slash at its end. */
  async function ignored(paths: readonly string[]): Promise<ReadonlySet<string>> {
    const fresh = paths.filter((path) => listing.entry(path.replace(/\/$/u, "")) === undefined);
    await bring(fresh.flatMap((path) => foldersOf(path).map((folder) => below(folder, ".gitignore"))));
    return new Set(await onlyIgnored(worktree, fresh));
  }

  async function bringAll(signal?: AbortSignal): Promise<void> {
    const call = signal === undefined ? {} : { signal };
    if (written.size === 0) {
      // Without the list nobody takes half a checkout for somebody's work.
      await rm(list, { force: true });
      await git(worktree, ["reset", "--quiet", "--hard"], call);
    } else {
      const kept = await tree();
      await writeSynced(join(worktree.gitDir, FILLING), `${kept}\n`);
      await git(worktree, ["read-tree", "HEAD"], call);
      const rest: string[] = [];
      for (const { path } of listing.below("")) if (!written.has(path)) rest.push(path);
      // Also what is there already: git then knows that it is as the commit has it.
      await git(worktree, ["checkout-index", "-q", "-f", "-u", "-z", "--stdin"], {
        ...call,
        input: rest.map(nulEnded).join(""),
      });
      await rm(list, { force: true });
      await rm(join(worktree.gitDir, FILLING), { force: true });
    }
    await rm(stage, { recursive: true, force: true });
    handedOver = await handOver(worktree, listing);
  }

  const withGit = <T>(action: () => Promise<T>): Promise<T> => inTurn(() => tellingForgotten(worktree, action));
  return {
    listing,
    get handedOver() {
      return handedOver;
    },
    get unkept() {
      return [...unkept.values()];
    },
    written,
    bring: (paths) => withGit(() => tellingFullDisk(root, () => bring(paths))),
    async willWrite(path) {
      dirty.add(path);
      if (written.has(path)) return;
      // Before the file is: a process that takes over commits what is listed.
      await tellingForgotten(worktree, () => appendFile(list, nulEnded(path), { mode: 0o600 }));
      written.add(path);
    },
    bringAll: (signal) => withGit(() => tellingFullDisk(root, () => bringAll(signal))),
    ignored: (paths) => withGit(() => ignored(paths)),
    tree: () => withGit(tree),
  };
}

/** What a process that went away left of a worktree's files. */
export type LeftFiles =
  /** None were ever there, or not all: what is missing was not deleted by anybody. */
  | { readonly kind: "none" }
  | { readonly kind: "all" }
  /** Those that were asked for. */
  | { readonly kind: "some" }
  /** All were about to come; `tree` is what had been made of them by then. */
  | { readonly kind: "filling"; readonly tree: string };

/** How the files of a worktree were left; `gitDir` is git's folder of it. */
export async function leftFiles(gitDir: string): Promise<LeftFiles> {
  const filling = await readPlainText(join(gitDir, FILLING));
  if (/^[0-9a-f]{40,64}\n$/u.test(filling)) return { kind: "filling", tree: filling.trim() };
  if ((await lstat(join(gitDir, WRITTEN)).catch(() => undefined))?.isFile() === true) return { kind: "some" };
  // A checkout writes the index last.
  return (await lstat(join(gitDir, "index")).catch(() => undefined)) === undefined ? { kind: "none" } : { kind: "all" };
}

const FOLDER = "040000";

async function readWritten(list: string): Promise<readonly string[]> {
  const text = await readPlainText(list);
  return text.split("\0").slice(0, -1);
}

async function addEntries(
  place: GitPlace,
  env: Readonly<Record<string, string>>,
  entries: readonly (readonly [string, TreeEntry])[],
): Promise<void> {
  if (entries.length === 0) return;
  const input = entries.map(([path, { mode, id }]) => nulEnded(`${mode} ${id} 0\t${path}`)).join("");
  await git(place, ["update-index", "--add", "-z", "--index-info"], { env, input });
}

function nulEnded(text: string): string {
  return `${text}\0`;
}

function below(folder: string, name: string): string {
  return folder === "" ? name : `${folder}/${name}`;
}

/** The folders on the way to a path, the root first. */
function foldersOf(path: string): readonly string[] {
  const parts = path.split("/");
  return parts.map((_, depth) => parts.slice(0, depth).join("/"));
}

async function writeSynced(path: string, text: string): Promise<void> {
  const file = await open(`${path}.new`, "w", 0o600);
  try {
    await file.writeFile(text);
    await file.datasync();
  } finally {
    await file.close();
  }
  await rename(`${path}.new`, path);
}
