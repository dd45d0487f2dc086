import { lstat, readdir } from "node:fs/promises";
import { basename, join } from "node:path";
import pLimit from "p-limit";
import type { ArchivedRun, RunStock, Stock, WorktreeStock } from "../../core/clean/stock";
import { acceptedCommits, unmergedWork } from "../../core/clean/unmerged";
import { phaseAtRest } from "../../core/history/past-run";
import type { RunState } from "../../core/state/state";
import { toRunView, type RunPhase } from "../../core/state/view";
import { commitsInBranches, listRefs, type NamedObject } from "../../git/refs";
import { gitText } from "../../git/git";
import type { Repository } from "../../git/repository";
import type { Holder } from "../log/lock";
import { describeHolder, ownerOf } from "../log/ownership";
import { isRunId, listRunIds, runDir, trashDir } from "../log/places";
import { listRuns, type StoredRun } from "../log/store";
import { folderSize } from "../set-up/room";
import { ARCHIVE_PREFIX, readManifest } from "./archive-run";
import { worktreeHomes } from "./worktree-homes";

/** Folders measured at the same time. */
const measuring = pLimit(4);

/** Everything runs have left in this repository, and what each takes on the disk. Reads only. Throws `git.*`. */
export async function takeStock(repo: Repository, worktreeRoot: string, signal: AbortSignal): Promise<Stock> {
  const [stored, ids, refs, { homes, known }, trash] = await Promise.all([
    listRuns(repo),
    listRunIds(repo),
    listRefs(repo, "refs/braid/"),
    worktreeHomes(repo, worktreeRoot),
    readdir(trashDir(repo)).catch((): string[] => []),
  ]);
  const owned = new Map<string, readonly NamedObject[]>();
  for (const each of refs) {
    const run = runOfRef(each.ref);
    if (run !== undefined) owned.set(run, [...(owned.get(run) ?? []), each]);
  }
  const all = new Set([
    ...ids,
    ...owned.keys(),
    ...homes.map(({ run }) => run),
    ...known.map(({ run }) => run),
    ...trash.filter(isRunId),
  ]);
  const accepted = stored.flatMap((run) => ("state" in run ? acceptedCommits(run.state) : []));
  const inBranch = await commitsInBranches(repo, accepted);
  const runs = await Promise.all(
    [...all].map((id) =>
      stockOf(repo, id, {
        stored: stored.find((run) => run.id === id),
        refs: (owned.get(id) ?? []).map(({ ref }) => ref),
        homes: homes.filter(({ run }) => run === id).map(({ dir }) => dir),
        isInBranch: (commit) => inBranch.has(commit),
        isHalfCleaned: trash.includes(id),
        signal,
      }),
    ),
  );
  const archives = refs.filter(({ ref }) => ref.startsWith(ARCHIVE_PREFIX) && ref.endsWith("/run"));
  return {
    runs: runs.toSorted((a, b) => b.lastMs - a.lastMs),
    archived: await Promise.all(archives.map((archive) => archivedOf(repo, archive))),
  };
}

async function stockOf(
  repo: Repository,
  id: string,
  a: {
    readonly stored: StoredRun | undefined;
    readonly refs: readonly string[];
    readonly homes: readonly string[];
    readonly isInBranch: (commit: string) => boolean;
    readonly isHalfCleaned: boolean;
    readonly signal: AbortSignal;
  },
): Promise<RunStock> {
  const folders = [runDir(repo, id), join(trashDir(repo), id)];
  const state = a.stored !== undefined && "state" in a.stored ? a.stored.state : undefined;
  const holder = await ownerOf(repo, id).catch(() => undefined);
  const sizes = await Promise.all(folders.map((dir) => sizeOf(dir, a.signal)));
  return {
    id,
    log: state === undefined ? null : { goal: state.goal, phase: phaseOf(state, holder) },
    lastMs: state?.updatedAt ?? (await lastChange([...folders, ...a.homes])),
    owner: holder === undefined ? null : describeHolder(holder),
    logBytes: sizes.reduce((sum, size) => sum + size, 0),
    worktrees: await Promise.all(
      a.homes.map(async (dir): Promise<WorktreeStock> => ({
        name: basename(dir),
        dir,
        bytes: await sizeOf(dir, a.signal),
      })),
    ),
    refs: a.refs,
    unmerged: state === undefined ? a.refs : unmergedWork(state, a.refs, a.isInBranch),
    isHalfCleaned: a.isHalfCleaned,
  };
}

function phaseOf(state: RunState, holder: Holder | undefined): RunPhase {
  const { phase } = toRunView(state);
  return holder === undefined ? phaseAtRest(phase) : phase;
}

/** The run a ref belongs to; undefined for one of the archive, and for what is not ours. */
function runOfRef(ref: string): string | undefined {
  const run = /^refs\/braid\/(?:turns\/)?(\w+)\//u.exec(ref)?.[1] ?? "";
  return isRunId(run) ? run : undefined;
}

async function archivedOf(repo: Repository, { ref, id }: NamedObject): Promise<ArchivedRun> {
  const run = ref.slice(ARCHIVE_PREFIX.length, -"/run".length);
  const [manifest, seconds] = await Promise.all([
    readManifest(repo, id).catch(() => undefined),
    gitText(repo, ["show", "--no-patch", "--format=%ct", id]),
  ]);
  return {
    id: run,
    goal: manifest?.goal ?? "",
    archivedMs: Number(seconds) * 1000,
    refs: manifest?.refs.map((each) => each.ref) ?? [],
  };
}

async function lastChange(dirs: readonly string[]): Promise<number> {
  const times = await Promise.all(dirs.map(async (dir) => (await lstat(dir).catch(() => undefined))?.mtimeMs ?? 0));
  return Math.max(0, ...times);
}

async function sizeOf(dir: string, signal: AbortSignal): Promise<number> {
  const stats = await lstat(dir).catch(() => undefined);
  return stats?.isDirectory() === true ? measuring(() => folderSize(dir, signal)) : 0;
}
