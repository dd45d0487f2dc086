import { copyFile } from "node:fs/promises";
import { join } from "node:path";
import pLimit from "p-limit";
import { openWorkspace } from "../../agent/jail";
import { openApprovedShell } from "../../agent/approved-shell";
import { openSandbox } from "../../agent/sandbox";
import { usableSandbox } from "../../agent/sandbox-find";
import type { Shell } from "../../agent/shell";
import type { Failure } from "../../core/failure";
import type { Workspace } from "../../agent/workspace";
import { git, gitText } from "../../git/git";
import {
  addWorktree,
  checkOut,
  discardFiles,
  putFiles,
  removeTree,
  removeWorktree,
  type Worktree,
} from "../../git/worktree";
import { withLock } from "../log/lock";
import { repositoryLock } from "../log/places";
import type { RunPorts } from "../ports";
import { placeEnvironment, takePorts } from "./worker-ports";

/** Checkouts at the same time; more only fight over the disk. */
const CHECKOUTS = 2;
const checkouts = pLimit(CHECKOUTS);

/** A worktree with what an agent needs to work in it. */
export interface WorkPlace {
  readonly worktree: Worktree;
  readonly workspace: Workspace;
  readonly shell: Shell;
  /** Where its commands start: the folder that was opened, in this worktree. */
  readonly cwd: string;
  /** Whether anything differs from the base. */
  changed(): Promise<boolean>;
  /** A tree of what stands there now; the worktree's own index stays as it is. */
  snapshot(): Promise<string>;
  /** Deletes the worktree; what is worth keeping has been committed by then. */
  close(): Promise<void>;
}

/** A command that would run without a sandbox. */
export interface UnsandboxedCommand {
  readonly dir: string;
  readonly command: string;
  /** Why there is no sandbox. */
  readonly missing: Failure;
  readonly signal: AbortSignal;
}

/** A worktree that was just checked out. */
export interface FreshPlace {
  readonly worktree: Worktree;
  readonly shell: Shell;
}

/**
 * Makes a worktree at `commit`. Comes back as soon as git knows it; the files follow, and the tools wait for them, so
 * that the model's first answer and the checkout overlap. Throws `worktree.failed`, `git.*`, `disk.*`.
 */
export async function openWorkPlace(
  ports: RunPorts,
  options: {
    readonly name: string;
    readonly commit: string;
    readonly writable: boolean;
    /** The tree the files are to be, where it is not the commit's. */
    readonly files?: string | undefined;
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
  const home = join(ports.worktreeRoot, options.name);
  const dir = join(home, "tree");
  const cwd = join(dir, repo.folder ?? "");
  const own = takePorts(options.name);
  const locked = <T>(action: () => Promise<T>, signal?: AbortSignal) =>
    withLock(repositoryLock(repo), "Braid", action, signal);
  const remove = async (): Promise<void> => {
    own.release();
    if ((await options.isOurs?.()) === false) return;
    // The files first: while they go nobody else has to wait.
    await discardFiles(dir);
    await locked(() => removeWorktree(repo, { dir }));
    await removeTree(home);
  };
  try {
    const worktree = await locked(() => addWorktree(repo, dir, options.commit), options.signal);
    const checkedOut = checkouts(async () => {
      await checkOut(worktree, options.signal);
      if (options.files !== undefined) await putFiles(worktree, options.files);
    });
    // Whoever awaits it sees the error; nobody may be waiting yet when it fails.
    checkedOut.catch(() => undefined);
    const found = await (ports.findSandbox ?? usableSandbox)();
    const [env, tempDir, { refusal }] = [placeEnvironment(dir, own), join(home, "private"), options];
    const sandbox =
      found.ok || refusal === undefined
        ? await openSandbox({ worktree: dir, gitDir: repo.commonDir, tempDir, cwd, env, found })
        : openApprovedShell({
            worktree: dir,
            cwd,
            tempDir,
            env,
            refusal: (command, signal) => refusal({ dir, command, missing: found.failure, signal }),
          });
    const ready = checkedOut.then(() => options.setUp?.({ worktree, shell: sandbox }));
    ready.catch(() => undefined);
    return {
      worktree,
      cwd,
      workspace: await openWorkspace({ root: dir, ready, writable: options.writable }),
      shell: {
        async run(command, how) {
          await ready;
          return sandbox.run(command, how);
        },
      },
      async changed() {
        await ready;
        return (
          (await git(worktree, ["status", "--porcelain", "-z", "--untracked-files=all", "--ignore-submodules=none"]))
            .stdout.length > 0
        );
      },
      async snapshot() {
        await ready;
        const index = join(home, "snapshot-index");
        const env = { GIT_INDEX_FILE: index };
        await copyFile(join(worktree.gitDir, "index"), index);
        await git(worktree, ["add", "--all", "--sparse"], { env });
        return gitText(worktree, ["write-tree"], { env });
      },
      async close() {
        await ready.catch(() => undefined);
        await remove();
      },
    };
  } catch (error) {
    // Half a worktree is worth nothing, and what stopped it is worth more than why it cannot be removed.
    await remove().catch((failure: unknown) => ports.log(`${options.name} not removed: ${String(failure)}`));
    throw error;
  }
}
