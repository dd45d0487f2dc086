import { spawn, type ChildProcessWithoutNullStreams } from "node:child_process";
import { existsSync } from "node:fs";
import { BraidError, failure } from "../core/failure";
import { inTurn } from "../util/in-turn";
import type { PlaceConfig } from "./drivers";
import { requireFileRoom } from "./file-room";
import { configArguments, configOf, environment, gitBinary, gitError } from "./git";
import type { Repository } from "./repository";

/** How long a process waits for the next question before it is let go, in milliseconds. */
const IDLE_MS = 2_000;
/** How long it is asked without a look at the configuration, in milliseconds: what is set meanwhile it has not read, and runs nothing of it. */
const TRUSTED_MS = 1_000;
/** Processes that may be ended from outside at one question. */
const MAX_TIMES = 5;

/**
 * Reads one answer from what has come so far: the answer and how many bytes it took; undefined where there is more to come.
 */
export type ReadAnswer<T> = (bytes: Buffer) => { readonly answer: T; readonly used: number } | undefined;

/**
 * Puts one question to a git process that stays for the next one, in the repository's own work tree; they are asked one after the
 * other. simple-git cannot speak to a process that runs; binary, settings and environment are the door's. One that ends early takes
 * only this question along, and throws in git's own words; the next question starts another.
 */
export async function askStanding<T>(
  repo: Repository,
  args: readonly string[],
  question: string | Buffer,
  read: ReadAnswer<T>,
): Promise<T> {
  // A question at which git dies would be asked for ever.
  for (let time = 0; time < MAX_TIMES; time += 1) {
    const heard = await askOnce(repo, args, question, read);
    if (heard !== undefined) return heard.answer;
  }
  throw new BraidError(
    failure("git.failed", `git ${args[0] ?? ""} was ended from outside ${MAX_TIMES} times before it had answered.`, {
      hint: "See whether memory is short, and what git fsck says of the repository.",
    }),
  );
}

async function askOnce<T>(
  repo: Repository,
  args: readonly string[],
  question: string | Buffer,
  read: ReadAnswer<T>,
): Promise<{ readonly answer: T } | undefined> {
  if (!existsSync(repo.dir))
    throw new BraidError(
      failure("worktree.failed", `The folder ${repo.dir} is gone.`, { hint: "Put it back, or try again." }),
    );
  const key = [repo.dir, repo.commonDir, ...args].join("\0");
  const one = await current(repo, args, key);
  const heard = await one.ask(question, read);
  if (heard === undefined && standing.get(key) === one) standing.delete(key);
  return heard;
}

/** The process for such questions, another where the configuration is another. */
async function current(repo: Repository, args: readonly string[], key: string): Promise<StandingGit> {
  const known = standing.get(key);
  if (known !== undefined && !known.isEnded && performance.now() - known.lookedAt < TRUSTED_MS) return known;
  const config = await configOf(repo);
  // Somebody else may have started one meanwhile.
  const old = standing.get(key);
  if (old !== undefined && !old.isEnded && isSame(old.config, config)) {
    old.lookedAt = performance.now();
    return old;
  }
  void old?.end();
  const fresh = start(repo, args, config);
  standing.set(key, fresh);
  return fresh;
}

/** Lets the processes of a repository go once they have answered; resolves when they have. */
export async function endStanding(repo: Repository): Promise<void> {
  const own = [...standing].filter(([key]) => key.startsWith(`${repo.dir}\0${repo.commonDir}\0`));
  for (const [key] of own) standing.delete(key);
  await Promise.all(own.map(([, process]) => process.end()));
}

interface StandingGit {
  readonly config: PlaceConfig;
  /** When the configuration was last found to be this one. */
  lookedAt: number;
  readonly isEnded: boolean;
  /** Undefined where it had ended before, or was ended from outside without a word: whatever is asked here may be asked twice. */
  ask<T>(question: string | Buffer, read: ReadAnswer<T>): Promise<{ readonly answer: T } | undefined>;
  end(): Promise<void>;
}

const standing = new Map<string, StandingGit>();

/** A program the configuration has come to name must not be run by who has read it before. */
function isSame(a: PlaceConfig, b: PlaceConfig): boolean {
  return a === b || JSON.stringify([a.guard, ...a.settings]) === JSON.stringify([b.guard, ...b.settings]);
}

function start(repo: Repository, args: readonly string[], config: PlaceConfig): StandingGit {
  requireFileRoom();
  const child = spawn(gitBinary(), [...configArguments(), ...args], {
    cwd: repo.dir,
    env: { ...environment(), ...config.guard },
    stdio: ["pipe", "pipe", "pipe"],
  });
  const line = inTurn();
  let stderr = "";
  let output: Buffer = Buffer.alloc(0);
  let isEnded = false;
  let heard: () => void = () => undefined;
  child.stderr.setEncoding("utf8").on("data", (chunk: string) => (stderr += chunk));
  child.stdout.on("data", (chunk: Buffer) => {
    output = output.length === 0 ? chunk : Buffer.concat([output, chunk]);
    heard();
  });
  // How it ended says more than a pipe that broke.
  child.stdin.on("error", () => undefined);
  let exitCode: number | null = null;
  const ended = new Promise<void>((resolve) => {
    const end = (code: number | null): void => {
      exitCode = code;
      isEnded = true;
      heard();
      resolve();
    };
    child.on("error", () => end(null));
    child.on("close", end);
  });
  let idle: NodeJS.Timeout | undefined;
  const rest = (): void => {
    hold(child, false);
    idle = setTimeout(() => child.stdin.end(), IDLE_MS).unref();
  };
  rest();
  return {
    config,
    lookedAt: performance.now(),
    get isEnded() {
      return isEnded || child.stdin.writableEnded;
    },
    ask: (question, read) =>
      line(async () => {
        clearTimeout(idle);
        if (isEnded || child.stdin.writableEnded) return undefined;
        hold(child, true);
        child.stdin.write(question);
        try {
          for (;;) {
            const found = output.length === 0 ? undefined : read(output);
            if (found !== undefined) {
              output = output.subarray(found.used);
              return found;
            }
            if (isEnded && child.signalCode !== null) return undefined;
            if (isEnded)
              throw exitCode === null
                ? new BraidError(failure("git.failed", `git ${args[0] ?? ""} did not start.`))
                : gitError(args, { exitCode, stdout: output, stderr });
            await new Promise<void>((resolve) => (heard = resolve));
          }
        } finally {
          rest();
        }
      }),
    async end() {
      await line.settled();
      hold(child, true);
      child.stdin.end();
      await ended;
    },
  };
}

/** A process that is waited for keeps this one; one that only waits does not. */
function hold(child: ChildProcessWithoutNullStreams, isHeld: boolean): void {
  // Its streams are sockets, which their types do not tell.
  for (const each of [child, child.stdin, child.stdout, child.stderr] as readonly Holding[])
    if (isHeld) each.ref?.();
    else each.unref?.();
}

interface Holding {
  ref?(): void;
  unref?(): void;
}
