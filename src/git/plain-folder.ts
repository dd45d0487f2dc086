import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { BraidError, failure } from "../core/failure";

/**
 * Refuses a folder of ours with a link in it: an archive can bring one along, and what is written there would go elsewhere. A
 * folder that is not there has none. Throws `repo.missing`.
 */
export async function refuseLinksIn(dir: string): Promise<void> {
  const entries = await readdir(dir, { withFileTypes: true }).catch(() => []);
  const linked = entries.find((entry) => entry.isSymbolicLink());
  if (linked !== undefined) throw notPlain(join(dir, linked.name));
}

/** Why nothing is kept in a place that is no folder, or leads elsewhere. */
export function notPlain(path: string): BraidError {
  return new BraidError(
    failure("repo.missing", `${path} is not a plain folder, so Braid keeps nothing there.`, {
      hint: "Look where it leads, then remove it.",
    }),
  );
}
