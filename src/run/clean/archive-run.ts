import * as z from "zod";
import { commitTree } from "../../git/commit";
import { readExtra, writeFolder } from "../../git/folder-tree";
import { BRAID } from "../../git/identity";
import { changeRefs, listRefs, type NamedObject } from "../../git/refs";
import { treeOf, type Repository } from "../../git/repository";

/** Where archives are kept. Refs, not bundle files: git keeps what they name from its own cleaning up, shares what others have as
 * well, and makes and deletes them in one transaction. */
export const ARCHIVE_PREFIX = "refs/braid/archive/";

const MANIFEST = "manifest.json";

/** What an archive says about itself. */
const Manifest = z.object({
  version: z.literal(1),
  run: z.string(),
  goal: z.string(),
  /** The run's refs, as they were. */
  refs: z.array(
    z.object({
      ref: z.string().regex(/^refs\/braid\/(?:turns\/)?r[0-9a-z]{7}(?:\/[\w-]+)+$/u),
      id: z.string().regex(/^[0-9a-f]{40,64}$/u),
    }),
  ),
});
export type Manifest = Readonly<z.infer<typeof Manifest>>;

/** The ref that holds a run's archive: a commit of the run's folder and of what it had for refs. */
export function archiveRef(run: string): string {
  return `${ARCHIVE_PREFIX}${run}/run`;
}

/** Where one of a run's refs is kept while the run is archived. */
export function archivedName(run: string, ref: string): string {
  const rest = ref
    .replace(/^refs\/braid\//u, "")
    .replace(`turns/${run}/`, "turns/")
    .replace(`${run}/`, "");
  return `${ARCHIVE_PREFIX}${run}/${rest}`;
}

/** Files of a run's folder that mean nothing once it has no owner. */
function isPassing(path: string): boolean {
  return path.startsWith("owner.lock") || path.startsWith("inbox/") || path.endsWith(".copy");
}

/**
 * Keeps a run whole beside itself: its folder, and what its refs name. Nothing of the run itself changes; done again it replaces what
 * it made before. Throws `disk.full`, `git.*`.
 */
export async function archiveRun(
  repo: Repository,
  run: { readonly id: string; readonly goal: string; readonly dir: string; readonly refs: readonly NamedObject[] },
): Promise<void> {
  const manifest: Manifest = { version: 1, run: run.id, goal: run.goal, refs: [...run.refs] };
  const tree = await writeFolder(repo, run.dir, { [MANIFEST]: JSON.stringify(manifest) }, isPassing);
  const commit = await commitTree(repo, {
    tree,
    parents: [],
    message: `Archive of run ${run.id}\n\nBraid-Run: ${run.id}\n`,
    by: BRAID,
  });
  await changeRefs(repo, {
    make: [
      ...run.refs.map(({ ref, id }) => ({ ref: archivedName(run.id, ref), id })),
      { ref: archiveRef(run.id), id: commit },
    ],
  });
}

/** Keeps commits of what stood in a run's worktrees with its archive; `restoreRun` brings them back as refs of the run. */
export async function archiveSnapshots(
  repo: Repository,
  run: string,
  snapshots: readonly NamedObject[],
): Promise<void> {
  await changeRefs(repo, { make: snapshots.map(({ ref, id }) => ({ ref: archivedName(run, ref), id })) });
}

/**
 * Drops those of them whose files a ref of the run has as well: what came to rest since is a result by now. Resolves with how many
 * are left.
 */
export async function tidySnapshots(repo: Repository, run: string, refs: readonly NamedObject[]): Promise<number> {
  const snapshots = await listRefs(repo, `${ARCHIVE_PREFIX}${run}/worktrees/`);
  if (snapshots.length === 0) return 0;
  const trees = await Promise.all(refs.map(({ id }) => treeOf(repo, id)));
  const own = await Promise.all(snapshots.map(({ id }) => treeOf(repo, id)));
  const drop = snapshots.filter((_, i) => trees.includes(own[i] ?? ""));
  await changeRefs(repo, { drop });
  return snapshots.length - drop.length;
}

/** Reads what an archive says about itself. Throws where it is not one. */
export async function readManifest(repo: Repository, commit: string): Promise<Manifest> {
  return Manifest.parse(JSON.parse(await readExtra(repo, commit, MANIFEST)));
}
