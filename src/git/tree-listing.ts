import { isUtf8 } from "node:buffer";
import { git } from "./git";
import { treeOf, type Repository } from "./repository";

/** One entry of a tree. */
export interface TreeEntry {
  readonly mode: string;
  readonly id: string;
}

/** Everything a commit's tree holds, folders included, kept as the bytes git printed: fifty thousand files take a few megabytes. */
export interface TreeListing {
  readonly repo: Repository;
  /** The tree's own id. */
  readonly tree: string;
  /** How many entries are no folders. */
  readonly files: number;
  /** Whether all names are valid UTF-8. */
  readonly isUtf8: boolean;
  /** Whether any entry has this mode. */
  has(mode: string): boolean;
  /** Paths of all files of this name. */
  named(name: string): readonly string[];
  /** What stands at a path with "/"; a folder has the mode 040000. */
  entry(path: string): TreeEntry | undefined;
  /** Paths below a folder (all for ""), in git's order; folders left out. */
  below(folder: string): Iterable<{ readonly path: string; readonly mode: string }>;
  /** What a folder holds itself, by name; undefined where there is no such folder. */
  children(folder: string): readonly TreeChild[] | undefined;
}

/** An entry by its own name, as the bytes it has. */
export interface TreeChild extends TreeEntry {
  readonly name: Buffer;
}

/** Listings that were asked for last; workers that begin at the same commit share one. */
const KEPT = 4;
const kept = new Map<string, Promise<TreeListing>>();

/** Lists a commit. Throws `git.*`. */
export async function listTree(repo: Repository, commit: string): Promise<TreeListing> {
  const key = `${repo.commonDir}\0${commit}`;
  const known = kept.get(key);
  kept.delete(key);
  const listing = known ?? readListing(repo, commit);
  kept.set(key, listing);
  for (const old of [...kept.keys()].slice(0, -KEPT)) kept.delete(old);
  listing.catch(() => kept.delete(key));
  return listing;
}

async function readListing(repo: Repository, commit: string): Promise<TreeListing> {
  const [tree, { stdout }] = await Promise.all([
    treeOf(repo, commit),
    git(repo, ["ls-tree", "-r", "-t", "-z", "--full-tree", commit]),
  ]);
  return toListing(repo, tree, stdout);
}

/** A listing from what `git ls-tree -r -t -z` prints: `MODE TYPE ID<tab>PATH`, a folder before what is in it. */
export function toListing(repo: Repository, tree: string, output: Buffer): TreeListing {
  const starts: number[] = [];
  for (let at = 0; at < output.length; at = output.indexOf(0, at) + 1) starts.push(at);
  const count = starts.length;
  starts.push(output.length);
  let files = 0;
  for (let i = 0; i < count; i += 1) if (!isFolder(i)) files += 1;

  function isFolder(i: number): boolean {
    return output[starts[i] ?? 0] === FOLDER_BYTE;
  }
  function nameAt(i: number): Buffer {
    const start = starts[i] ?? 0;
    return output.subarray(output.indexOf(TAB, start) + 1, (starts[i + 1] ?? 1) - 1);
  }
  /** By the bytes: there are many files, and few of one name. */
  function findNamed(name: string): readonly string[] {
    const found: string[] = [];
    const end = Buffer.from(`${name}\0`);
    for (let hit = output.indexOf(end); hit !== -1; hit = output.indexOf(end, hit + 1)) {
      const start = output.indexOf(TAB, output.lastIndexOf(0, hit) + 1) + 1;
      if (start === hit || output[hit - 1] === SLASH[0])
        found.push(output.toString("utf8", start, hit + end.length - 1));
    }
    return found;
  }
  function entryAt(i: number): TreeEntry {
    const start = starts[i] ?? 0;
    const tab = output.indexOf(TAB, start);
    return {
      mode: output.toString("latin1", start, start + MODE_LENGTH),
      id: output.toString("latin1", tab - tree.length, tab),
    };
  }
  /** The first entry that is not before a path; in git's order folders have a slash at their end. */
  function find(path: Buffer): number {
    let [low, high] = [0, count];
    while (low < high) {
      const middle = (low + high) >> 1;
      const name = nameAt(middle);
      if (Buffer.compare(isFolder(middle) ? Buffer.concat([name, SLASH]) : name, path) < 0) low = middle + 1;
      else high = middle;
    }
    return low;
  }
  function at(path: string, wanted: "file" | "folder"): number | undefined {
    const name = Buffer.from(path);
    const i = find(wanted === "folder" ? Buffer.concat([name, SLASH]) : name);
    return i < count && nameAt(i).equals(name) && isFolder(i) === (wanted === "folder") ? i : undefined;
  }
  /** Where what is below a folder begins and ends. */
  function range(folder: string): readonly [from: number, to: number] {
    if (folder === "") return [0, count];
    const i = at(folder, "folder");
    return i === undefined ? [0, 0] : [i + 1, find(Buffer.from(`${folder}${AFTER_SLASH}`))];
  }
  let byName: readonly [name: string, paths: readonly string[]] | undefined;
  return {
    repo,
    tree,
    files,
    isUtf8: isUtf8(output),
    has: (mode) =>
      output.subarray(0, MODE_LENGTH).equals(Buffer.from(mode)) || output.includes(`\0${mode} `, 0, "latin1"),
    named(name) {
      if (byName?.[0] !== name) byName = [name, findNamed(name)];
      return byName[1];
    },
    entry(path) {
      const i = at(path, "file") ?? at(path, "folder");
      return i === undefined ? undefined : entryAt(i);
    },
    *below(folder) {
      const [from, to] = range(folder);
      for (let i = from; i < to; i += 1)
        if (!isFolder(i)) yield { path: nameAt(i).toString("utf8"), mode: entryAt(i).mode };
    },
    children(folder) {
      if (folder !== "" && at(folder, "folder") === undefined) return undefined;
      const skip = folder === "" ? 0 : Buffer.byteLength(folder) + 1;
      const [from, to] = range(folder);
      const found: TreeChild[] = [];
      for (let i = from; i < to;) {
        const name = nameAt(i);
        found.push({ ...entryAt(i), name: name.subarray(skip) });
        i = isFolder(i) ? find(Buffer.concat([name, Buffer.from(AFTER_SLASH)])) : i + 1;
      }
      return found;
    },
  };
}

const MODE_LENGTH = 6;
const TAB = 9;
const SLASH = Buffer.from("/");
/** The character behind the slash: what begins with a folder's name and this comes right after all that is in the folder. */
const AFTER_SLASH = "0";
/** Modes begin with 1, but for those of folders. */
const FOLDER_BYTE = "0".charCodeAt(0);
