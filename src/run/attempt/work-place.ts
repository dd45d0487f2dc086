import { lstat } from "node:fs/promises";
import { dirname, join } from "node:path";
import pLimit from "p-limit";
import { openWorkspace } from "../../agent/jail";
import { openApprovedShell } from "../../agent/approved-shell";
import { openSandbox } from "../../agent/sandbox";
import { usableSandbox, type FoundSandbox } from "../../agent/sandbox-find";
import type { Shell } from "../../agent/shell";
import { BraidError, failure, toFailure, type Failure } from "../../core/failure";
import type { Workspace } from "../../agent/workspace";
import { git } from "../../git/git";
import type { Unkept } from "../../git/add-all";
import { openOnDemand, type FilesOnDemand } from "../../git/on-demand";
import { removeTree } from "../../git/remove-tree";
import { moveWorktree, resetWorktree } from "../../git/reuse-worktree";
import { openSnapshots } from "../../git/snapshots";
import { listTree } from "../../git/tree-listing";
import { whyAll } from "../../git/why-all";
import { addWorktree, checkOut, discardFiles, putFiles, removeWorktree, type Worktree } from "../../git/worktree";
import { withWorktreeLock } from "../log/worktree-lock";
import type { RunPorts } from "../ports";
import type { Given, WorktreePool } from "./worktree-pool";
import { headStart } from "./head-start";
import { openSeam } from "./open-seam";
import { patience } from "./patience";
import { realTime } from "./stall-watch";
import { placeEnvironment, takePorts, type WorkerPorts } from "./worker-ports";
import { once } from "../../util/once";

/** Checkouts at the same time; more only fight over the disk. */
const CHECKOUTS = 2;
const checkouts = pLimit(CHECKOUTS);

/**
 * The model takes at least a good part of a second to answer, in which a worktree is made many times over; what is done before it is asked
 * only puts that off, for every worker that begins at the same moment. So it has this long, in milliseconds, to be asked first.
 */
const HEAD_START_MS = 30;

/** A worktree with what an agent needs to work in it. */
export interface WorkPlace {
  /** Its folder. */
  readonly dir: string;
  /** Resolves when git knows it. */
  readonly made: Promise<Worktree>;
  readonly workspace: Workspace;
  readonly shell: Shell;
  /** Where its commands start: the folder that was opened, in this worktree. */
  readonly cwd: string;
  /** Whether anything differs from the base. */
  changed(): Promise<boolean>;
  /** A tree of what stands there now; the worktree's own index stays as it is. */
  snapshot(): Promise<string>;
  /**
   * What git cannot keep of what stands there; the last snapshot has what was there before. None where there was no snapshot. Throws
   * what a snapshot does where the last one did.
   */
  unkept(): Promise<readonly Unkept[]>;
  /** Deletes the worktree, or lets another worker have it; what is worth keeping has been committed by then. */
  close(how?: "delete" | "reuse"): Promise<void>;
}

/** A command that would run without a sandbox. */
export interface UnsandboxedCommand {
  readonly dir: string;
  readonly command: string;
  /** Why there is no sandbox. */
  readonly missing: Failure;
  readonly signal: AbortSignal;
}

/** A worktree that is about to be set up. */
export interface FreshPlace {
  readonly worktree: Worktree;
  /** What its files are as; undefined where they are otherwise. */
  readonly commit: string | undefined;
  /** Its files, where they come when they are asked for; undefined where all are there. */
  readonly files: FilesOnDemand | undefined;
  /** By its first command all files are there. */
  readonly shell: Shell;
  readonly bringAll: () => Promise<void>;
}

/**
 * Makes a worktree at `commit`. Comes back at once; the tools wait for what they need of it, so that the model's first answer
 * overlaps. A file is there when a tool asks for it, and all of them when a command is run. What goes wrong
 * (`worktree.failed`, `git.*`, `disk.*`) is thrown to whoever waits.
 */
export async function openWorkPlace(
  ports: RunPorts,
  options: {
    readonly name: string;
    readonly commit: string;
    readonly writable: boolean;
    /** The tree the files are to be, where it is not the commit's. */
    readonly files?: string | undefined;
    /** Where worktrees are that others of the run are done with. */
    readonly pool?: WorktreePool;
    /** Has all files be there from the start. */
    readonly all?: boolean;
    /** What is done to the files before any tool may see them. */
    readonly setUp?: (place: FreshPlace) => Promise<void>;
    /** Asked before each command where there is no sandbox; without it commands are refused there. */
    readonly refusal?: (asked: UnsandboxedCommand) => Promise<Failure | undefined>;
    /** Whether the run is still this process's: who has it now works under the same names. */
    readonly isOurs?: () => Promise<boolean>;
    readonly signal: AbortSignal;
  },
): Promise<WorkPlace> {
  const { repo } = ports;
  const { commit, signal } = options;
  const home = join(ports.worktreeRoot, options.name);
  const dir = join(home, "tree");
  const cwd = join(dir, repo.folder ?? "");
  const own = takePorts(options.name);
  const locked = <T>(action: () => Promise<T>, until?: AbortSignal) => withWorktreeLock(repo, action, until);
  // One whose commands ran without a sandbox may have been made to look clean.
  let mayBeReused = true;
  const { over: asked, end: isWanted } = headStart(HEAD_START_MS);
  const taken = asked.then(() => takeFrom(ports, dir, options));
  const made = taken.then((worktree) => worktree ?? locked(() => addWorktree(repo, dir, commit), signal));
  const opened = made.then(async (worktree) =>
    openFiles(ports, worktree, { ...options, isReset: (await taken) !== undefined }),
  );
  const shellOf = once(async (): Promise<Shell> => {
    await made;
    const found = await (ports.findSandbox ?? usableSandbox)();
    mayBeReused &&= found.ok;
    try {
      return await openShell(ports, { home, dir, cwd, own, found, refusal: options.refusal });
    } catch (error) {
      if ((await lstat(dir).catch(() => undefined)) !== undefined) throw error;
      const hint = "Put it back, or try again.";
      throw new BraidError(failure("worktree.failed", `The folder ${dir} is gone.`, { hint }), { cause: error });
    }
  });
  const shellAfter = (ready: () => Promise<void>): Shell => ({
    async run(command, how) {
      await ready();
      return (await shellOf()).run(command, how);
    },
  });
  const seam = openSeam({
    opened,
    isWanted,
    setUp: async () => {
      const bringAll = () => seam.bringAll();
      const place = { worktree: await made, files: await opened, shell: shellAfter(bringAll), bringAll };
      await options.setUp?.({ ...place, commit: options.files === undefined ? commit : undefined });
    },
    inLine: checkouts,
    signal,
  });
  let isTaken = false;
  void taken.catch(() => undefined).then(() => (isTaken = true));
  for (const each of [made, opened]) each.catch(() => undefined);
  /** One whose files could not come one by one is made anew: what is in it is more than a listing tells. */
  const isReusable = async (): Promise<boolean> =>
    (await taken) !== undefined ||
    ((await opened) !== undefined && (await seam.afterwards(async (files) => files === undefined)));
  const handedOver = async () => (await opened)?.handedOver;
  const snapshots = once(async () => openSnapshots(await made, join(home, "snapshot-index"), await handedOver()));
  // Hashing one huge file may take minutes, and who has stopped the worker waits for it.
  const keeping = patience(signal, ports.after ?? realTime);
  const tree = (): Promise<string> =>
    seam.afterwards(async (files) => files?.tree() ?? (await snapshots()).tree(keeping.signal));
  let hasKept = true;
  const snapshot = async (): Promise<string> => {
    hasKept = false;
    const kept = await tree();
    hasKept = true;
    return kept;
  };
  const unkeptOfLast = () => seam.afterwards(async (files) => (files ?? (await snapshots())).unkept);
  return {
    dir,
    get made() {
      isWanted();
      return made;
    },
    cwd,
    workspace: await openWorkspace({ root: dir, seam, writable: options.writable }),
    shell: shellAfter(() => seam.ready("all files")),
    changed: () =>
      seam.during(async (files) =>
        files === undefined ? isChanged(await made) : (await files.tree()) !== files.listing.tree,
      ),
    snapshot,
    async unkept() {
      if (hasKept && (await unkeptOfLast()).length === 0) return [];
      // It may have been mended since.
      await snapshot();
      return unkeptOfLast();
    },
    async close(how = "delete") {
      isWanted();
      keeping.end();
      const reusable = async (): Promise<Given | undefined> => {
        await Promise.allSettled([made, opened]);
        await seam.settled();
        if (how !== "reuse" || !mayBeReused || (await options.isOurs?.()) === false || !(await isReusable()))
          return undefined;
        return { worktree: await made, handedOver: await handedOver() };
      };
      // Said at once: who begins meanwhile waits for it rather than make another. One that has not begun might wait for itself.
      const isGiven = how === "reuse" && isTaken && (await options.pool?.give(reusable)) === true;
      await Promise.allSettled([made, opened]);
      await seam.settled();
      own.release();
      if (isGiven || (await options.isOurs?.()) === false) return;
      // The files first: while they go nobody else has to wait.
      await discardFiles(dir);
      await locked(() => removeWorktree(repo, { dir }));
      await removeTree(home);
    },
  };
}

/** Undefined where all files are there. */
async function openFiles(
  ports: RunPorts,
  worktree: Worktree,
  { commit, files, all = false, isReset, signal }: Parameters<typeof openWorkPlace>[1] & { readonly isReset: boolean },
): Promise<FilesOnDemand | undefined> {
  if (isReset) {
    if (files !== undefined) await putFiles(worktree, files);
    return undefined;
  }
  if (files === undefined && !all && ports.allFiles !== true) {
    const listing = await listTree(ports.repo, commit);
    if ((await whyAll(ports.repo, commit, listing)) === undefined) return openOnDemand(ports.repo, worktree, listing);
  }
  await checkouts(async () => {
    await checkOut(worktree, signal);
    if (files !== undefined) await putFiles(worktree, files);
  });
  return undefined;
}

async function openShell(
  ports: RunPorts,
  {
    home,
    dir,
    cwd,
    own,
    found,
    refusal,
  }: {
    readonly home: string;
    readonly dir: string;
    readonly cwd: string;
    readonly own: WorkerPorts;
    readonly found: FoundSandbox;
    readonly refusal: ((asked: UnsandboxedCommand) => Promise<Failure | undefined>) | undefined;
  },
): Promise<Shell> {
  const [env, tempDir] = [placeEnvironment(dir, own), join(home, "private")];
  if (found.ok || refusal === undefined)
    return openSandbox({ worktree: dir, gitDir: ports.repo.commonDir, tempDir, cwd, env, found });
  return openApprovedShell({
    worktree: dir,
    cwd,
    tempDir,
    env,
    refusal: (command, signal) => refusal({ dir, command, missing: found.failure, signal }),
  });
}

/** A worktree of the pool in this folder and at this commit, as a fresh one would be; undefined where there is none. */
async function takeFrom(
  { repo, log }: RunPorts,
  dir: string,
  { pool, commit, signal }: Parameters<typeof openWorkPlace>[1],
): Promise<Worktree | undefined> {
  const kept = await pool?.take(signal);
  if (kept === undefined) return undefined;
  let at = kept;
  try {
    at = await withWorktreeLock(repo, () => moveWorktree(repo, kept, dir), signal);
    await removeTree(dirname(kept.dir));
    const listing = await listTree(repo, commit);
    await checkouts(() => resetWorktree(at, commit, listing, signal));
    return at;
  } catch (error) {
    await pool?.discard(at);
    signal.throwIfAborted();
    log(`${kept.dir} is not used again: ${toFailure(error).message}`);
    return undefined;
  }
}

async function isChanged(worktree: Worktree): Promise<boolean> {
  const args = ["status", "--porcelain", "-z", "--untracked-files=all", "--ignore-submodules=none"];
  return (await git(worktree, args)).stdout.length > 0;
}
