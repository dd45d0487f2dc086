import type { RawChange } from "./diff";
import { git, type GitPlace } from "./git";
import { splitNul } from "./split-nul";

/** Paths and their length together, in characters, up to which git is asked about them by name. */
const MAX_PATHS = 400;
const MAX_LENGTH = 32_000;

/** A name of bytes that are no text: nobody can ask for it by its text. */
const NO_TEXT = "\uFFFD";
const SUBMODULE = "160000";

/**
 * Whether all that a move from one commit to another touches is, in the index and in the files, as the first one has it. Costs no more than
 * to read the index, where git's own dry run reads all of both trees. False is no verdict: what is sparse, a submodule or very much
 * is for git to judge.
 */
export async function isAsListed(place: GitPlace, changes: readonly RawChange[]): Promise<boolean> {
  const paths = [...new Set(changes.flatMap(({ path, from }) => (from === undefined ? [path] : [path, from])))];
  const length = paths.reduce((sum, path) => sum + path.length, 0);
  if (paths.length > MAX_PATHS || length > MAX_LENGTH || paths.some((path) => path.includes(NO_TEXT))) return false;
  if (changes.some(({ oldMode, newMode }) => oldMode === SUBMODULE || newMode === SUBMODULE)) return false;
  const expected = new Set(
    changes.flatMap(({ path, from, letter, oldMode, oldBlob }) =>
      letter === "A" || letter === "C" ? [] : [`H ${oldMode} ${oldBlob} 0\t${from ?? path}`],
    ),
  );
  // Each entry with the letter of its state, and once more where the file is not as it says.
  const args = ["ls-files", "-z", "-v", "--stage", "--cached", "--modified"];
  const where = paths.map((path) => `:(top,literal)${path}`);
  const listed = paths.length === 0 ? [] : splitNul((await git(place, [...args, "--", ...where])).stdout);
  return listed.length === expected.size && listed.every((entry) => expected.has(entry));
}
