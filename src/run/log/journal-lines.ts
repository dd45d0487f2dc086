import { crc32 } from "node:zlib";
import type { RecordedEvent, RunEvent } from "../../core/state/events";
import { isKnownEvent } from "../../core/state/known-event";

/** The version of the line format this Braid writes, and the newest it reads. */
export const VERSION = 2;

/**
 * What became of each version of the format: how its lines were summed, and what makes today's event of one of its events. A new
 * version adds a row, and changes the rows before it where an event changed its meaning.
 */
const FORMATS: Readonly<
  Record<number, { readonly summed: (line: RecordedEvent) => unknown; readonly migrate: (event: RunEvent) => RunEvent }>
> = {
  1: { summed: ({ seq, at, event }) => [seq, at, event], migrate: (event) => event },
  // The version is part of the sum: no flipped bit makes a line pass for another format's.
  2: { summed: ({ seq, at, event }) => [2, seq, at, event], migrate: (event) => event },
};

/** Something in a journal that is not as it was written. `line` counts from 1. */
export type Damage =
  /** Cannot be read. */
  | { readonly kind: "unreadable"; readonly line: number }
  /** Events that stand on no line, by number. */
  | { readonly kind: "missing"; readonly from: number; readonly to: number }
  /** Stands there twice, word for word. */
  | { readonly kind: "repeated"; readonly line: number }
  /** Another event of the same number. */
  | { readonly kind: "contradiction"; readonly line: number }
  /** Behind later ones. */
  | { readonly kind: "out-of-order"; readonly line: number }
  /** Written by a newer Braid. */
  | { readonly kind: "newer"; readonly line: number; readonly version: number }
  /** An event this Braid does not know, as written as ours are: a newer one's as well. */
  | { readonly kind: "unknown"; readonly line: number };

/** What a journal holds. */
export interface JournalContent {
  /** The events that can be read, by number; with a gap where one is `missing`. */
  readonly events: readonly RecordedEvent[];
  /** Bytes up to the end of the last line that can be read; what is behind was being written when the power went. */
  readonly bytes: number;
  readonly damage: readonly Damage[];
}

/** One event as a line of the journal. */
export function toLine(recorded: RecordedEvent): string {
  return `${JSON.stringify({ v: VERSION, crc: sumOf(VERSION, recorded), ...recorded })}\n`;
}

/**
 * Reads a journal's bytes. Never throws: what is not as it was written is `damage`, but for the half line a crash leaves at the
 * end, which nobody was told is there. `after` is the number of the event before them, of which the bytes are a continuation.
 */
export function readLines(content: Buffer, after = 0): JournalContent {
  const found = new Map<number, RecordedEvent>();
  const damage: Damage[] = [];
  let bytes = 0;
  let last = after;
  let line = 0;
  for (let start = 0, end = content.indexOf(10); end !== -1; start = end + 1, end = content.indexOf(10, start)) {
    line += 1;
    const read = parseLine(content.toString("utf8", start, end));
    if (read === undefined) {
      damage.push({ kind: "unreadable", line });
      continue;
    }
    if (typeof read === "number") {
      damage.push({ kind: "newer", line, version: read });
      continue;
    }
    if (!isKnownEvent(read.event)) {
      damage.push({ kind: "unknown", line });
      continue;
    }
    bytes = end + 1;
    const known = found.get(read.seq);
    if (known !== undefined)
      damage.push({ kind: JSON.stringify(known) === JSON.stringify(read) ? "repeated" : "contradiction", line });
    else found.set(read.seq, read);
    if (known === undefined && read.seq < last) damage.push({ kind: "out-of-order", line });
    last = Math.max(last, read.seq);
  }
  const events = [...found.values()].toSorted((a, b) => a.seq - b.seq);
  return { events, bytes, damage: [...damage, ...gapsIn(events, after)] };
}

function gapsIn(events: readonly RecordedEvent[], after: number): readonly Damage[] {
  return events.flatMap(({ seq }, i): readonly Damage[] => {
    const before = events[i - 1]?.seq ?? after;
    return seq === before + 1 ? [] : [{ kind: "missing", from: before + 1, to: seq - 1 }];
  });
}

/** The event, the version of a line of a newer format, or undefined for what was never written so. */
function parseLine(line: string): RecordedEvent | number | undefined {
  try {
    const { v, crc, seq, at, event }: { v?: unknown; crc?: unknown; seq: number; at: number; event: RunEvent } =
      JSON.parse(line);
    if (typeof v !== "number" || !Number.isSafeInteger(seq) || seq < 1) return undefined;
    if (v > VERSION) return v;
    const recorded = { seq, at, event };
    // A version that never was has no sum, and a line may have none as well.
    return crc !== undefined && crc === sumOf(v, recorded)
      ? { seq, at, event: FORMATS[v]?.migrate(event) ?? event }
      : undefined;
  } catch {
    return undefined;
  }
}

function sumOf(version: number, recorded: RecordedEvent): string | undefined {
  const format = FORMATS[version];
  if (format === undefined) return undefined;
  return crc32(JSON.stringify(format.summed(recorded)))
    .toString(16)
    .padStart(8, "0");
}
