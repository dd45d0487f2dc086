import { mkdir, rename, stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import { BraidError, failure } from "../../core/failure";
import { readFolder } from "../../git/folder-tree";
import { changeRefs, hasObject, listRefs } from "../../git/refs";
import { readRef, type Repository } from "../../git/repository";
import { removeTree } from "../../git/remove-tree";
import { braidDir, isRunId, journalPath, runDir, trashDir } from "../log/places";
import type { RunPorts } from "../ports";
import { ARCHIVE_PREFIX, archivedName, archiveRef, readManifest } from "./archive-run";
import { withCleanLock } from "./clean-run";

/** What came back. */
export interface Restored {
  readonly run: string;
  /** Refs of work that stood in a worktree and was in no commit. */
  readonly snapshots: readonly string[];
}

/**
 * Brings an archived run back as it was: its log, its results, what was said. Cut short it is done again from the start, as the archive
 * goes last. Throws `run.unknown` where there is no archive of it, `result.missing` where git has lost
 * a part, `repo.busy` while somebody cleans up.
 */
export function restoreRun(ports: Pick<RunPorts, "repo">, id: string): Promise<Restored> {
  return withCleanLock(ports, () => restore(ports.repo, id));
}

async function restore(repo: Repository, id: string): Promise<Restored> {
  const commit = isRunId(id) ? await readRef(repo, archiveRef(id)) : undefined;
  if (commit === undefined)
    throw new BraidError(
      failure("run.unknown", `There is no archive of a run "${id}" in this repository.`, {
        hint: "See `braid restore` for those there are.",
      }),
    );
  // Even one that cannot be read is somebody's log.
  const isHere = ((await stat(journalPath(repo, id)).catch(() => undefined))?.size ?? 0) > 0;
  const { refs } = await readManifest(repo, commit);
  const kept = await listRefs(repo, `${ARCHIVE_PREFIX}${id}/`);
  const snapshots = kept
    .filter(({ ref }) => ref.startsWith(`${ARCHIVE_PREFIX}${id}/worktrees/`))
    .map((each) => ({ id: each.id, ref: each.ref.replace(ARCHIVE_PREFIX, "refs/braid/") }));
  const own = refs.filter(({ ref }) => kept.some((each) => each.ref === archivedName(id, ref)) && isOf(id, ref));
  for (const { ref, id: object } of refs)
    if (!isOf(id, ref) || !(await hasObject(repo, object)))
      throw new BraidError(failure("result.missing", `Git has lost ${ref} of the archived run ${id}.`));
  if (!isHere) {
    const coming = join(braidDir(repo), "restoring", id);
    for (const stale of [coming, runDir(repo, id)]) await removeTree(stale);
    await readFolder(repo, commit, coming);
    // The refs first: a run that is seen has its results.
    await changeRefs(repo, { make: [...own, ...snapshots] });
    await mkdir(dirname(runDir(repo, id)), { recursive: true, mode: 0o700 });
    await rename(coming, runDir(repo, id));
  } else {
    // A clean-up or a coming back was cut short here, and the run may have gone on since: only what is missing comes back.
    const there = (await listRefs(repo, "refs/braid/")).map(({ ref }) => ref);
    await changeRefs(repo, { make: [...own, ...snapshots].filter(({ ref }) => !there.includes(ref)) });
  }
  await removeTree(join(trashDir(repo), id));
  await changeRefs(repo, { drop: kept });
  return { run: id, snapshots: snapshots.map(({ ref }) => ref) };
}

/** Whether a ref belongs to the run: an archive could be anybody's who can write refs here. */
function isOf(id: string, ref: string): boolean {
  return ref.startsWith(`refs/braid/${id}/`) || ref.startsWith(`refs/braid/turns/${id}/`);
}

/** Deletes archives for good. Throws `repo.busy` while somebody cleans up. */
export async function forgetArchives(ports: Pick<RunPorts, "repo">, ids: readonly string[]): Promise<void> {
  if (ids.length === 0) return;
  await withCleanLock(ports, async () => {
    for (const id of ids) await changeRefs(ports.repo, { drop: await listRefs(ports.repo, `${ARCHIVE_PREFIX}${id}/`) });
  });
}
