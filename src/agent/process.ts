import { spawn } from "node:child_process";
import { requireFileRoom } from "../git/file-room";

/** What a short program of ours said. Never used for a model's command: that is the sandbox's business. */
export interface ProgramResult {
  /** Null when it could not start, was killed or was stopped. */
  readonly exitCode: number | null;
  readonly stderr: string;
  readonly timedOut: boolean;
}

/** How {@link eachRecord} runs a program. */
export interface ProgramOptions {
  readonly cwd: string;
  /** The whole environment; nothing is inherited. */
  readonly env: Readonly<Record<string, string>>;
  /** The byte that ends a record. */
  readonly separator: "\0" | "\n";
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
}

/**
 * Runs `file` and hands over its output record by record; `false` from `onRecord` stops it. Records over 64 kB are
 * cut. Rejects only when `signal` aborts.
 */
export async function eachRecord(
  file: string,
  args: readonly string[],
  options: ProgramOptions,
  onRecord: (record: string) => boolean | undefined,
): Promise<ProgramResult> {
  options.signal.throwIfAborted();
  const { cwd, env, separator, timeoutMs, signal } = options;
  requireFileRoom();
  const child = spawn(file, args, { cwd, env, stdio: ["ignore", "pipe", "pipe"] });
  let timedOut = false;
  const stop = () => {
    child.kill("SIGKILL");
    // A child of its own may hold the pipes open for longer.
    child.stdout.destroy();
    child.stderr.destroy();
  };
  const timer = setTimeout(() => {
    timedOut = true;
    stop();
  }, timeoutMs);
  signal.addEventListener("abort", stop, { once: true });

  let stderr = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    stderr = (stderr + text).slice(0, MAX_STDERR_CHARS);
  });
  let rest: Buffer = Buffer.alloc(0);
  let stopped = false;
  child.stdout.on("data", (chunk: Buffer) => {
    if (stopped) return;
    const bytes = Buffer.concat([rest, chunk]);
    let from = 0;
    for (let end = bytes.indexOf(separator); end >= 0 && !stopped; end = bytes.indexOf(separator, from)) {
      stopped = onRecord(bytes.subarray(from, end).toString("utf8")) === false;
      from = end + 1;
    }
    rest = Buffer.from(bytes.subarray(from, from + MAX_RECORD_BYTES));
    if (stopped) stop();
  });

  const exitCode = await new Promise<number | null>((resolve) => {
    child.on("error", (error) => {
      stderr = error.message;
      resolve(null);
    });
    child.on("close", resolve);
  });
  clearTimeout(timer);
  signal.removeEventListener("abort", stop);
  signal.throwIfAborted();
  return { exitCode, stderr, timedOut };
}

const MAX_STDERR_CHARS = 10_000;
const MAX_RECORD_BYTES = 64 * 1024;
