import { spawn } from "node:child_process";
import { requireFileRoom } from "../git/file-room";
import { headAndTail } from "./output";
import type { CommandOutcome, Shell } from "./shell";

const MAX_OUTPUT_BYTES = 100_000;
const MAX_STREAMED_BYTES = 1_000_000;
const GRACE_MS = 2_000;

/**
 * Runs a program in a process group of its own that ends with it, when time is up, or when the signal aborts; one that has
 * left the group does not. Output is both streams, cut in the middle. Rejects only when `signal` aborts.
 */
export async function runInGroup(
  file: string,
  args: readonly string[],
  place: { readonly cwd: string; readonly env: Readonly<Record<string, string>> },
  { timeoutMs, signal, onOutput }: Parameters<Shell["run"]>[1],
): Promise<Extract<CommandOutcome, { readonly kind: "exited" }> & { readonly error?: string }> {
  signal.throwIfAborted();
  const started = performance.now();
  requireFileRoom();
  const child = spawn(file, args, { ...place, detached: true, stdio: ["ignore", "pipe", "pipe"] });
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
  let error: string | undefined;
  let grace: NodeJS.Timeout | undefined;
  let letGo: NodeJS.Timeout | undefined;
  const killGroup = (how: NodeJS.Signals) => {
    try {
      if (child.pid !== undefined) process.kill(-child.pid, how);
    } catch {
      // The group is gone.
    }
  };
  const dropPipes = () => {
    child.stdout.destroy();
    child.stderr.destroy();
  };
  const end = () => {
    killGroup("SIGTERM");
    clearTimeout(grace);
    grace = setTimeout(() => {
      killGroup("SIGKILL");
      dropPipes();
    }, GRACE_MS);
  };
  const timer = setTimeout(() => {
    timedOut = true;
    end();
  }, timeoutMs);
  signal.addEventListener("abort", end, { once: true });
  const exitCode = await new Promise<number | null>((resolve) => {
    // What it left in the background may hold the pipes open; it ends with it. What has left its group goes on without them.
    child.on("exit", () => {
      killGroup("SIGKILL");
      letGo = setTimeout(dropPipes, GRACE_MS);
    });
    child.on("error", (cause) => {
      error = cause.message;
      resolve(null);
    });
    child.on("close", resolve);
  });
  clearTimeout(timer);
  clearTimeout(grace);
  clearTimeout(letGo);
  signal.removeEventListener("abort", end);
  signal.throwIfAborted();
  const { text, truncated } = output.read();
  const durationMs = performance.now() - started;
  return {
    kind: "exited",
    exitCode: timedOut ? null : exitCode,
    output: text,
    truncated,
    timedOut,
    durationMs,
    ...(error === undefined ? {} : { error }),
  };
}
