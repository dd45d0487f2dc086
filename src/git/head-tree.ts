import { git } from "./git";
import type { Repository } from "./repository";
import { splitNul } from "./split-nul";

/** What a file takes on most disks is a multiple of this, in bytes. */
const BLOCK_BYTES = 4_096;

/** The files of the commit at HEAD, and what they take on a disk, in bytes. */
export interface HeadTree {
  readonly paths: readonly string[];
  readonly bytes: number;
}

/** Reads the tree at HEAD. Throws `git.failed`, also where objects of it are missing. */
export async function readHeadTree(repo: Repository): Promise<HeadTree> {
  const { stdout } = await git(repo, ["ls-tree", "-r", "-l", "-z", "--full-tree", "HEAD"]);
  let bytes = 0;
  const paths = splitNul(stdout).map((entry) => {
    const tab = entry.indexOf("\t");
    bytes += Math.ceil((Number(entry.slice(0, tab).split(/ +/u)[3]) || 0) / BLOCK_BYTES) * BLOCK_BYTES;
    return entry.slice(tab + 1);
  });
  return { paths, bytes };
}
