import { runProgramAside } from "../git/process-host";
import { runProgram, type ProgramEnding } from "../git/run-program";

/** What a short program of ours said. Never used for a model's command: that is the sandbox's business. */
export interface ProgramResult extends ProgramEnding {
  readonly timedOut: boolean;
}

/** How {@link eachRecord} runs a program. */
export interface ProgramOptions {
  readonly cwd: string;
  /** The whole environment; nothing is inherited. */
  readonly env: Readonly<Record<string, string>>;
  /** The byte that ends a record. */
  readonly separator: "\0" | "\n";
  /** It writes nothing: what is left of it when it is cut off does no harm, and another process of ours may start it. */
  readonly readsOnly?: boolean;
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
  const stop = new AbortController();
  const end = () => stop.abort();
  let timedOut = false;
  const timer = setTimeout(() => {
    timedOut = true;
    end();
  }, timeoutMs);
  signal.addEventListener("abort", end, { once: true });

  let rest: Buffer = Buffer.alloc(0);
  const onOutput = (chunk: Buffer): undefined => {
    if (stop.signal.aborted) return;
    const bytes = Buffer.concat([rest, chunk]);
    let from = 0;
    let stopped = false;
    for (let at = bytes.indexOf(separator); at >= 0 && !stopped; at = bytes.indexOf(separator, from)) {
      stopped = onRecord(bytes.subarray(from, at).toString("utf8")) === false;
      from = at + 1;
    }
    rest = Buffer.from(bytes.subarray(from, from + MAX_RECORD_BYTES));
    if (stopped) end();
  };
  try {
    const run = options.readsOnly === true ? runProgramAside : runProgram;
    const ending = await run({ file, args, cwd, env }, onOutput, stop.signal);
    signal.throwIfAborted();
    return { ...ending, timedOut };
  } finally {
    clearTimeout(timer);
    signal.removeEventListener("abort", end);
  }
}

const MAX_RECORD_BYTES = 64 * 1024;
