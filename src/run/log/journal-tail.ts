import type { RecordedEvent } from "../../core/state/events";
import { withPlainFile } from "../../git/plain-file";
import { readJournal } from "./journal";
import { readLines, toLine } from "./journal-lines";

/** Bytes before a place by which it is known again: of a line, more than its sum, number and time. */
const MARK_BYTES = 256;

/** How far a log has been read. */
export interface Place {
  /** The file, since a log that changes hands is a copy of what it was. */
  readonly file: string;
  /** Bytes up to the end of the last event, the last of them, and that event's number. */
  readonly bytes: number;
  readonly before: Buffer;
  readonly seq: number;
}

/** What was read of a log, and how far that is. */
export interface ReadOn {
  /** Those behind the place that was gone on from, or all. */
  readonly events: readonly RecordedEvent[];
  readonly isWhole: boolean;
  readonly place: Place;
}

/**
 * Reads on in a log from a place in it, at the cost of what is new. One that was cut, replaced or damaged since is read whole, as
 * without a place. Throws as {@link readJournal} does.
 */
export async function readOn(path: string, from?: Place): Promise<ReadOn> {
  return (from === undefined ? undefined : await readBehind(path, from)) ?? readWhole(path);
}

async function readWhole(path: string): Promise<ReadOn> {
  const { events, bytes } = await readJournal(path);
  const last = events.at(-1);
  const line = last === undefined ? Buffer.alloc(0) : Buffer.from(toLine(last)).subarray(-MARK_BYTES);
  const there = await readAt(path, bytes - line.length, bytes).catch(() => undefined);
  // Where something else stands there by now, as in a log whose lines are not in order, there is nothing to go on from.
  const before = there?.content.equals(line) === true ? line : Buffer.alloc(0);
  return { events, isWhole: true, place: { file: there?.file ?? "", bytes, before, seq: last?.seq ?? 0 } };
}

async function readBehind(path: string, from: Place): Promise<ReadOn | undefined> {
  const start = from.bytes - from.before.length;
  const read = await readAt(path, start).catch(() => undefined);
  if (read === undefined || read.file !== from.file || from.before.length === 0) return undefined;
  if (!read.content.subarray(0, from.before.length).equals(from.before)) return undefined;
  const { events, bytes, damage } = readLines(read.content.subarray(from.before.length), from.seq);
  if (damage.length > 0) return undefined;
  const end = from.before.length + bytes;
  const before = Buffer.from(read.content.subarray(Math.max(0, end - MARK_BYTES), end));
  return {
    events,
    isWhole: false,
    place: { file: read.file, bytes: from.bytes + bytes, before, seq: events.at(-1)?.seq ?? from.seq },
  };
}

/** The bytes of a file from `start` to `end`, or to its end; and what tells the file from another of its name. */
async function readAt(
  path: string,
  start: number,
  end?: number,
): Promise<{ readonly file: string; readonly content: Buffer }> {
  return withPlainFile(path, async (handle, { dev, ino, size }) => {
    const content = Buffer.alloc(Math.max(0, Math.min(end ?? size, size) - start));
    const { bytesRead } = await handle.read(content, 0, content.length, start);
    return { file: `${dev} ${ino}`, content: content.subarray(0, bytesRead) };
  });
}
