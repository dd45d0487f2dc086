import { posix } from "node:path";
import { BraidError, failure } from "../core/failure";
import { unsafePathReason } from "../core/tree-path";
import { rawChanges } from "./diff";
import { git } from "./git";
import type { Repository } from "./repository";

/**
 * Refuses a tree whose changes against `base` hold a path or an entry that must never be checked out: git's own
 * names, links that lead out of the tree, nested repositories. `merge-tree` writes all of these without a word.
 * Throws `tree.unsafe` naming each.
 */
export async function checkTree(repo: Repository, base: string, tree: string): Promise<void> {
  const problems: string[] = [];
  for (const change of await rawChanges(repo, base, tree)) {
    if (change.letter === "D") continue;
    const reason = unsafePathReason(change.path);
    if (reason !== undefined) problems.push(`${change.path}: ${reason}`);
    if (change.newMode === "160000" && change.oldMode !== "160000")
      problems.push(`${change.path}: a nested git repository`);
    if (change.newMode === "120000") {
      const target = (await git(repo, ["cat-file", "blob", change.newBlob])).stdout.toString("utf8");
      if (leadsOut(change.path, target)) problems.push(`${change.path}: a symbolic link that leaves the repository`);
      else if (turnsBack(target))
        problems.push(`${change.path}: a symbolic link to "${target}", which may leave the repository through another`);
    }
  }
  if (problems.length > 0)
    throw new BraidError(
      failure(
        "tree.unsafe",
        `The result holds ${problems.length === 1 ? "an entry" : "entries"} Braid will not let through: ${problems[0]}.`,
        {
          hint: "Retry the subtask with a note that says so.",
          detail: problems.join("\n"),
        },
      ),
    );
}

function leadsOut(path: string, target: string): boolean {
  const end = posix.normalize(posix.join(posix.dirname(path), target));
  return posix.isAbsolute(target) || end === ".." || end.startsWith("../");
}

/** Whether a link goes up behind a name: where that is a link too, up is not where the name stands. */
function turnsBack(target: string): boolean {
  const parts = target.split("/").filter((part) => part !== "" && part !== ".");
  const down = parts.findIndex((part) => part !== "..");
  return down !== -1 && parts.includes("..", down);
}
