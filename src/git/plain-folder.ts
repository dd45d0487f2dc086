import { lstat, readdir, realpath } from "node:fs/promises";
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

/**
 * Refuses a folder of ours in which, however deep, there is anything but folders and plain files: a pipe would be waited at for ever.
 * Throws `repo.missing`.
 */
export async function refuseAllButFiles(dir: string): Promise<void> {
  const entries = await readdir(dir, { withFileTypes: true }).catch(() => []);
  for (const entry of entries) {
    const path = join(dir, entry.name);
    if (entry.isDirectory()) await refuseAllButFiles(path);
    else if (!entry.isFile()) throw notPlain(path);
  }
}

/** Whether a path is a folder, and no link leads to it. */
export async function isRealFolder(dir: string): Promise<boolean> {
  const stats = await lstat(dir).catch(() => undefined);
  return stats?.isDirectory() === true && (await realpath(dir).catch(() => "")) === dir;
}

/** Why nothing is kept in a place that is no folder, or leads elsewhere. */
export function notPlain(path: string): BraidError {
  return new BraidError(
    failure("repo.missing", `${path} is not a plain folder or file, so Braid keeps nothing there.`, {
      hint: "Look where it leads, then remove it.",
    }),
  );
}
