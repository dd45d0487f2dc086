import { writeFile } from "node:fs/promises";
import { resolve } from "node:path";
import { BraidError, failure, toFailure } from "../core/failure";
import { hasCode } from "../util/system-error";

/** Writes what `-o` asks for, to a path of the user's, seen from `cwd`. Rejects with a {@link BraidError}. */
export async function writeOutput(cwd: string, output: string, text: string): Promise<void> {
  try {
    await writeFile(resolve(cwd, output), text);
  } catch (error) {
    const isPath = hasCode(error, "ENOENT", "ENOTDIR", "EISDIR");
    const why = failure("disk.denied", `${output} cannot be written.`, {
      hint: "Name a file in a folder that is there.",
    });
    throw new BraidError(isPath ? why : toFailure(error), { cause: error });
  }
}
