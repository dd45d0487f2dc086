import { access, mkdir, stat } from "node:fs/promises";
import { delimiter, isAbsolute, join } from "node:path";
import { failure, type Failure } from "../core/failure";
import { refuseUnrunnable, type CommandOutcome, type Shell } from "./shell";
import { runInGroup } from "./process-group";

/** What a shell without a sandbox needs. */
export interface ApprovedShellOptions {
  /** The worktree, and where in it commands start; the worktree itself where that folder is not there. */
  readonly worktree: string;
  readonly cwd: string;
  /** A private folder of this worker: its HOME and temporary folder. */
  readonly tempDir: string;
  readonly env: Readonly<Record<string, string>>;
  /** Why this very command may not run; undefined when it may. Asked before each one. */
  refusal(command: string, signal: AbortSignal): Promise<Failure | undefined>;
}

/**
 * A shell for systems without a sandbox: every command runs with the user's rights, and only after the user's word.
 * Environment and HOME are clean, so that no token is in reach by name; the files of the machine are. The group of
 * processes ends with the command; one that has left its group does not.
 */
export function openApprovedShell(options: ApprovedShellOptions): Shell {
  return {
    async run(command, how) {
      const unrunnable = refuseUnrunnable(command);
      if (unrunnable !== undefined) return unrunnable;
      const refused = await options.refusal(command, how.signal);
      if (refused !== undefined) return { kind: "refused", failure: refused };
      how.signal.throwIfAborted();
      return runCommand(options, command, how);
    },
  };
}

async function runCommand(
  { worktree, cwd, tempDir, env }: ApprovedShellOptions,
  command: string,
  how: Parameters<Shell["run"]>[1],
): Promise<CommandOutcome> {
  const home = join(tempDir, "tmp", "home");
  await mkdir(home, { recursive: true, mode: 0o700 });
  const { error, ...exited } = await runInGroup(
    await findShell(),
    ["-c", command],
    {
      cwd: ((await stat(cwd).catch(() => undefined))?.isDirectory() ?? false) ? cwd : worktree,
      env: {
        PATH: (process.env["PATH"] ?? "/usr/bin:/bin").split(delimiter).filter(isAbsolute).join(delimiter),
        HOME: home,
        TMPDIR: join(tempDir, "tmp"),
        LANG: "C.UTF-8",
        TERM: "dumb",
        CI: "1",
        NO_COLOR: "1",
        GIT_CONFIG_NOSYSTEM: "1",
        GIT_TERMINAL_PROMPT: "0",
        ...env,
      },
    },
    how,
  );
  if (error === undefined) return exited;
  const detail = { detail: error };
  return { kind: "refused", failure: failure("sandbox.failed", "The command could not be started.", detail) };
}

async function findShell(): Promise<string> {
  for (const shell of ["/bin/bash", "/usr/bin/bash"])
    if (
      await access(shell).then(
        () => true,
        () => false,
      )
    )
      return shell;
  return "/bin/sh";
}
