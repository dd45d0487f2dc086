import { spawn, type ChildProcess } from "node:child_process";
import { readFile } from "node:fs/promises";
import { release, totalmem } from "node:os";
import type { Readable, Writable } from "node:stream";
import { headAndTail } from "./output";
import { INNER_CAPABILITIES, mapIds, SANDBOX_USER, STEP_DOWN } from "./sandbox-user";
import type { CommandOutcome } from "./shell";
import { sleep } from "../util/abort";
import { requireFileRoom } from "../git/file-room";

/** One command in one sandbox. */
export interface BubblewrapOptions {
  readonly binary: string;
  /** Bubblewrap's own arguments for what is seen inside. */
  readonly mounts: readonly string[];
  /** The whole environment. */
  readonly env: Readonly<Record<string, string>>;
  readonly command: string;
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
  /** Called with at most the first megabyte. */
  readonly onOutput?: (chunk: string) => void;
}

/** How it went; `failed` means that the command never ran. */
export type BubblewrapOutcome =
  | Extract<CommandOutcome, { kind: "exited" }>
  | { readonly kind: "failed"; readonly detail: string };

/**
 * Runs `command` by bubblewrap in namespaces of its own, without network, within {@link limits}. Every process it
 * started is gone when this settles. Rejects only when `signal` aborts.
 */
export async function runBubblewrap(options: BubblewrapOptions): Promise<BubblewrapOutcome> {
  options.signal.throwIfAborted();
  const started = performance.now();
  requireFileRoom();
  const child = spawn(options.binary, bubblewrapArgs(options), {
    env: options.env,
    cwd: "/",
    // A group of its own: an interrupt typed at the terminal is for Braid, which then ends its commands in order.
    detached: true,
    stdio: ["ignore", "pipe", "pipe", "pipe", "pipe", "pipe"],
  });
  const output = collect(child, options.onOutput);
  const life = control(child, options);
  await life.closed;
  await gone(life.first());
  options.signal.throwIfAborted();

  const { text, truncated } = output.stdout.read();
  const error = output.stderr.read().text;
  const exitCode = life.exitCode();
  if (!life.timedOut() && (exitCode === null || (exitCode !== 0 && error !== "")))
    return { kind: "failed", detail: life.error() ?? error };
  return {
    kind: "exited",
    exitCode: life.timedOut() ? null : exitCode,
    output: text,
    truncated,
    timedOut: life.timedOut(),
    durationMs: performance.now() - started,
  };
}

const MAX_OUTPUT_BYTES = 100_000;
const MAX_STREAMED_BYTES = 1_000_000;
const GRACE_MS = 2_000;
/** Somebody waits for a cancel to be over, and there is a commit to be made after it. */
const ABORT_GRACE_MS = 1_000;
/** Longest time for bubblewrap to name its first process on a machine that is very busy, and how often that is looked at. */
const START_MS = 30_000;
const LOOK_MS = 50;
const INFO_FD = 3;
const BLOCK_FD = 4;
const STATUS_FD = 5;

function bubblewrapArgs({ mounts, command }: BubblewrapOptions): readonly string[] {
  return [
    ["--unshare-all", "--unshare-user", "--die-with-parent", "--new-session"],
    ["--info-fd", `${INFO_FD}`, "--json-status-fd", `${STATUS_FD}`],
    SANDBOX_USER.mapped ? ["--userns-block-fd", `${BLOCK_FD}`, ...INNER_CAPABILITIES] : [],
    mounts,
    ["--"],
    SANDBOX_USER.mapped ? STEP_DOWN : [],
    ["/bin/sh", "-c", preamble(), "sh", command],
  ].flat();
}

/** Sets the limits, gives the kernel a first choice when memory runs out, joins the two streams, runs `$1`. */
function preamble(): string {
  const { processes, fileBlocks, dataKb } = limits();
  return [
    `ulimit -c 0 && ulimit -f ${fileBlocks} && ulimit -d ${dataKb} || exit 125`,
    // bash says -u, dash says -p.
    `ulimit -u ${processes} 2>/dev/null || ulimit -p ${processes} || exit 125`,
    "{ echo 500 >/proc/self/oom_score_adj; } 2>/dev/null",
    "exec 2>&1",
    'if [ -x /bin/bash ]; then exec /bin/bash -c "$1"; fi',
    'exec /bin/sh -c "$1"',
  ].join("\n");
}

/** Per command: threads and processes in all; per process: 2 GiB in a file, three quarters of memory up to 8 GiB. */
function limits() {
  const [major = 0, minor = 0] = release().split(".").map(Number);
  // Since Linux 5.14 a limit counts within the sandbox; before, all of the user's threads count.
  const counted = major > 5 || (major === 5 && minor >= 14);
  const dataBytes = Math.min(8 * 2 ** 30, totalmem() * 0.75);
  return { processes: counted ? 1024 : 8192, fileBlocks: 2 ** 22, dataKb: Math.floor(dataBytes / 1024) };
}

function collect(child: ChildProcess, onOutput: ((chunk: string) => void) | undefined) {
  const stdout = headAndTail(MAX_OUTPUT_BYTES);
  const stderr = headAndTail(10_000);
  const decoder = new TextDecoder();
  let streamed = 0;
  child.stdout?.on("data", (chunk: Buffer) => {
    stdout.push(chunk);
    if (onOutput === undefined || streamed >= MAX_STREAMED_BYTES) return;
    streamed += chunk.length;
    onOutput(decoder.decode(chunk, { stream: true }));
  });
  child.stderr?.on("data", (chunk: Buffer) => stderr.push(chunk));
  return { stdout, stderr };
}

/** Lets the sandbox start, ends it when time is up or the signal aborts, and knows how it ended. */
function control(child: ChildProcess, { timeoutMs, signal }: BubblewrapOptions) {
  const pipe = (fd: number) => child.stdio.at(fd);
  let status = "";
  let error: string | undefined;
  let first: number | undefined;
  let timedOut = false;
  let ended = false;
  let grace: NodeJS.Timeout | undefined;
  let letGo: NodeJS.Timeout | undefined;

  (pipe(STATUS_FD) as Readable).setEncoding("utf8").on("data", (text: string) => {
    status += text;
  });
  let info = "";
  (pipe(INFO_FD) as Readable).setEncoding("utf8").on("data", (text: string) => {
    info += text;
    const pid = /"child-pid": (\d+)/u.exec(info)?.[1];
    if (pid === undefined || first !== undefined) return;
    first = Number(pid);
    if (ended) {
      killAll(first);
      return;
    }
    if (!SANDBOX_USER.mapped) return;
    try {
      mapIds(first);
      (pipe(BLOCK_FD) as Writable).write("x");
    } catch (cause) {
      error = `User ids could not be mapped: ${cause instanceof Error ? cause.message : String(cause)}`;
      killAll(first);
    }
  });
  (pipe(BLOCK_FD) as Writable).on("error", () => undefined);

  // With its first process the kernel ends the whole namespace, however its members detached themselves.
  const killAll = (pid: number | undefined) => {
    if (pid !== undefined) kill(pid, "SIGKILL");
    child.kill("SIGKILL");
  };
  const end = (graceMs: number) => {
    ended = true;
    // Until bubblewrap has named its first process there is nobody to ask politely; killing bubblewrap alone would
    // leave that process waiting for ever with our pipes in its hands. It is killed as soon as it is named.
    const until = performance.now() + START_MS;
    const late = (): void => {
      if (first === undefined && performance.now() < until) grace = setTimeout(late, LOOK_MS);
      else killAll(first);
    };
    grace = setTimeout(late, graceMs);
    // The first process of the namespace leads the command's session and ignores SIGTERM itself. Where there is no
    // session yet it may not have asked to die with its parent either, and has to be killed by name.
    if (first !== undefined && !kill(-first, "SIGTERM")) killAll(first);
  };
  const timer = setTimeout(() => {
    timedOut = true;
    end(GRACE_MS);
  }, timeoutMs);
  const onAbort = () => end(ABORT_GRACE_MS);
  signal.addEventListener("abort", onAbort, { once: true });

  const closed = new Promise<void>((resolve) => {
    child.on("error", (cause) => {
      error = cause.message;
    });
    // Its end is the end of all that ran in it; whoever holds our pipes after that is none of it.
    child.on("exit", () => {
      letGo = setTimeout(() => {
        for (const each of child.stdio) each?.destroy();
      }, GRACE_MS);
    });
    child.on("close", () => {
      clearTimeout(letGo);
      clearTimeout(timer);
      clearTimeout(grace);
      signal.removeEventListener("abort", onAbort);
      resolve();
    });
  });
  const exitCode = () => {
    const code = /"exit-code": (\d+)/u.exec(status)?.[1];
    return code === undefined ? null : Number(code);
  };
  return { closed, exitCode, first: () => first, timedOut: () => timedOut, error: () => error };
}

/**
 * Waits for the first process of the namespace to be dead, which the kernel lets happen after all others. Nobody
 * tells: it is not our child, and it has closed its pipes before. A dead one without a parent to collect it counts.
 */
async function gone(first: number | undefined): Promise<void> {
  if (first === undefined) return;
  for (let waited = 0; waited < GRACE_MS; waited += 2) {
    const stat = await readFile(`/proc/${first}/stat`, "latin1").catch(() => undefined);
    if (stat === undefined || /^\d+ \(.*\) [ZX]/su.test(stat)) return;
    await sleep(2);
  }
}

function kill(pid: number, signal: NodeJS.Signals): boolean {
  try {
    return process.kill(pid, signal);
  } catch {
    return false;
  }
}
