import { watch, type FSWatcher } from "node:fs";
import { constants, lstat, mkdir, open, readdir, rename, rm, stat, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { BraidError, failure, toFailure } from "../../core/failure";
import { sleep } from "../../util/abort";
import { inTurn } from "../../util/in-turn";
import {
  isCommandFile,
  MAX_COMMAND_BYTES,
  replyFile,
  SentCommand,
  type Reply,
  type SteeringCommand,
} from "./inbox-command";
import { hasCode } from "../../util/system-error";

/** A reply nobody has fetched by then is thrown away, in milliseconds. */
const REPLY_KEPT_MS = 10 * 60_000;

/** How often an inbox is looked at that cannot be watched: a system has only so many watches. */
const LOOK_MS = 1_000;

/** An inbox that is gone is made anew after this time, in milliseconds. */
const ANEW_MS = 500;

/** Commands that wait for none before them: who cancels must not wait for what is to be cancelled. */
const HURRIED: ReadonlySet<SteeringCommand["type"]> = new Set(["cancel", "stop", "answer", "allow"]);

/** The owner's end of a run's inbox, until it is closed. */
export interface Inbox {
  /** Reads nothing more; resolves when what was being carried out has its reply. */
  close(): Promise<void>;
}

/** What an inbox needs of its run. */
export interface InboxOptions {
  /** Carries a command out; resolves with words for its sender, rejects with a {@link BraidError} for a refusal. */
  readonly carryOut: (command: SteeringCommand) => Promise<string>;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  readonly log: (line: string) => void;
  /** Tells of a folder's changes; throws where it cannot. */
  readonly watch?: (dir: string, onChange: () => void) => FSWatcher;
}

/**
 * Hears the commands other processes put into a folder, one file each, in the order they were sent. A command is taken
 * away before it is carried out, and one that has its reply is done: none is carried out twice. Each gets a reply beside it. What lies there already is
 * read first.
 */
export async function openInbox(dir: string, options: InboxOptions): Promise<Inbox> {
  const inOrder = inTurn();
  const oneByOne = inTurn();
  const underWay = new Map<string, Promise<void>>();
  let closed = false;
  let isMade = false;
  /** Why it could not be read, as was said last. */
  let told = "";
  let looking: NodeJS.Timeout | undefined;
  const begin = (name: string, sent: SentCommand | Error): void => {
    const act = async (): Promise<string> => {
      if (sent instanceof Error) throw sent;
      if (closed) throw refusal("The process that owned the run ended before it came to the command.");
      if (options.now() > sent.until) throw refusal("The command came too late; whoever sent it has stopped waiting.");
      return options.carryOut(sent.command);
    };
    const hurries = sent instanceof Error || HURRIED.has(sent.command.type);
    const done = answer(dir, name, hurries ? act() : oneByOne(act))
      .catch((error: unknown) => options.log(`inbox: no reply to ${name}: ${toFailure(error).message}`))
      .finally(() => underWay.delete(name));
    underWay.set(name, done);
  };
  const look = (): Promise<void> =>
    inOrder(() => readInbox(dir, { begin, isUnderWay: (name) => underWay.has(name), isClosed: () => closed }));
  const soon = (): void =>
    void look()
      .then(async () => ((await identityOf(dir)) === heard ? undefined : again()))
      .catch((error: unknown) => (hasCode(error, "ENOENT") ? again() : Promise.reject(error)))
      .catch((error: unknown) => {
        const { message } = toFailure(error);
        if (message !== told) options.log(`inbox not read: ${message}`);
        told = message;
      });
  const listen = (): FSWatcher | undefined => {
    const late = (error: unknown): void => {
      options.log(`commands from other processes are heard a second late: ${toFailure(error).message}`);
      looking ??= setInterval(soon, LOOK_MS).unref();
    };
    try {
      return (options.watch ?? watch)(dir, soon).on("error", late);
    } catch (error) {
      late(error);
      return undefined;
    }
  };
  /** Somebody deleted the folder, or put another in its place. Where all of the run is gone, so be it. */
  const again = async (): Promise<void> => {
    if (isMade) return;
    isMade = true;
    watcher?.close();
    // Who deletes more than this folder is not to be hindered.
    await sleep(ANEW_MS);
    isMade = false;
    if (closed || !(await exists(dirname(dir)))) return;
    await mkdir(dir, { mode: 0o700 }).catch((error: NodeJS.ErrnoException) => {
      // Who sends a command makes the folder as well.
      if (error.code !== "EEXIST") throw error;
    });
    if (closed) return;
    watcher = listen();
    heard = await identityOf(dir);
    soon();
  };
  await mkdir(dir, { recursive: true, mode: 0o700 });
  await sweep(dir, options);
  let watcher = listen();
  let heard = await identityOf(dir);
  soon();
  return {
    async close() {
      closed = true;
      clearInterval(looking);
      watcher?.close();
      await inOrder.settled();
      await Promise.all(underWay.values());
    },
  };
}

async function readInbox(
  dir: string,
  {
    begin,
    isUnderWay,
    isClosed,
  }: {
    readonly begin: (name: string, sent: SentCommand | Error) => void;
    readonly isUnderWay: (name: string) => boolean;
    readonly isClosed: () => boolean;
  },
): Promise<void> {
  for (const name of (await readdir(dir)).filter(isCommandFile).toSorted()) {
    // What nobody has taken is its sender's to take back.
    if (isClosed()) return;
    if (isUnderWay(name) || (await exists(join(dir, replyFile(name))))) {
      await rm(join(dir, name), { recursive: true, force: true });
      continue;
    }
    const taken = takenFile(dir, name);
    try {
      await rename(join(dir, name), taken);
    } catch (error) {
      if (hasCode(error, "ENOENT")) continue;
      throw error;
    }
    begin(name, await readCommand(taken).catch(toError));
  }
}

/** Puts a reply beside a command, and the command away. */
async function answer(dir: string, name: string, said: Promise<string>): Promise<void> {
  const words = await said.then(
    (text): Reply => ({ ok: true, said: text }),
    (error: unknown): Reply => {
      const { code, message, hint } = toFailure(error);
      return { ok: false, failure: { code, message, ...(hint === undefined ? {} : { hint }) } };
    },
  );
  await reply(dir, name, words);
  await rm(takenFile(dir, name), { recursive: true, force: true });
}

/** Tells a folder from another that came to be in its place. */
async function identityOf(dir: string): Promise<string> {
  const { dev, ino, birthtimeMs } = await stat(dir);
  return [dev, ino, birthtimeMs].join(" ");
}

function takenFile(dir: string, name: string): string {
  return join(dir, `${name}.taken`);
}

function toError(error: unknown): Error {
  return error instanceof Error ? error : new BraidError(toFailure(error));
}

async function readCommand(path: string): Promise<SentCommand> {
  if (!(await lstat(path)).isFile()) throw refusal("The command is not a plain file.");
  const file = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW);
  try {
    const buffer = Buffer.alloc(MAX_COMMAND_BYTES + 1);
    const { bytesRead } = await file.read(buffer, 0, buffer.length, 0);
    if (bytesRead > MAX_COMMAND_BYTES) throw refusal(`The command is longer than ${MAX_COMMAND_BYTES} bytes.`);
    const parsed = SentCommand.safeParse(parseJson(buffer.toString("utf8", 0, bytesRead)));
    if (parsed.success) return parsed.data;
    const [issue] = parsed.error.issues;
    throw refusal(`The command is not one Braid knows: ${issue?.path.join(".") ?? ""} ${issue?.message ?? ""}`.trim());
  } finally {
    await file.close();
  }
}

/** Written aside and renamed: a reply is whole from its first moment. */
async function reply(dir: string, name: string, content: Reply): Promise<void> {
  const path = join(dir, replyFile(name));
  await writeFile(`${path}.new`, JSON.stringify(content), { mode: 0o600 });
  await rename(`${path}.new`, path);
}

/** What an owner before this one left: commands it was carrying out, replies nobody fetched, half-written files. */
async function sweep(dir: string, { now }: InboxOptions): Promise<void> {
  for (const file of await readdir(dir)) {
    const path = join(dir, file);
    const name = file.replace(/\.taken$/u, "");
    if (name !== file && isCommandFile(name)) {
      const message = "The process that owned the run ended while it carried the command out.";
      await reply(dir, name, {
        ok: false,
        failure: failure("run.interrupted", message, { hint: "See `braid status`." }),
      });
      await rm(path, { recursive: true, force: true });
    } else if (!isCommandFile(file) && (await ageOf(path, now())) > REPLY_KEPT_MS)
      await rm(path, { recursive: true, force: true });
  }
}

async function exists(path: string): Promise<boolean> {
  return lstat(path).then(
    () => true,
    () => false,
  );
}

async function ageOf(path: string, now: number): Promise<number> {
  return stat(path).then(
    ({ mtimeMs }) => now - mtimeMs,
    () => 0,
  );
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw refusal("The command is not JSON.");
  }
}

function refusal(message: string): BraidError {
  return new BraidError(failure("run.state", message, { hint: "Send it again, with this version of Braid." }));
}
