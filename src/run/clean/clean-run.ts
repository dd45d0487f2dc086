import { lstat, mkdir, rename } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { CleanOutcome, RunStock } from "../../core/clean/stock";
import { BraidError, failure, toFailure } from "../../core/failure";
import { changeRefs, listRefs, type NamedObject } from "../../git/refs";
import { readRef } from "../../git/repository";
import { removeTree } from "../../git/remove-tree";
import { removeWorktree } from "../../git/worktree";
import { tryLock } from "../log/lock";
import { busy, describeHolder, ownerLock } from "../log/ownership";
import { cleanLock, runDir, trashDir } from "../log/places";
import { withWorktreeLock } from "../log/worktree-lock";
import type { RunPorts } from "../ports";
import { archiveRef, archiveRun, archiveSnapshots, tidySnapshots } from "./archive-run";
import { settleRun, snapshotWorktrees, unmergedNow } from "./settle-run";
import { worktreeHomes } from "./worktree-homes";

/** How far the clean-up of a run has come; what is done is on the disk. */
export type CleanStep = "settled" | "archived" | "set aside" | "refs deleted" | "worktrees deleted" | "deleted";

/** How runs are cleaned up. */
export interface CleanOptions {
  readonly signal: AbortSignal;
  readonly onStep?: (run: string, step: CleanStep) => void;
}

/**
 * Deletes what is left of some runs, one after the other; what no branch has is archived first. One that cannot be cleaned up is left
 * and told, and stops no other. A process that ends in the middle leaves every run either as it was, or out of sight with all its work
 * archived; done again it is finished. Throws `repo.busy` while another process cleans up.
 */
export async function cleanRuns(
  ports: RunPorts,
  runs: readonly RunStock[],
  options: CleanOptions,
): Promise<readonly CleanOutcome[]> {
  return withCleanLock(ports, async () => {
    const outcomes: CleanOutcome[] = [];
    for (const run of runs) {
      if (options.signal.aborted) break;
      try {
        outcomes.push({ run: run.id, kind: await cleanRun(ports, run, options) });
      } catch (error) {
        outcomes.push({ run: run.id, kind: "left", failure: toFailure(error) });
      }
    }
    return outcomes;
  });
}

/** Runs `action` while nobody else cleans up or restores. Throws `repo.busy`. */
export async function withCleanLock<T>({ repo }: Pick<RunPorts, "repo">, action: () => Promise<T>): Promise<T> {
  const lock = await tryLock(cleanLock(repo), "Braid");
  if (!("release" in lock))
    throw new BraidError(
      failure("repo.busy", `Another clean-up is under way (${describeHolder(lock)}).`, { hint: "Wait for it to end." }),
    );
  try {
    return await action();
  } finally {
    await lock.release();
  }
}

async function cleanRun(
  ports: RunPorts,
  { id, log }: RunStock,
  { onStep }: CleanOptions,
): Promise<"deleted" | "archived"> {
  const { repo } = ports;
  const at = (step: CleanStep): void => onStep?.(id, step);
  const [dir, aside] = [runDir(repo, id), join(trashDir(repo), id)];
  const isHere = await isThere(dir);
  // Before the run comes to rest, which removes worktrees.
  await owning(ports, isHere, id, async () => archiveSnapshots(repo, id, await snapshotWorktrees(ports, id)));
  if (log !== null) await settleRun(ports, id);
  return owning(ports, isHere, id, async () => {
    at("settled");
    const refs = await refsOf(repo, id);
    const snapshots = await tidySnapshots(repo, id, refs);
    const isArchived = !isHere && (await readRef(repo, archiveRef(id))) !== undefined;
    // What was set aside was archived before that, and may not be whole any more.
    const isKept = isArchived || snapshots > 0 || (await unmergedNow(ports, id, refs)).length > 0;
    // Somebody has deleted its folder; what its refs name is worth keeping all the same.
    if (!isHere) await mkdir(aside, { recursive: true, mode: 0o700 });
    if (isKept && !isArchived) await archiveRun(repo, { id, goal: log?.goal ?? "", dir: isHere ? dir : aside, refs });
    at("archived");
    if (isHere) await setAside(dir, aside);
    at("set aside");
    await changeRefs(repo, { drop: refs });
    at("refs deleted");
    await removeWorktrees(ports, id);
    at("worktrees deleted");
    if (await isThere(aside)) await removeTree(aside);
    at("deleted");
    return isKept ? "archived" : "deleted";
  });
}

/** Runs `action` as the owner of a run; one without a folder can have none. Throws `run.busy`. */
async function owning<T>({ repo }: RunPorts, isHere: boolean, id: string, action: () => Promise<T>): Promise<T> {
  if (!isHere) return action();
  const lock = await tryLock(ownerLock(repo, id), "Braid");
  if (!("release" in lock)) throw new BraidError(busy(id, lock));
  try {
    return await action();
  } finally {
    await lock.release();
  }
}

/** From here on the run is out of sight. What stood there was cleaned up before. */
async function setAside(dir: string, aside: string): Promise<void> {
  await mkdir(dirname(aside), { recursive: true, mode: 0o700 });
  if (await isThere(aside)) await removeTree(aside);
  await rename(dir, aside);
}

async function refsOf(repo: RunPorts["repo"], id: string): Promise<readonly NamedObject[]> {
  const lists = await Promise.all([`refs/braid/${id}/`, `refs/braid/turns/${id}/`].map((each) => listRefs(repo, each)));
  return lists.flat();
}

/** Deletes a run's worktrees, files first: while they go nobody else has to wait. Links in them are unlinked, not followed. */
async function removeWorktrees({ repo, worktreeRoot }: RunPorts, id: string): Promise<void> {
  const { homes, known } = await worktreeHomes(repo, worktreeRoot);
  for (const { dir } of homes.filter(({ run }) => run === id)) await removeTree(join(dir, "tree")).catch(ifAbsent);
  for (const { dir } of known.filter(({ run }) => run === id))
    await withWorktreeLock(repo, () => removeWorktree(repo, { dir: join(dir, "tree") }));
  for (const { dir } of homes.filter(({ run }) => run === id)) await removeTree(dir).catch(ifAbsent);
}

function isThere(path: string): Promise<boolean> {
  return lstat(path).then(
    () => true,
    () => false,
  );
}

function ifAbsent(error: NodeJS.ErrnoException): void {
  if (error.code !== "ENOENT") throw error;
}
