import { spawn } from "node:child_process";
import { requireFileRoom } from "./file-room";

/** One run of a program, all that it takes said; nothing of it comes from the process that carries it out. */
export interface ProgramRequest {
  /** Absolute path. */
  readonly file: string;
  readonly args: readonly string[];
  readonly cwd: string;
  /** The whole environment. */
  readonly env: Readonly<Record<string, string>>;
}

/** How it went. */
export interface ProgramEnding {
  /** Null when it could not start or was killed. */
  readonly exitCode: number | null;
  /** The beginning of what it said there, or why it did not start. */
  readonly stderr: string;
}

/**
 * Runs a program once and hands over its output as it comes; while a promise of `onOutput` is open no more is read. An abort kills it.
 * Rejects only where too few files can be opened to try it.
 */
export async function runProgram(
  { file, args, cwd, env }: ProgramRequest,
  onOutput: (bytes: Buffer) => Promise<void> | undefined,
  signal: AbortSignal,
): Promise<ProgramEnding> {
  requireFileRoom();
  const child = spawn(file, args, { cwd, env, stdio: ["ignore", "pipe", "pipe"] });
  const stop = () => {
    child.kill("SIGKILL");
    // A child of its own may hold the pipes open for longer.
    child.stdout.destroy();
    child.stderr.destroy();
  };
  if (signal.aborted) stop();
  else signal.addEventListener("abort", stop, { once: true });
  let stderr = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    stderr = (stderr + text).slice(0, MAX_STDERR_CHARS);
  });
  child.stdout.on("data", (bytes: Buffer) => {
    const taken = onOutput(bytes);
    if (taken === undefined) return;
    child.stdout.pause();
    void taken.finally(() => child.stdout.resume());
  });
  const exitCode = await new Promise<number | null>((resolve) => {
    child.on("error", (error) => {
      stderr = error.message;
      resolve(null);
    });
    child.on("close", resolve);
  });
  signal.removeEventListener("abort", stop);
  return { exitCode, stderr };
}

const MAX_STDERR_CHARS = 10_000;
