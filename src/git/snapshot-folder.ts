import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { commitTree } from "./commit";
import { addAll, refuseLost } from "./add-all";
import { git, gitText, type GitPlace } from "./git";
import { BRAID } from "./identity";
import { treeOf, type Repository } from "./repository";
import { WITHOUT_LFS } from "./worktree";

/**
 * Puts what stands in a folder into a commit on `parent`, files git ignores left out; null where it is the same as `parent`. The
 * folder, its index and its own `.git` are neither asked nor touched. Throws `git.*`, `disk.*`, and `tree.unsafe` for work in it git
 * cannot keep; pipes and the like hold none.
 */
export async function snapshotFolder(
  repo: Repository,
  dir: string,
  { parent, message }: { readonly parent: string | undefined; readonly message: string },
): Promise<string | null> {
  const own = await mkdtemp(join(tmpdir(), "braid-index-"));
  const env = { GIT_INDEX_FILE: join(own, "index") };
  const place: GitPlace = { dir, gitDir: repo.commonDir, config: [...WITHOUT_LFS, "core.sparseCheckout=false"] };
  try {
    // What is tracked is kept although it is ignored.
    if (parent !== undefined) await git(place, ["read-tree", parent], { env });
    refuseLost(await addAll(place, [], { env }), dir);
    return await snapshotTree(repo, await gitText(place, ["write-tree"], { env }), { parent, message });
  } finally {
    await rm(own, { recursive: true, force: true });
  }
}

/** Puts a tree into a commit on `parent`; null where it is the same. */
export async function snapshotTree(
  repo: Repository,
  tree: string,
  { parent, message }: { readonly parent: string | undefined; readonly message: string },
): Promise<string | null> {
  if (parent !== undefined && tree === (await treeOf(repo, parent))) return null;
  return commitTree(repo, { tree, parents: parent === undefined ? [] : [parent], message, by: BRAID });
}
