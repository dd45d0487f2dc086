import { realpath } from "node:fs/promises";
import { basename, dirname, join, relative, sep } from "node:path";
import { BraidError, failure } from "../core/failure";
import { rawChanges } from "../git/diff";
import { checkoutOf } from "../git/land";
import type { RunPorts } from "./ports";

/**
 * Throws `tree.dirty` where moving the target from one commit to another would change a file that an editor holds unsaved
 * words about: git sees only the disk, and whoever saved afterwards would write over what was merged.
 */
export async function refuseUnsaved(
  { repo, unsavedFiles }: RunPorts,
  target: string,
  from: string,
  to: string,
): Promise<void> {
  const open = unsavedFiles?.() ?? [];
  if (open.length === 0 || from === to) return;
  const dir = await checkoutOf(repo, target);
  if (dir === undefined) return;
  const changes = await rawChanges(repo, from, to);
  const changed = new Set(changes.flatMap(({ path, from: old }) => (old === undefined ? [path] : [path, old])));
  const root = await realpath(dir).catch(() => dir);
  const paths = await Promise.all(open.map((file) => pathIn(root, file)));
  const inTheWay = [...new Set(paths)].filter((path) => changed.has(path));
  if (inTheWay.length === 0) return;
  const [names, has] = [inTheWay.join(", "), inTheWay.length === 1 ? "has" : "have"];
  throw new BraidError(
    failure("tree.dirty", `${names} ${has} unsaved changes in an editor, and this merge would change ${names}.`, {
      hint: "Save and commit them, or revert the editor, then accept again.",
    }),
  );
}

/** A file's path from the top of the work tree, as git writes it; folders on the way may be links, the file may not be there. */
async function pathIn(root: string, file: string): Promise<string> {
  const folder = await realpath(dirname(file)).catch(() => dirname(file));
  return relative(root, join(folder, basename(file)))
    .split(sep)
    .join("/");
}
