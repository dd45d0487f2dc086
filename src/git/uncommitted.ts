import type { Uncommitted } from "../core/doctor/judge-repository";
import { git } from "./git";
import type { Repository } from "./repository";
import { splitNul } from "./split-nul";

/** Counts what is not committed in the user's work tree; a folder that is untracked as a whole counts once. */
export async function readUncommitted(repo: Repository): Promise<Uncommitted> {
  const { stdout } = await git(repo, ["status", "--porcelain=v2", "-z", "--untracked-files=normal", "--no-renames"]);
  const kinds = splitNul(stdout).map((entry) => entry[0]);
  const count = (kind: string) => kinds.filter((each) => each === kind).length;
  return { changed: count("1"), untracked: count("?"), conflicted: count("u") };
}
