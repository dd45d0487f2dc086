import { simpleGit } from "simple-git";
import { reserveFileRoom } from "./file-room";
import { outputLimit } from "./output-limit";

/** One run of git, all that it takes said; nothing of it comes from the process that carries it out. */
export interface GitRequest {
  readonly dir: string;
  readonly binary: string;
  /** What stands before the arguments by `-c`. */
  readonly config: readonly string[];
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  /** The guarded variables among them that are meant. */
  readonly allowed: readonly string[];
  readonly input?: string | Buffer | undefined;
  /** The most bytes of output that are wanted. */
  readonly maxBytes?: number | undefined;
}

/** How it went. */
export type GitEnding =
  | {
      readonly kind: "ended";
      readonly exitCode: number;
      readonly stdout: Buffer;
      readonly stderr: string;
      /** Whether there would have been more than was wanted. */
      readonly isCut?: boolean;
    }
  /** It did not start, or was stopped; in the system's words. */
  | { readonly kind: "failed"; readonly message: string; readonly cause: unknown };

const NOTHING = Buffer.alloc(0);

/** Runs git once. Rejects only where too few files can be opened to try it. */
export async function runGit(request: GitRequest, signal?: AbortSignal): Promise<GitEnding> {
  let output: (GitEnding & { readonly kind: "ended" }) | undefined;
  let spawnError: Error | undefined;
  let isKilled = false;
  const hasStarted = reserveFileRoom();
  const limit = request.maxBytes === undefined ? undefined : outputLimit(request.maxBytes);
  const signals = [signal, limit?.signal].filter((each) => each !== undefined);
  const instance = simpleGit({
    baseDir: request.dir,
    binary: request.binary,
    config: [...request.config],
    allowEnvironment: [...request.allowed],
    // All but --git-dir (which is ours) are switched off by the door's settings and the driver guard; the library cannot tell
    // that from switching them on.
    unsafe: {
      allowUnsafeConfigPaths: true,
      allowUnsafeFsMonitor: true,
      allowUnsafeHooksPath: true,
      allowUnsafePager: true,
      allowUnsafeDiffExternal: true,
      allowUnsafeProtocolOverride: true,
      allowUnsafeCustomBinary: true,
      allowUnsafeFilter: true,
      allowUnsafeMergeDriver: true,
      allowUnsafeGpgProgram: true,
      allowUnsafeConfigEnvCount: true,
    },
    // The library takes a non-zero exit with nothing on stderr for success, so every exit is judged here instead.
    errors: (error, result) => {
      if (error instanceof Error && !(result.exitCode >= 0)) spawnError = error;
      // What is ended by a signal has no code, whatever its type says.
      isKilled = !Number.isInteger(result.exitCode);
      output = {
        kind: "ended",
        exitCode: result.exitCode,
        stdout: Buffer.concat(result.stdOut),
        stderr: Buffer.concat(result.stdErr).toString("utf8"),
      };
      return undefined;
    },
    // The library leaves an input open that is empty or not given, and a git that reads it would wait for ever.
    input: () => (request.input === undefined || request.input === "" ? NOTHING : request.input),
    ...(signals.length === 0 ? {} : { abort: AbortSignal.any(signals) }),
  })
    .env({ ...request.env })
    .outputHandler((_command, stdout) => {
      hasStarted();
      limit?.watch(stdout);
      // Where git printed nothing the library waits 50 ms more for it, and there is none left to come from a stream that has ended.
      stdout.once("end", () => stdout.emit("data", NOTHING));
    });
  const cut = (): GitEnding | undefined =>
    limit?.signal.aborted === true
      ? { kind: "ended", exitCode: 0, stdout: limit.bytes(), stderr: "", isCut: true }
      : undefined;
  try {
    await instance.raw([...request.args]);
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    return cut() ?? { kind: "failed", message: `could not run: ${message}`, cause: error };
  } finally {
    hasStarted();
  }
  const ended = cut() ?? output;
  if (ended === undefined || (spawnError !== undefined && ended === output))
    return { kind: "failed", message: "did not start.", cause: spawnError };
  if (isKilled && ended === output) return { kind: "failed", message: "was ended from outside.", cause: undefined };
  return ended;
}
