import { fork, type ChildProcess } from "node:child_process";
import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { requireFileRoom } from "./file-room";
import { runGit, type GitEnding, type GitRequest } from "./run-git";
import { runProgram, type ProgramEnding, type ProgramRequest } from "./run-program";

/** What the process that starts others is asked for. */
type Asked =
  | { readonly kind: "git"; readonly request: GitRequest }
  | { readonly kind: "program"; readonly request: ProgramRequest };

/** What it is told. */
export type ToHost = (Asked & { readonly id: number }) | { readonly kind: "abort"; readonly id: number };

/** What it says. */
export type FromHost =
  | { readonly kind: "ready" }
  | { readonly kind: "output"; readonly id: number; readonly bytes: Uint8Array }
  | { readonly kind: "ended"; readonly id: number; readonly ending: GitEnding | ProgramEnding }
  /** It could not even try, with the system's code. */
  | { readonly kind: "refused"; readonly id: number; readonly code: string; readonly message: string };

/** Runs within {@link BUSY_MS} milliseconds from which on a process of its own is worth its start. */
const BUSY = 10;
const BUSY_MS = 5_000;
/** How long it is kept after its last run, in milliseconds. */
const IDLE_MS = 10_000;
/** The most bytes that are handed on; more is quicker from here. */
const MAX_INPUT = 1_000_000;

/**
 * Runs git once: here, or in a process that does only that where git is run often. That process is a help and no need: where it cannot
 * be had, git is started from here. What is under way when it is ended from outside fails, and may go on all the same: what moves
 * the user's own files is not for it.
 */
export function runGitAside(request: GitRequest, signal?: AbortSignal): Promise<GitEnding> {
  const isSmall = request.maxBytes === undefined && (request.input?.length ?? 0) < MAX_INPUT;
  const host = isSmall && isBusy() ? hostOf() : undefined;
  return host?.isReady === true ? host.run({ kind: "git", request }, { signal }) : runGit(request, signal);
}

/** As {@link runGitAside}, for another program; see {@link runProgram}. One that was cut off has no exit code. */
export function runProgramAside(
  request: ProgramRequest,
  onOutput: (bytes: Buffer) => undefined,
  signal: AbortSignal,
): Promise<ProgramEnding> {
  const host = isBusy() ? hostOf() : undefined;
  if (host?.isReady !== true) return runProgram(request, onOutput, signal);
  return host.run({ kind: "program", request }, { signal, onOutput });
}

/** Lets the process go, if there is one; resolves when it has. What is under way fails. */
export async function endProcessHost(): Promise<void> {
  await current?.end();
}

interface ProcessHost {
  readonly isReady: boolean;
  run<A extends Asked>(asked: A, call: Call): Promise<EndingOf<A>>;
  end(): Promise<void>;
}

interface Call {
  readonly signal?: AbortSignal | undefined;
  readonly onOutput?: (bytes: Buffer) => undefined;
}

type EndingOf<A extends Asked> = A extends { readonly kind: "git" } ? GitEnding : ProgramEnding;

let current: ProcessHost | undefined;
/** When git was run last, in milliseconds; the latest at the end. */
let runs: number[] = [];

function isBusy(): boolean {
  const now = performance.now();
  runs = [...runs, now].slice(-BUSY);
  return current !== undefined || (runs.length === BUSY && now - (runs[0] ?? 0) < BUSY_MS);
}

/** The process, started where there is none. Undefined where none can be had. */
function hostOf(): ProcessHost | undefined {
  if (current !== undefined) return current;
  const program = hostProgram();
  if (program === undefined) return undefined;
  try {
    requireFileRoom();
    const child = fork(program, [], {
      // No folder of the user's is held by it.
      cwd: dirname(program),
      env: hostEnvironment(),
      execArgv: [],
      serialization: "advanced",
      stdio: ["ignore", "ignore", "ignore", "ipc"],
    });
    current = toHost(child);
  } catch {
    found = null;
  }
  return current;
}

/** Null where there is none, or it could not be started. */
let found: string | null | undefined;

/** Where the process's program lies: beside this one, or beside the folder of its parts. */
function hostProgram(): string | undefined {
  if (found === undefined) {
    // A bundle for the extension host's tests is no module.
    const here = (import.meta as { readonly dirname?: string }).dirname;
    const places = here === undefined ? [] : [here, join(here, "..")];
    found = places.map((place) => join(place, "process-host.mjs")).find((path) => existsSync(path)) ?? null;
  }
  return found ?? undefined;
}

/** Nothing of it reaches git, which gets what a request says. */
function hostEnvironment(): Record<string, string> {
  const names = ["PATH", "HOME", "SYSTEMROOT", "TMPDIR", "TEMP", "TMP", "LD_LIBRARY_PATH"];
  const own = names.flatMap((name) => {
    const value = process.env[name];
    return value === undefined ? [] : [[name, value] as const];
  });
  // VS Code's own program is Node as well, where it is told to be.
  return { ...Object.fromEntries(own), ELECTRON_RUN_AS_NODE: "1" };
}

/** Who waits for an answer. */
interface Waiting extends Pick<Call, "onOutput"> {
  readonly asked: Asked;
  readonly resolve: (ending: GitEnding | ProgramEnding) => void;
  readonly reject: (error: Error) => void;
}

function toHost(child: ChildProcess): ProcessHost {
  const waiting = new Map<number, Waiting>();
  let last = 0;
  let [isReady, wasReady, isLetGo] = [false, false, false];
  let idle: NodeJS.Timeout | undefined;
  const over = new Promise<void>((resolve) => {
    const end = (): void => {
      // One that never came up would not the next time either.
      if (!wasReady && !isLetGo) found = null;
      isReady = false;
      if (current === host) current = undefined;
      clearTimeout(idle);
      for (const { asked, resolve: tell } of waiting.values())
        tell(
          asked.kind === "git"
            ? { kind: "failed", message: CUT_OFF, cause: undefined }
            : { exitCode: null, stderr: CUT_OFF },
        );
      waiting.clear();
      resolve();
    };
    child.on("error", end);
    child.on("exit", end);
    child.on("disconnect", end);
  });
  /** One that is asked keeps this process; one that only waits does not. */
  const hold = (): void => {
    clearTimeout(idle);
    const isAsked = waiting.size > 0;
    for (const each of [child, child.channel])
      if (isAsked) each?.ref();
      else each?.unref();
    if (!isAsked) idle = setTimeout(() => void host.end(), IDLE_MS).unref();
  };
  child.on("message", (message: FromHost) => {
    if (message.kind === "ready") [isReady, wasReady] = [true, true];
    else if (message.kind === "output") waiting.get(message.id)?.onOutput?.(toBuffer(message.bytes));
    else {
      const asker = waiting.get(message.id);
      waiting.delete(message.id);
      if (message.kind === "ended") asker?.resolve(fromHost(message.ending));
      else asker?.reject(Object.assign(new Error(message.message), { code: message.code }));
    }
    hold();
  });
  const host: ProcessHost = {
    get isReady() {
      return isReady && child.connected;
    },
    run<A extends Asked>(asked: A, { signal, onOutput }: Call) {
      last += 1;
      const id = last;
      const abort = (): void => void child.send({ kind: "abort", id } satisfies ToHost);
      const done = new Promise<EndingOf<A>>((resolve, reject) => {
        // The answer is of the kind that was asked for.
        const tell = (ending: GitEnding | ProgramEnding) => resolve(ending as EndingOf<A>);
        waiting.set(id, { asked, resolve: tell, reject, ...(onOutput === undefined ? {} : { onOutput }) });
        hold();
        child.send({ ...asked, id } satisfies ToHost);
      });
      if (signal?.aborted === true) abort();
      signal?.addEventListener("abort", abort, { once: true });
      return done.finally(() => signal?.removeEventListener("abort", abort));
    },
    async end() {
      if (current === host) current = undefined;
      if (!child.connected) return;
      isLetGo = true;
      child.disconnect();
      await over;
    },
  };
  hold();
  return host;
}

const CUT_OFF = "was cut off: the process that had started it ended.";

function fromHost(ending: GitEnding | ProgramEnding): GitEnding | ProgramEnding {
  return "stdout" in ending ? { ...ending, stdout: toBuffer(ending.stdout) } : ending;
}

/** Bytes come as such from another process, and as no Buffer. */
function toBuffer({ buffer, byteOffset, byteLength }: Uint8Array): Buffer {
  return Buffer.from(buffer, byteOffset, byteLength);
}
