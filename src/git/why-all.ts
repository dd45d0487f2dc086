import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { git } from "./git";
import type { Repository } from "./repository";
import { splitNul } from "./split-nul";
import type { TreeListing } from "./tree-listing";

/** What decides whether the files of a worktree may come one by one. */
interface Facts {
  readonly listing: TreeListing;
  /** Settings that are true. */
  readonly settings: ReadonlySet<string>;
  /** Whether attributes of the repository change what is in files on their way in and out. */
  readonly isTransformed: boolean;
}

/** All that makes one need the whole tree from the start, and why. */
const REASONS: readonly { readonly why: string; readonly holds: (facts: Facts) => boolean }[] = [
  // Set-up fills their folders, and git does the same in its own way where a folder is missing.
  { why: "it has submodules", holds: ({ listing }) => listing.has("160000") },
  // What is outside is not there at all, and only git knows which files that are.
  { why: "it is a sparse checkout", holds: ({ settings }) => settings.has("core.sparsecheckout") },
  // One file has many names there, of which the listing knows one.
  { why: "names are the same in other letters", holds: ({ settings }) => settings.has("core.ignorecase") },
  { why: "names are the same in other forms", holds: ({ settings }) => settings.has("core.precomposeunicode") },
  { why: "it has names that are not UTF-8", holds: ({ listing }) => !listing.isUtf8 },
  // Who searches would look for what is in the file among what git keeps, and Git LFS has words of its own for set-up.
  { why: "its attributes transform files", holds: ({ isTransformed }) => isTransformed },
];

const known = new WeakMap<TreeListing, Promise<string | undefined>>();

/** Why a worktree of this commit gets all its files at once; undefined where they may come as they are asked for. */
export function whyAll(repo: Repository, commit: string, listing: TreeListing): Promise<string | undefined> {
  let answer = known.get(listing);
  if (answer === undefined) {
    answer = find(repo, commit, listing);
    known.set(listing, answer);
    answer.catch(() => known.delete(listing));
  }
  return answer;
}

async function find(repo: Repository, commit: string, listing: TreeListing): Promise<string | undefined> {
  const before = { listing, settings: new Set<string>(), isTransformed: false };
  const first = REASONS.find(({ holds }) => holds(before));
  if (first !== undefined) return first.why;
  const [settings, isTransformed] = await Promise.all([trueSettings(repo), hasTransforms(repo, commit)]);
  return REASONS.find(({ holds }) => holds({ ...before, settings, isTransformed }))?.why;
}

async function trueSettings(repo: Repository): Promise<ReadonlySet<string>> {
  const names = String.raw`^core\.(sparsecheckout|ignorecase|precomposeunicode)$`;
  const { stdout } = await git(repo, ["config", "--type=bool", "-z", "--get-regexp", names], { expect: [0, 1] });
  // A later line takes an earlier one back.
  const values = new Map(splitNul(stdout).map((record) => record.split("\n") as [string, string]));
  return new Set([...values].flatMap(([name, value]) => (value === "true" ? [name] : [])));
}

const TRANSFORMS = "filter|ident|working-tree-encoding";

async function hasTransforms(repo: Repository, commit: string): Promise<boolean> {
  const own = await readFile(join(repo.commonDir, "info/attributes"), "utf8").catch(() => "");
  if (new RegExp(TRANSFORMS, "u").test(own)) return true;
  const args = ["grep", "-q", "-a", "-E", "-e", TRANSFORMS, commit, "--", ":(top,glob)**/.gitattributes"];
  return (await git(repo, args, { expect: [0, 1] })).exitCode === 0;
}
