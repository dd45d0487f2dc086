import { mkdir, open, readFile, type FileHandle } from "node:fs/promises";
import { dirname } from "node:path";
import { crc32 } from "node:zlib";
import type { RecordedEvent, RunEvent } from "../core/events";
import { BraidError, failure, toFailure } from "../core/failure";

/** The version of the line format this Braid writes, and the newest it reads. */
const VERSION = 1;

/** What a journal file holds: its whole lines, and how many bytes of it they are. */
export interface JournalContent {
  readonly events: readonly RecordedEvent[];
  /** Bytes up to the end of the last whole line; what is behind them was being written when the power went. */
  readonly bytes: number;
}

/**
 * A run's append-only log. `append` resolves when the event is on disk; events handed in while the disk is busy go
 * there together with one fsync.
 */
export class Journal {
  readonly #file: FileHandle;
  readonly #now: () => number;
  #queue: { readonly event: RunEvent; resolve(recorded: RecordedEvent): void; reject(error: unknown): void }[] = [];
  #flushing: Promise<void> | undefined;
  #bytes: number;
  #seq: number;
  /** A write failed and what it left behind still stands in the file. */
  #torn = false;

  private constructor(file: FileHandle, now: () => number, content: JournalContent) {
    this.#file = file;
    this.#now = now;
    this.#bytes = content.bytes;
    this.#seq = content.events.at(-1)?.seq ?? 0;
  }

  /** Opens or creates a journal for writing and cuts a torn tail. Throws `journal.corrupt`, `journal.newer`, `disk.*`. */
  static async open(
    path: string,
    now: () => number,
  ): Promise<{ readonly journal: Journal; readonly events: readonly RecordedEvent[] }> {
    try {
      await mkdir(dirname(path), { recursive: true, mode: 0o700 });
      const content = await readJournal(path);
      const file = await open(path, "a", 0o600);
      try {
        await file.truncate(content.bytes);
      } catch (error) {
        await file.close();
        throw error;
      }
      if (content.bytes === 0) await syncNames(path);
      return { journal: new Journal(file, now, content), events: content.events };
    } catch (error) {
      throw new BraidError(toFailure(error), { cause: error });
    }
  }

  /** Writes one event. Rejects with `disk.full` or `disk.denied`; the file then ends where it did before. */
  append(event: RunEvent): Promise<RecordedEvent> {
    return new Promise((resolve, reject) => {
      this.#queue.push({ event, resolve, reject });
      this.#flushing ??= this.#flush();
    });
  }

  /** Waits for what is under way and closes the file. */
  async close(): Promise<void> {
    await this.#flushing;
    await this.#file.close();
  }

  async #flush(): Promise<void> {
    while (this.#queue.length > 0) {
      const batch = this.#queue;
      this.#queue = [];
      try {
        const at = this.#now();
        const recorded = batch.map(({ event }, i) => ({ seq: this.#seq + i + 1, at, event }));
        const bytes = Buffer.from(recorded.map(toLine).join(""), "utf8");
        await this.#cutTail();
        this.#torn = true;
        await this.#file.appendFile(bytes);
        await this.#file.datasync();
        this.#torn = false;
        this.#bytes += bytes.length;
        this.#seq += batch.length;
        batch.forEach((entry, i) => recorded[i] !== undefined && entry.resolve(recorded[i]));
      } catch (error) {
        await this.#cutTail().catch(() => undefined);
        for (const entry of batch) entry.reject(new BraidError(toFailure(error), { cause: error }));
      }
    }
    this.#flushing = undefined;
  }

  /** Takes back what a failed write left. Until that has worked nothing is written behind it: it would not replay. */
  async #cutTail(): Promise<void> {
    if (!this.#torn) return;
    await this.#file.truncate(this.#bytes);
    this.#torn = false;
  }
}

/** Reads a journal without touching it. A missing file is an empty one. Throws `journal.corrupt`, `journal.newer`. */
export async function readJournal(path: string): Promise<JournalContent> {
  const content = await readFile(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return Buffer.alloc(0);
    throw error;
  });
  const events: RecordedEvent[] = [];
  let start = 0;
  for (let end = content.indexOf(10, start); end !== -1; end = content.indexOf(10, start)) {
    const recorded = parseLine(content.toString("utf8", start, end));
    if (recorded === "newer")
      throw new BraidError(
        failure("journal.newer", `${path} was written by a newer Braid.`, { hint: "Update Braid to open this run." }),
      );
    if (recorded === undefined || recorded.seq !== events.length + 1) {
      // Only the last line can be torn; damage before it is not ours to guess about.
      if (content.indexOf(10, end + 1) === -1) break;
      throw new BraidError(
        failure("journal.corrupt", `${path}, line ${events.length + 1}, is damaged.`, {
          hint: "The results are still in git under refs/braid/; start a new run from the plan.",
        }),
      );
    }
    events.push(recorded);
    start = end + 1;
  }
  return { events, bytes: start };
}

/** A new file outlives a power cut only when the folders that name it are on disk. Not every system can do that. */
async function syncNames(path: string): Promise<void> {
  for (const dir of [dirname(path), dirname(dirname(path))]) {
    const folder = await open(dir, "r").catch(() => undefined);
    await folder?.sync().catch(() => undefined);
    await folder?.close();
  }
}

function toLine(recorded: RecordedEvent): string {
  return `${JSON.stringify({ v: VERSION, crc: checksum(recorded), ...recorded })}\n`;
}

function parseLine(line: string): RecordedEvent | "newer" | undefined {
  try {
    const { v, crc, seq, at, event }: { v?: unknown; crc?: unknown; seq: number; at: number; event: RunEvent } =
      JSON.parse(line);
    if (typeof v === "number" && v > VERSION) return "newer";
    const recorded = { seq, at, event };
    return crc === checksum(recorded) ? recorded : undefined;
  } catch {
    return undefined;
  }
}

function checksum({ seq, at, event }: RecordedEvent): string {
  return crc32(JSON.stringify([seq, at, event]))
    .toString(16)
    .padStart(8, "0");
}
