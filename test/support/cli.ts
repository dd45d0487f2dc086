import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { resolve } from "node:path";
import { createInterface } from "node:readline";

/** How a command line ended. */
export interface CliOutcome {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
  /** The lines of `--json`, parsed. */
  readonly events: readonly CliEvent[];
}

/** One line of `--json`. */
export interface CliEvent {
  readonly type: string;
  readonly at: number;
  readonly run: string;
  readonly subtask?: string;
  readonly [key: string]: unknown;
}

/** A command line under way. */
export interface CliProcess {
  readonly child: ChildProcess;
  /** Resolves with the first event that fits. */
  seen(fits: (event: CliEvent) => boolean): Promise<CliEvent>;
  readonly ended: Promise<CliOutcome>;
}

const living = new Set<CliProcess>();
/** How long a command line has for its own end when a test is over; one that was stopped does not hear of it. */
const GRACE_MS = 10_000;

/** Ends what a test left running, and resolves when nothing of it writes any more: only then its folders can go. */
export async function endLeftovers(): Promise<void> {
  await Promise.all(
    [...living].map(async ({ child, ended }) => {
      child.kill("SIGINT");
      const timer = setTimeout(() => child.kill("SIGKILL"), GRACE_MS);
      await ended;
      clearTimeout(timer);
    }),
  );
}

/** Starts the built command line, as a user would. The environment is this and PATH and HOME, nothing else. */
export function startCli(
  args: readonly string[],
  options: { readonly cwd: string; readonly env?: Readonly<Record<string, string>> },
): CliProcess {
  const child = spawn(process.execPath, [resolve("dist/cli.mjs"), ...args], {
    cwd: options.cwd,
    env: { PATH: process.env["PATH"], HOME: process.env["HOME"], ...options.env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const events: CliEvent[] = [];
  const waiting: {
    readonly fits: (event: CliEvent) => boolean;
    readonly resolve: (event: CliEvent) => void;
    readonly reject: (error: Error) => void;
  }[] = [];
  let stdout = "";
  let stderr = "";
  let over: Error | undefined;
  createInterface({ input: child.stdout }).on("line", (line) => {
    stdout += `${line}\n`;
    if (!line.startsWith("{")) return;
    const event: CliEvent = JSON.parse(line);
    events.push(event);
    for (const waiter of waiting) if (waiter.fits(event)) waiter.resolve(event);
  });
  child.stderr.setEncoding("utf8").on("data", (chunk: string) => (stderr += chunk));
  child.once("close", (code) => {
    const told = `braid ${args.join(" ")} ended with ${code} before that event.\n${stdout}\n${stderr}`;
    over = new Error(told);
    for (const waiter of waiting) waiter.reject(over);
  });
  const started: CliProcess = {
    child,
    seen: (fits) => {
      const found = events.find(fits);
      if (found !== undefined) return Promise.resolve(found);
      if (over !== undefined) return Promise.reject(over);
      return new Promise((resolve, reject) => waiting.push({ fits, resolve, reject }));
    },
    ended: once(child, "close").then(([code]: unknown[]) => ({
      code: typeof code === "number" ? code : null,
      stdout,
      stderr,
      events,
    })),
  };
  living.add(started);
  child.once("close", () => living.delete(started));
  return started;
}

/** Runs the built command line to its end. */
export function cli(
  args: readonly string[],
  options: { readonly cwd: string; readonly env?: Readonly<Record<string, string>> },
): Promise<CliOutcome> {
  return startCli(args, options).ended;
}
