import { git } from "./git";
import { splitNul } from "./split-nul";
import type { TreeListing } from "./tree-listing";

/** Output that is read of a search, in bytes; a few hundred paths are far less. */
const MAX_BYTES = 1024 ** 2;

/**
 * Files of a listing's tree that hold a text, found among git's objects; undefined where there are more than `limit`. Case counts
 * for ASCII letters alone where it does not.
 */
export async function filesHolding(
  listing: TreeListing,
  query: {
    readonly text: string;
    /** A folder or file to look in; all of them for "". */
    readonly from: string;
    readonly ignoreCase?: boolean;
    readonly limit: number;
    readonly signal: AbortSignal;
  },
): Promise<readonly string[] | undefined> {
  const { text, from, ignoreCase = false, limit, signal } = query;
  const args = ["grep", "--no-color", "-l", "-z", "-a", "-F", ...(ignoreCase ? ["-i"] : []), "-e", text, listing.tree];
  const below = from === "" ? [] : [`:(top,literal)${from}`];
  const { stdout, isCut } = await git(listing.repo, [...args, "--", ...below], {
    expect: [0, 1],
    signal,
    maxBytes: MAX_BYTES,
  });
  const paths = splitNul(stdout).map((path) => path.slice(listing.tree.length + 1));
  return isCut === true || paths.length > limit ? undefined : paths;
}
