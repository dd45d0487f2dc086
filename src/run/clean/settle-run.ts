import { valuesOf } from "../../core/state/chunked";
import { lstat } from "node:fs/promises";
import { basename, join } from "node:path";
import { endOrphans } from "../../agent/sandbox-orphans";
import { acceptedCommits, unmergedWork } from "../../core/clean/unmerged";
import { gitText } from "../../git/git";
import { commitsInBranches, type NamedObject } from "../../git/refs";
import { leftFiles } from "../../git/on-demand";
import { snapshotFolder, snapshotTree } from "../../git/snapshot-folder";
import { findCheckedOut, treeOfFiles } from "../../git/worktree";
import { readRun } from "../log/store";
import type { RunPorts } from "../ports";
import { Run } from "../run";
import { worktreeHomes } from "./worktree-homes";

/**
 * Brings a run nobody has to rest, as opening it would: work that was cut short becomes a result, an accept cut in half is finished or
 * undone. Throws `run.busy`, `journal.*`, and what stops that.
 */
export async function settleRun(ports: RunPorts, id: string): Promise<void> {
  const state = await readRun(ports.repo, id);
  const { homes } = await worktreeHomes(ports.repo, ports.worktreeRoot);
  const isAtRest = valuesOf(state.subtasks).every(
    ({ status, decision }) => status !== "running" && decision.kind !== "accepting" && decision.kind !== "undoing",
  );
  if (isAtRest && homes.every(({ run }) => run !== id)) return;
  let run: Run | undefined;
  try {
    await Run.open(ports, id, (opened) => {
      run = opened;
      opened.holdWorkers();
    });
  } finally {
    await run?.close();
  }
}

/** Commits of what stands in a run's worktrees and in no commit: conflicts half resolved by hand, work that could not become a result. */
export async function snapshotWorktrees({ repo, worktreeRoot }: RunPorts, id: string): Promise<readonly NamedObject[]> {
  const { homes } = await worktreeHomes(repo, worktreeRoot);
  const own = homes.filter(({ run }) => run === id);
  // Nobody has the run: what still writes there outlived its owner.
  await endOrphans(own.map(({ dir }) => join(dir, "tree")));
  const found: NamedObject[] = [];
  for (const home of own) {
    const dir = join(home.dir, "tree");
    if ((await lstat(dir).catch(() => undefined))?.isDirectory() !== true) continue;
    const name = basename(home.dir);
    const worktree = await findCheckedOut(repo, dir);
    // One that git knows and whose files were never all there: nobody has worked in it.
    if (worktree === undefined && home.isKnown) continue;
    const parent = worktree === undefined ? undefined : await gitText(worktree, ["rev-parse", "HEAD"]);
    const message = `Files of worktree ${name}\n\nBraid-Run: ${id}\n`;
    const commit =
      worktree === undefined || parent === undefined || (await leftFiles(worktree.gitDir)).kind === "all"
        ? await snapshotFolder(repo, dir, { parent, message })
        : await snapshotTree(repo, await treeOfFiles(repo, worktree), { parent, message });
    if (commit !== null) found.push({ ref: `refs/braid/${id}/worktrees/${name}`, id: commit });
  }
  return found;
}

/** What of a run no branch has now. Where its log cannot be read all of it counts. */
export async function unmergedNow(
  { repo }: RunPorts,
  id: string,
  refs: readonly NamedObject[],
): Promise<readonly string[]> {
  const names = refs.map(({ ref }) => ref);
  const state = await readRun(repo, id).catch(() => undefined);
  if (state === undefined) return names;
  const inBranch = await commitsInBranches(repo, acceptedCommits(state));
  return unmergedWork(state, names, (commit) => inBranch.has(commit));
}
