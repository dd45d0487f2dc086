import { spawn } from "node:child_process";
import { access, mkdir, stat } from "node:fs/promises";
import { delimiter, isAbsolute, join } from "node:path";
import type { Failure } from "../core/failure";
import { headAndTail } from "./output";
import type { CommandOutcome, Shell } from "./shell";
import { requireFileRoom } from "../git/file-room";

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

const MAX_OUTPUT_BYTES = 100_000;
const MAX_STREAMED_BYTES = 1_000_000;
const GRACE_MS = 2_000;

/**
 * A shell for systems without a sandbox: every command runs with the user's rights, and only after the user's word.
 * Environment and HOME are clean, so that no token is in reach by name; the files of the machine are. The group of
 * processes ends with the command; one that has left its group does not.
 */
export function openApprovedShell(options: ApprovedShellOptions): Shell {
  return {
    async run(command, how) {
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
  { timeoutMs, signal, onOutput }: Parameters<Shell["run"]>[1],
): Promise<CommandOutcome> {
  const home = join(tempDir, "tmp", "home");
  await mkdir(home, { recursive: true, mode: 0o700 });
  const started = performance.now();
  requireFileRoom();
  const child = spawn(await findShell(), ["-c", command], {
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
    detached: true,
    stdio: ["ignore", "pipe", "pipe"],
  });
  const output = headAndTail(MAX_OUTPUT_BYTES);
  let streamed = 0;
  const collect = (chunk: Buffer) => {
    output.push(chunk);
    if (streamed < MAX_STREAMED_BYTES) onOutput?.(chunk.toString("utf8"));
    streamed += chunk.length;
  };
  child.stdout.on("data", collect);
  child.stderr.on("data", collect);

  let timedOut = false;
  let grace: NodeJS.Timeout | undefined;
  const killGroup = (how: NodeJS.Signals) => {
    try {
      if (child.pid !== undefined) process.kill(-child.pid, how);
    } catch {
      // The group is gone.
    }
  };
  const end = () => {
    killGroup("SIGTERM");
    grace = setTimeout(() => {
      killGroup("SIGKILL");
      child.stdout.destroy();
      child.stderr.destroy();
    }, GRACE_MS);
  };
  const timer = setTimeout(() => {
    timedOut = true;
    end();
  }, timeoutMs);
  signal.addEventListener("abort", end, { once: true });
  const exitCode = await new Promise<number | null>((resolve) => {
    // What it left in the background may hold the pipes open; it ends with it.
    child.on("exit", () => killGroup("SIGKILL"));
    child.on("error", () => resolve(null));
    child.on("close", resolve);
  });
  clearTimeout(timer);
  clearTimeout(grace);
  signal.removeEventListener("abort", end);
  signal.throwIfAborted();
  const { text, truncated } = output.read();
  const durationMs = performance.now() - started;
  return { kind: "exited", exitCode: timedOut ? null : exitCode, output: text, truncated, timedOut, durationMs };
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
