import { git } from "./git";
import type { Repository } from "./repository";
import { splitNul } from "./split-nul";

/** The files of the commit at HEAD, and their size in bytes as git has them. */
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
    bytes += Number(entry.slice(0, tab).split(/ +/u)[3]) || 0;
    return entry.slice(tab + 1);
  });
  return { paths, bytes };
}
