import { git } from "../../git/git";
import { keepFacts } from "../../git/known";
import { splitNul } from "../../git/split-nul";
import { readBlob, type Repository } from "../../git/repository";

/** Largest file read from a commit for configuration, in bytes. */
const MAX_FILE_BYTES = 256_000;

/**
 * Which of these paths (a folder's with a final slash) are plain files in a commit, and of a size to read. Links are
 * none: they would be read as their target's name. None at all where the commit is not there.
 */
export async function listBaseFiles(
  repo: Repository,
  commit: string,
  paths: readonly string[],
): Promise<readonly string[]> {
  return listsOf(paths)(repo, [commit], async () => {
    const { exitCode, stdout } = await git(repo, ["ls-tree", "--full-tree", "-z", "-l", commit, "--", ...paths], {
      expect: [0, 128],
    });
    if (exitCode !== 0) return [];
    return splitNul(stdout).flatMap((entry) => {
      const [, mode = "", size = "", path = ""] = /^(\d+) \w+ [0-9a-f]+ +(\S+)\t(.*)$/su.exec(entry) ?? [];
      return mode.startsWith("100") && Number(size) <= MAX_FILE_BYTES ? [path] : [];
    });
  });
}

/** Siblings ask for the same; of different questions so many are known at once. */
const MAX_LISTS = 100;
const lists = new Map<string, ReturnType<typeof keepFacts<readonly string[]>>>();

function listsOf(paths: readonly string[]): ReturnType<typeof keepFacts<readonly string[]>> {
  const key = paths.join("\0");
  const known = lists.get(key) ?? keepFacts<readonly string[]>();
  if (!lists.has(key) && lists.size >= MAX_LISTS) lists.clear();
  lists.set(key, known);
  return known;
}

/** A file's text as it stands in a commit; empty where it is not there. */
export async function readBaseFile(repo: Repository, commit: string, path: string): Promise<string> {
  return (await readBlob(repo, commit, path))?.toString("utf8") ?? "";
}
