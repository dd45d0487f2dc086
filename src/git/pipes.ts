import { execFile } from "node:child_process";
import { constants, existsSync } from "node:fs";
import { open } from "node:fs/promises";
import { dirname, join } from "node:path";
import { BraidError, failure } from "../core/failure";
import { requireFileRoom } from "./file-room";

/*
 * Git opens files of a work tree by their names: `.gitignore`, `.gitattributes`, and what makes a folder a repository. A worker's command
 * may have put a pipe there, and whoever opens one waits until somebody writes to it: for ever.
 */

/** A git that takes longer may be waiting at a pipe, in milliseconds. */
const FIRST_LOOK_MS = 1_500;
/** How often it is looked again, where there are pipes and where there are none. */
const NEXT_LOOK_MS = 300;
const IDLE_LOOK_MS = 5_000;
const FIND = "/usr/bin/find";
/** The most that is read of what is found, in bytes. */
const MAX_BYTES = 1_000_000;

/** Waits for a git that runs in a worktree, and lets it go on where it waits at a pipe: to git that is an empty file. */
export async function pastPipes<T>(dir: string, running: Promise<T>): Promise<T> {
  if (process.platform === "win32") return running;
  let timer: NodeJS.Timeout | undefined;
  let isOver = false;
  const look = async (): Promise<void> => {
    const pipes = await findPipes(dir).catch(() => []);
    for (const pipe of pipes) await letGo(pipe);
    if (!isOver) timer = setTimeout(() => void look(), pipes.length === 0 ? IDLE_LOOK_MS : NEXT_LOOK_MS);
  };
  timer = setTimeout(() => void look(), FIRST_LOOK_MS);
  try {
    return await running;
  } finally {
    isOver = true;
    clearTimeout(timer);
  }
}

/** Deletes pipes, sockets and devices in a worktree, which git does not see. Throws `worktree.failed` where that cannot be told. */
export async function removeSpecialFiles(dir: string): Promise<void> {
  if (process.platform === "win32") return;
  const { error } = await find([dir, "!", "-type", "f", "!", "-type", "d", "!", "-type", "l", "-delete"]);
  if (error === null) return;
  throw new BraidError(failure("worktree.failed", `${dir} could not be made clean.`), { cause: error });
}

/** Also those beside the worktree that its commands had for temporary files: a link may lead there. */
async function findPipes(dir: string): Promise<readonly Buffer[]> {
  const places = [dir, join(dirname(dir), "private")].filter((place) => existsSync(place));
  // What it cannot look into others cannot either.
  const { stdout } = await find([...places, "-type", "p", "-print0"]);
  return stdout
    .toString("latin1")
    .split("\0")
    .flatMap((path) => (path === "" ? [] : [Buffer.from(path, "latin1")]));
}

/** Whoever waits for a writer has had one, and reads to the end of nothing. */
async function letGo(pipe: Buffer): Promise<void> {
  const file = await open(pipe, constants.O_WRONLY | constants.O_NONBLOCK).catch(() => undefined);
  await file?.close();
}

async function find(args: readonly string[]): Promise<{ readonly error: Error | null; readonly stdout: Buffer }> {
  requireFileRoom();
  return new Promise((resolve) =>
    execFile(FIND, args, { env: { LC_ALL: "C" }, maxBuffer: MAX_BYTES, encoding: "buffer" }, (error, stdout) =>
      resolve({ error, stdout }),
    ),
  );
}
