import { spawn } from "node:child_process";
import type { Readable } from "node:stream";

/** How a finished program ended: its exit code (-1 when a signal ended it) and everything it printed. */
export interface Ended {
  readonly code: number;
  readonly output: string;
}

/** Where and with what a program runs. */
export interface Place {
  readonly cwd: string;
  readonly env?: NodeJS.ProcessEnv;
}

/** Runs a program to its end. Rejects only if it cannot be started; an exit code is an answer. */
export function run(command: string, args: readonly string[], place: Place): Promise<Ended> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { ...place, stdio: ["ignore", "pipe", "pipe"] });
    const output: string[] = [];
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding("utf8").on("data", (text: string) => output.push(text));
    child.once("error", reject);
    child.once("close", (code) => resolve({ code: code ?? -1, output: output.join("") }));
  });
}

/** Like {@link run}, but an exit code other than 0 is an error that ends with the last lines of the output. */
export async function mustRun(command: string, args: readonly string[], place: Place): Promise<string> {
  const { code, output } = await run(command, args, place);
  if (code === 0) return output;
  throw new Error(`${command} ${args.join(" ")} ended with ${code}:\n${lastLines(output, 15)}`);
}

/** A program that lives as long as this process and no longer. */
export interface Guarded {
  /** What it prints, both streams. */
  readonly streams: readonly Readable[];
  /** Resolves when it and everything in its process group has been told to end. */
  readonly exited: Promise<void>;
  /** Kills the whole process group. */
  dispose(): void;
}

/**
 * Starts a program in its own process group and kills that group when `dispose` is called, when the program ends, or
 * when this process dies in any way, SIGKILL included.
 */
export function startGuarded(command: string, args: readonly string[], place: Place): Guarded {
  const child = spawn("/bin/sh", ["-c", GUARD, "guard", command, ...args], {
    ...place,
    detached: true,
    stdio: ["ignore", "pipe", "pipe", "pipe"],
  });
  const { pid, stdout, stderr } = child;
  if (pid === undefined || stdout === null || stderr === null) throw new Error("Cannot start /bin/sh.");
  const exited = new Promise<void>((resolve) => child.once("close", () => resolve()));
  return { streams: [stdout, stderr], exited, dispose: () => killGroup(pid) };
}

// Descriptor 3 is a pipe from us: it closes when we die, however we die, and the read returns.
const GUARD = `"$@" 3<&- & program=$!; { read -r _ <&3; kill -KILL 0; } & wait "$program"; kill -KILL 0`;

function killGroup(pid: number): void {
  try {
    process.kill(-pid, "SIGKILL");
  } catch (error) {
    if (!(error instanceof Error && "code" in error && error.code === "ESRCH")) throw error;
  }
}

/** The last `count` lines of a text. */
export function lastLines(text: string, count: number): string {
  return text.trimEnd().split("\n").slice(-count).join("\n");
}
