import { createHash, randomBytes } from "node:crypto";
import { link, mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { hostname } from "node:os";
import { dirname } from "node:path";
import { z } from "zod";
import { BraidError, failure } from "../core/failure";
import { sleep } from "../util/abort";

/** Pause between two looks at a lock somebody else holds, and how long to look at all. */
const RETRY_MS = 20;
const WAIT_MS = 60_000;

const LockOwner = z.object({ pid: z.int().min(1), host: z.string(), label: z.string() });
/** Who holds a lock. */
export type LockOwner = Readonly<z.infer<typeof LockOwner>>;

/** A lock held across processes; `release` gives it up. */
export interface Lock {
  release(): Promise<void>;
}

/**
 * Takes a lock file at once, or tells who has it. A lock whose process is gone, or that nobody can have written, is
 * taken over. Rejects with the file system's error when the folder cannot be written or the file cannot be read.
 */
export async function tryLock(path: string, label: string): Promise<Lock | LockOwner> {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  for (;;) {
    const held = await readHeld(path);
    if (held === undefined) {
      if (await claim(path, label)) return lockAt(path);
      continue;
    }
    if (held.owner !== undefined && isAlive(held.owner)) return held.owner;
    // Two who found the same dead lock must not both remove it: the second would remove the first one's new lock.
    // So the right to remove this very lock is a lock itself, named after its content.
    const right = await tryLock(`${path}.${held.id}`, label);
    if (!("release" in right)) return right;
    try {
      if ((await readHeld(path))?.id === held.id) await rm(path, { force: true });
    } finally {
      await right.release();
    }
  }
}

/** Who holds a lock now; undefined where nobody does, or whoever did is gone. */
export async function liveOwner(path: string): Promise<LockOwner | undefined> {
  const owner = (await readHeld(path))?.owner;
  return owner !== undefined && isAlive(owner) ? owner : undefined;
}

/** Runs `action` under a lock file, waiting for its turn. Throws `repo.busy` when the turn does not come in a minute. */
export async function withLock<T>(
  path: string,
  label: string,
  action: () => Promise<T>,
  signal?: AbortSignal,
): Promise<T> {
  const until = Date.now() + WAIT_MS;
  for (;;) {
    const lock = await tryLock(path, label);
    if ("release" in lock) {
      try {
        return await action();
      } finally {
        await lock.release();
      }
    }
    if (Date.now() > until)
      throw new BraidError(
        failure("repo.busy", `${lock.label} (process ${lock.pid}) has held ${path} for a minute.`, {
          hint: "Wait for it to end; if no such process runs, delete the file.",
        }),
      );
    await sleep(RETRY_MS, signal);
  }
}

/** A lock that is released once; a second call must not remove the next owner's. */
function lockAt(path: string): Lock {
  let released = false;
  return {
    async release() {
      if (released) return;
      released = true;
      await rm(path, { force: true });
    },
  };
}

/** Puts a lock file in place unless there is one. Written aside and linked, so that a lock is whole from its first moment. */
async function claim(path: string, label: string): Promise<boolean> {
  const id = randomBytes(8).toString("hex");
  const draft = `${path}.${id}.new`;
  try {
    await writeFile(draft, JSON.stringify({ pid: process.pid, host: hostname(), label, id }), {
      flag: "wx",
      mode: 0o600,
    });
    await link(draft, path);
    return true;
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "EEXIST") return false;
    throw error;
  } finally {
    await rm(draft, { force: true });
  }
}

/** The lock that stands: a name for this very one, and its owner, if it has one. Undefined when there is none. */
async function readHeld(
  path: string,
): Promise<{ readonly id: string; readonly owner: LockOwner | undefined } | undefined> {
  const text = await readFile(path, "utf8").catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return undefined;
    throw error;
  });
  if (text === undefined) return undefined;
  return { id: createHash("sha256").update(text).digest("hex").slice(0, 16), owner: parseOwner(text) };
}

/** Undefined for what a power cut left: an empty file, or half of one. */
function parseOwner(text: string): LockOwner | undefined {
  try {
    return LockOwner.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}

function isAlive(owner: LockOwner): boolean {
  if (owner.host !== hostname()) return true;
  try {
    process.kill(owner.pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && "code" in error && error.code === "EPERM";
  }
}
