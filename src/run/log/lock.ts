import { createHash, randomBytes } from "node:crypto";
import { link, mkdir, rm, utimes, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import pLimit, { type LimitFunction } from "p-limit";
import { BraidError, failure } from "../../core/failure";
import { readPlainFile, withPlainFile } from "../../git/plain-file";
import { sightOf } from "../../git/stat-now";
import { sleep } from "../../util/abort";
import { HEARTBEAT_MS, LockOwner, ownIdentity, sight, standingOf, type Standing } from "./lock-owner";
import { hasCode } from "../../util/system-error";

/** Pause between two looks at a lock somebody else holds, and how long to look at all. */
const RETRY_MS = 20;
const WAIT_MS = 60_000;

/** A lock held across processes; while it is held its file's time says that the holder is there. */
export interface Lock {
  /** Aborts when somebody has taken the lock from us: what it guards is theirs now. */
  readonly lost: AbortSignal;
  /** Whether it is still ours, asked of the file: a process that slept knows before its next heartbeat. */
  isHeld(): Promise<boolean>;
  /** Gives it up. */
  release(): Promise<void>;
}

/** Somebody else who holds a lock, and what is known of them. */
export interface Holder extends LockOwner {
  readonly standing: Standing;
  /** Milliseconds since the holder last said that it is there. */
  readonly heardMs: number;
}

/**
 * Takes a lock file at once, or tells who has it. A lock whose process is gone, or that nobody can have written, is taken over;
 * with `fromSilent` also one whose holder has not been heard of for long. Rejects with the file system's error when the folder
 * cannot be written or the file cannot be read.
 */
export async function tryLock(
  path: string,
  label: string,
  options: { readonly fromSilent?: boolean } = {},
): Promise<Lock | Holder> {
  for (;;) {
    const held = await readHeld(path);
    if (held === undefined) {
      const id = await claim(path, label);
      if (id !== undefined) return lockAt(path, id);
      continue;
    }
    const { holder } = held;
    if (holder?.standing === "alive" || (holder?.standing === "silent" && options.fromSilent !== true)) return holder;
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

/** Who holds a lock now; undefined when nobody does whose process is still there. Takes nothing and changes nothing. */
export async function readHolder(path: string): Promise<Holder | undefined> {
  const holder = (await readHeld(path))?.holder;
  return holder?.standing === "gone" ? undefined : holder;
}

/**
 * Runs `action` under a lock file, waiting for its turn. Those of one process wait in line; the first of them throws
 * `repo.busy` when another process does not give the lock up in a minute. Rejects with the signal's reason when it aborts
 * before the turn has come. `fromSilent` as in {@link tryLock}.
 */
export function withLock<T>(
  path: string,
  label: string,
  action: () => Promise<T>,
  options: { readonly signal?: AbortSignal | undefined; readonly fromSilent?: boolean } = {},
): Promise<T> {
  const { signal } = options;
  if (signal?.aborted === true) return Promise.reject(signal.reason);
  const line = lines.get(path) ?? pLimit(1);
  lines.set(path, line);
  const turn = new AbortController();
  const done = line(() => {
    signal?.throwIfAborted();
    turn.abort();
    return withFile(path, label, action, options);
  });
  if (signal === undefined) return done;
  return new Promise((resolve, reject) => {
    const leave = () => reject(signal.reason);
    signal.addEventListener("abort", leave, { once: true, signal: turn.signal });
    done.then(resolve, reject).finally(() => turn.abort());
  });
}

/** Who of this process waits for a lock: dozens that look at the same file every few milliseconds starve one another. */
const lines = new Map<string, LimitFunction>();

async function withFile<T>(
  path: string,
  label: string,
  action: () => Promise<T>,
  { signal, ...how }: { readonly signal?: AbortSignal | undefined; readonly fromSilent?: boolean },
): Promise<T> {
  // No clock that may be set, or that goes on while a machine sleeps.
  const until = performance.now() + WAIT_MS;
  for (;;) {
    const lock = await tryLock(path, label, how);
    if ("release" in lock) {
      try {
        return await action();
      } finally {
        await lock.release();
      }
    }
    if (performance.now() > until)
      throw new BraidError(
        failure("repo.busy", `${lock.label} (process ${lock.pid}) has held ${path} for a minute.`, {
          hint: "Wait for it to end; if no such process runs, delete the file.",
        }),
      );
    await sleep(RETRY_MS, signal);
  }
}

/** A lock that is released once, and only while it is ours: what stands there may be the next owner's. */
function lockAt(path: string, id: string): Lock {
  const lost = new AbortController();
  let seen = "";
  /** It is read again only where it does not look as it did when it was found to be ours. */
  const isOurs = async (): Promise<boolean> => {
    const now = lookAt(path);
    if (now !== "" && now === seen) return true;
    const isOwn = (await readIfThere(path)).includes(id);
    // The look came before: it is at what was read only if that looks the same still.
    seen = isOwn && now === lookAt(path) ? now : "";
    return isOwn;
  };
  const isHeld = async (): Promise<boolean> => {
    if (lost.signal.aborted) return false;
    // What cannot be read just now (too many open files, a network away) is not lost.
    const held = await isOurs().catch(() => true);
    if (!held && !released) lost.abort();
    return held;
  };
  const beatOnce = async (): Promise<void> => {
    if (await isHeld()) await utimes(path, new Date(), new Date());
  };
  const beat = setInterval(() => {
    void beatOnce().catch(() => undefined);
  }, HEARTBEAT_MS);
  beat.unref();
  let released = false;
  return {
    lost: lost.signal,
    isHeld,
    async release() {
      if (released) return;
      released = true;
      clearInterval(beat);
      if (await isOurs()) await rm(path, { force: true });
    },
  };
}

/** Puts a lock file in place unless there is one. Written aside and linked, so that a lock is whole from its first moment. */
async function claim(path: string, label: string): Promise<string | undefined> {
  const id = randomBytes(8).toString("hex");
  const draft = `${path}.${id}.new`;
  const text = JSON.stringify({ ...(await ownIdentity(label)), id });
  const write = () => writeFile(draft, text, { flag: "wx", mode: 0o600 });
  try {
    await write().catch(async (error: unknown) => {
      if (!hasCode(error, "ENOENT")) throw error;
      await mkdir(dirname(path), { recursive: true, mode: 0o700 });
      await write();
    });
    await link(draft, path);
    return id;
  } catch (error) {
    if (hasCode(error, "EEXIST")) return undefined;
    throw error;
  } finally {
    await rm(draft, { force: true });
  }
}

/** The lock that stands: a name for this very one, and its holder, if it has one. Undefined when there is none. */
async function readHeld(
  path: string,
): Promise<{ readonly id: string; readonly holder: Holder | undefined } | undefined> {
  const found = await readWithTime(path);
  if (found === undefined) return undefined;
  const owner = parseOwner(found.text);
  const heardMs = Math.max(Date.now() - found.at, 0);
  return {
    id: createHash("sha256").update(found.text).digest("hex").slice(0, 16),
    holder:
      owner === undefined ? undefined : { ...owner, heardMs, standing: standingOf(owner, await sight(owner, heardMs)) },
  };
}

/** Text and time of one and the same file, whatever is put in its place meanwhile. */
async function readWithTime(path: string): Promise<{ readonly text: string; readonly at: number } | undefined> {
  return withPlainFile(path, async (file, { mtimeMs, size }) => ({
    text: size > MAX_LOCK_BYTES ? "" : await file.readFile("utf8"),
    at: mtimeMs,
  })).catch((error: unknown) => {
    if (hasCode(error, "ENOENT")) return undefined;
    if (error instanceof BraidError)
      throw new BraidError(
        failure("disk.denied", `${path} is no file, and a lock belongs there.`, {
          hint: "Move it away, then try again.",
        }),
      );
    throw error;
  });
}

/** What tells the lock that stands from the next one in its place; "" where none can be seen. */
function lookAt(path: string): string {
  try {
    return sightOf(path, { follow: false });
  } catch {
    return "";
  }
}

async function readIfThere(path: string): Promise<string> {
  return readPlainFile(path, MAX_LOCK_BYTES).then(
    (bytes) => bytes.toString("utf8"),
    (error: unknown) => {
      if (hasCode(error, "ENOENT")) return "";
      throw error;
    },
  );
}

/** A lock is a few hundred bytes. */
const MAX_LOCK_BYTES = 65_536;

/** Undefined for what a power cut left: an empty file, or half of one. */
function parseOwner(text: string): LockOwner | undefined {
  try {
    return LockOwner.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}
