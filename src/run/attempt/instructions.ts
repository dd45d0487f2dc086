import { boundInstructions, chooseInstructions, instructionPaths, type Instructions } from "../../agent/instructions";
import type { Repository } from "../../git/repository";
import { listBaseFiles, readBaseFile } from "./base-files";

/**
 * The instructions a repository has for work on these files, as they stand in a commit: the run's base, so that no
 * worker instructs another. Throws `git.*`.
 */
export async function loadInstructions(
  repo: Repository,
  commit: string,
  files: readonly string[],
): Promise<readonly Instructions[]> {
  const existing = new Set(await listBaseFiles(repo, commit, instructionPaths(files)));
  const chosen = chooseInstructions(files, existing);
  return boundInstructions(
    await Promise.all(chosen.map(async (path) => ({ path, text: await readBaseFile(repo, commit, path) }))),
  );
}
