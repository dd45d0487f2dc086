import { requiredText } from "../core/required-text";
import { filesHolding } from "../git/files-holding";
import type { FilesOnDemand } from "../git/on-demand";
import type { TreeListing } from "../git/tree-listing";
import { isIgnored, rulesOf, type Read, type Rules } from "./search-walk";

/** Files that are written for a search; where it takes more, a checkout of all of them is quicker. */
const MAX_BROUGHT = 400;

/** Whether a search from here is for files git tracks: the root, or one of their folders or files. */
export function isTracked(files: FilesOnDemand, from: string): boolean {
  return from === "" || files.listing.entry(from) !== undefined || files.written.has(from);
}

/** As a walk over the disk would find them if all were there: what no `.gitignore` excludes, links left out. */
export async function visibleFiles(files: FilesOnDemand, read: Read, from: string): Promise<readonly string[]> {
  const { listing, written } = files;
  await bringRules(files, from);
  const tracked = from === "" ? await ofAll(listing, read) : await visibleBelow(listing, read, from);
  const added = [...written].filter((path) => listing.entry(path) === undefined && isBelow(path, from));
  return added.length === 0 ? tracked : [...tracked, ...(await unignored(added, read, from))];
}

/**
 * Has those files be there that a search can find anything in; false where nobody can tell which they are, or they are too
 * many. `allowed` are the only ones it asks for.
 */
export async function bringCandidates(
  files: FilesOnDemand,
  query: {
    readonly pattern: string;
    readonly from: string;
    readonly ignoreCase?: boolean;
    readonly signal: AbortSignal;
  },
  allowed: ReadonlySet<string> | undefined,
): Promise<boolean> {
  const { listing } = files;
  if (!isTracked(files, query.from)) return true;
  await bringRules(files, query.from);
  let few = allowed === undefined ? fewBelow(listing, query.from) : [...allowed];
  if (few === undefined || few.length > MAX_BROUGHT) {
    const text = requiredText(query.pattern, query.ignoreCase ?? false);
    if (text === undefined) return false;
    const found = await filesHolding(listing, { ...query, text, limit: MAX_BROUGHT });
    if (found === undefined) return false;
    few = allowed === undefined ? found : found.filter((path) => allowed.has(path));
  }
  await files.bring(few);
  return true;
}

/** Those below a folder, unless they are more than a search brings. */
function fewBelow(listing: TreeListing, from: string): readonly string[] | undefined {
  if (listing.entry(from)?.mode.startsWith("1") === true) return [from];
  const paths: string[] = [];
  for (const { path } of listing.below(from)) if (paths.push(path) > MAX_BROUGHT) return undefined;
  return paths;
}

/** Lists of all visible files; workers that begin at the same commit see the same. */
const known = new WeakMap<TreeListing, Promise<readonly string[]>>();

function ofAll(listing: TreeListing, read: Read): Promise<readonly string[]> {
  const answer = known.get(listing) ?? visibleBelow(listing, read, "");
  known.set(listing, answer);
  answer.catch(() => known.delete(listing));
  return answer;
}

async function visibleBelow(listing: TreeListing, read: Read, from: string): Promise<readonly string[]> {
  const mode = from === "" ? undefined : listing.entry(from)?.mode;
  if (mode !== undefined && mode.startsWith("1")) return mode.startsWith("100") ? [from] : [];
  const files: string[] = [];
  for (const one of listing.below(from)) if (one.mode.startsWith("100")) files.push(one.path);
  return unignored(files, read, from);
}

/** Where a search starts is not asked about, only what is below. */
async function unignored(paths: readonly string[], read: Read, from: string): Promise<readonly string[]> {
  const folders = new Map<string, { readonly rules: readonly Rules[]; readonly ignored: boolean }>();
  const look = async (folder: string): Promise<{ readonly rules: readonly Rules[]; readonly ignored: boolean }> => {
    const seen = folders.get(folder);
    if (seen !== undefined) return seen;
    const cut = folder.lastIndexOf("/");
    const outer = folder === "" ? { rules: [], ignored: false } : await look(cut === -1 ? "" : folder.slice(0, cut));
    const isAsked = folder !== "" && folder !== from && isBelow(folder, from);
    const ignored = outer.ignored || (isAsked && isIgnored(outer.rules, folder, true));
    const one = { ignored, rules: ignored ? outer.rules : await rulesOf(read, folder, outer.rules) };
    folders.set(folder, one);
    return one;
  };
  const kept: string[] = [];
  for (const path of paths) {
    const cut = path.lastIndexOf("/");
    const { rules, ignored } =
      folders.get(cut === -1 ? "" : path.slice(0, cut)) ?? (await look(cut === -1 ? "" : path.slice(0, cut)));
    if (!ignored && (path === from || !isIgnored(rules, path, false))) kept.push(path);
  }
  return kept;
}

/** Ripgrep reads them from the disk, those of the folders around as well. */
async function bringRules(files: FilesOnDemand, from: string): Promise<void> {
  const rules: string[] = [];
  for (const path of files.listing.named(".gitignore"))
    if (isBelow(path, from) || isBelow(from, path.slice(0, Math.max(path.lastIndexOf("/"), 0)))) rules.push(path);
  await files.bring(rules);
}

function isBelow(path: string, folder: string): boolean {
  return folder === "" || path === folder || path.startsWith(`${folder}/`);
}
