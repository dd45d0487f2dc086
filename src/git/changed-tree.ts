import { createHash } from "node:crypto";
import { BraidError, failure } from "../core/failure";
import type { Repository } from "./repository";
import { askStanding } from "./standing";
import type { TreeChild, TreeEntry, TreeListing } from "./tree-listing";

/**
 * Writes the tree of a listing with some paths changed, null for one that is gone; only the folders on the way are written, so
 * it takes the same in a large tree and a small one. Resolves with its id. Throws `git.failed`.
 */
export async function changedTree(
  repo: Repository,
  listing: TreeListing,
  changes: ReadonlyMap<string, TreeEntry | null>,
): Promise<string> {
  const emptyId = treeId([], listing.tree.length);
  const written: { readonly id: string; readonly entries: readonly TreeChild[] }[] = [];
  if (changes.size === 0) return listing.tree;
  const root = writeFolder("", changes);
  const input = Buffer.concat(written.map(({ entries }) => Buffer.concat([...entries.map(toLine), Buffer.of(0)])));
  const lines = written.length * (listing.tree.length + 1);
  const answer = await askStanding(repo, ["mktree", "-z", "--batch", "--missing"], input, (bytes) =>
    bytes.length < lines ? undefined : { answer: bytes.toString("latin1", 0, lines), used: lines },
  );
  if (answer.trimEnd() !== written.map(({ id }) => id).join("\n"))
    throw new BraidError(failure("git.failed", "git wrote other trees than it was given."));
  return root.id;

  /** Adds a folder to what is to be written, what is in it first. */
  function writeFolder(folder: string, within: ReadonlyMap<string, TreeEntry | null>): TreeEntry {
    const entries = new Map(
      (listing.children(folder) ?? []).map((child) => [child.name.toString("latin1"), child] as const),
    );
    const deeper = new Map<string, Map<string, TreeEntry | null>>();
    for (const [path, entry] of within) {
      const [name = "", ...rest] = path.split("/");
      const key = Buffer.from(name).toString("latin1");
      if (rest.length > 0) deeper.set(name, (deeper.get(name) ?? new Map()).set(rest.join("/"), entry));
      else if (entry === null) entries.delete(key);
      else entries.set(key, { ...entry, name: Buffer.from(name) });
    }
    for (const [name, inside] of deeper) {
      const made = writeFolder(folder === "" ? name : `${folder}/${name}`, inside);
      const bytes = Buffer.from(name);
      // Git keeps no empty folders.
      if (made.id === emptyId) entries.delete(bytes.toString("latin1"));
      else entries.set(bytes.toString("latin1"), { ...made, name: bytes });
    }
    const sorted = sortAsGit(entries);
    const id = treeId(sorted, listing.tree.length);
    written.push({ id, entries: sorted });
    return { mode: FOLDER, id };
  }
}

const FOLDER = "040000";

function toLine({ mode, id, name }: TreeChild): Buffer {
  const type = mode === FOLDER ? "tree" : mode === "160000" ? "commit" : "blob";
  return Buffer.concat([Buffer.from(`${mode} ${type} ${id}\t`), name, Buffer.of(0)]);
}

/** Git orders names by their bytes, and folders as if a slash stood at their end. */
function sortAsGit(entries: ReadonlyMap<string, TreeChild>): readonly TreeChild[] {
  return [...entries]
    .map(([name, child]) => [child.mode === FOLDER ? `${name}/` : name, child] as const)
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([, child]) => child);
}

/** What git names a tree with these entries. */
function treeId(entries: readonly TreeChild[], idLength: number): string {
  const body = Buffer.concat(
    entries.map(({ mode, id, name }) =>
      Buffer.concat([Buffer.from(`${mode.replace(/^0/u, "")} `), name, Buffer.of(0), Buffer.from(id, "hex")]),
    ),
  );
  return createHash(idLength === 64 ? "sha256" : "sha1")
    .update(`tree ${body.length}\0`)
    .update(body)
    .digest("hex");
}
