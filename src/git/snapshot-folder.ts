import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { commitTree } from "./commit";
import { addAll, refuseLost, type Unkept } from "./add-all";
import { git, gitText, type GitPlace } from "./git";
import { BRAID } from "./identity";
import { treeOf, type Repository } from "./repository";
import { splitNul } from "./split-nul";
import { statNow } from "./stat-now";
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
    refuseLost([...(await addAll(place, [], { env })), ...(await nestedRepositories(place, env))], dir);
    return await snapshotTree(repo, await gitText(place, ["write-tree"], { env }), { parent, message });
  } finally {
    await rm(own, { recursive: true, force: true });
  }
}

/** Repositories below a folder of which git keeps the name of a commit alone. */
async function nestedRepositories(place: GitPlace, env: Readonly<Record<string, string>>): Promise<readonly Unkept[]> {
  const { stdout } = await git(place, ["ls-files", "-s", "-z"], { env });
  const paths = splitNul(stdout).flatMap((line) => /^160000 [^\t]*\t(.*)$/su.exec(line)?.[1] ?? []);
  return paths
    .filter((path) => statNow(join(place.dir, path, ".git")) !== undefined)
    .map((path) => ({
      path: `${path}/`,
      what: "a git repository of its own",
      holdsWork: true,
      hint: "Move it away, or delete the .git in it.",
    }));
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
