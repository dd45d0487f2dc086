import { appendFile, mkdir, open, rename, type FileHandle } from "node:fs/promises";
import { dirname } from "node:path";
import type { RecordedEvent, RunEvent } from "../../core/state/events";
import { BraidError, failure, toFailure } from "../../core/failure";
import { readPlainFile } from "../../git/plain-file";
import { firstContradiction } from "../../core/state/log-gap";
import { readLines, toLine, type Damage, type JournalContent } from "./journal-lines";
import { hasCode } from "../../util/system-error";

interface JournalOptions {
  readonly renew?: boolean;
  readonly refusal?: () => Promise<BraidError | undefined>;
}

/**
 * A run's append-only log. `append` resolves when the event is on disk; events handed in while the disk is busy go
 * there together with one fsync.
 */
export class Journal {
  readonly #file: FileHandle;
  readonly #now: () => number;
  readonly #refusal: () => Promise<BraidError | undefined>;
  #queue: { readonly event: RunEvent; resolve(recorded: RecordedEvent): void; reject(error: unknown): void }[] = [];
  #flushing: Promise<void> | undefined;
  #bytes: number;
  #seq: number;
  /** A write failed and what it left behind still stands in the file. */
  #torn = false;

  private constructor(
    file: FileHandle,
    now: () => number,
    content: JournalContent,
    refusal: () => Promise<BraidError | undefined>,
  ) {
    this.#file = file;
    this.#now = now;
    this.#refusal = refusal;
    this.#bytes = content.bytes;
    this.#seq = content.events.at(-1)?.seq ?? 0;
  }

  /**
   * Opens or creates a journal for writing and cuts a torn tail. `renew` puts a copy in its place, so that who still has the old
   * one open writes into nothing; `refusal` says why nothing may be written any more. Throws `journal.corrupt`, `journal.newer`, `disk.*`.
   */
  static async open(
    path: string,
    now: () => number,
    { renew = false, refusal = async () => undefined }: JournalOptions = {},
  ): Promise<{ readonly journal: Journal } & Pick<JournalContent, "events" | "damage">> {
    try {
      await mkdir(dirname(path), { recursive: true, mode: 0o700 });
      const content = await readJournal(path);
      if (renew) {
        await keepTail(path, content.bytes);
        await putCopy(path, content.bytes);
      }
      const file = await open(path, "a", 0o600);
      try {
        await keepTail(path, content.bytes);
        await file.truncate(content.bytes);
      } catch (error) {
        await file.close();
        throw error;
      }
      if (content.bytes === 0) await syncNames(path);
      return { journal: new Journal(file, now, content, refusal), events: content.events, damage: content.damage };
    } catch (error) {
      throw new BraidError(toFailure(error), { cause: error });
    }
  }

  /** Writes one event. Rejects with `disk.full` or `disk.denied`; the file then ends where it did before. */
  append(event: RunEvent): Promise<RecordedEvent> {
    return new Promise((resolve, reject) => {
      this.#queue.push({ event, resolve, reject });
      // What is handed in at the same moment belongs together: it goes by one write.
      this.#flushing ??= Promise.resolve().then(() => this.#flush());
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
        const refusal = await this.#refusal();
        if (refusal !== undefined) throw refusal;
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

/**
 * Reads a journal without touching it. A missing file is an empty one. What is damaged but leaves no doubt is passed over and
 * told in `damage`. Throws `journal.corrupt` where the rest would not make sense, and `journal.newer`.
 */
export async function readJournal(path: string): Promise<JournalContent> {
  const read = readLines(await bytesOf(path));
  const newer = read.damage.find((damage) => damage.kind === "newer" || damage.kind === "unknown");
  if (newer !== undefined) {
    const what = newer.kind === "newer" ? `format ${newer.version}` : "an event this one does not know";
    throw new BraidError(
      failure("journal.newer", `${path}, line ${newer.line}, was written by a newer Braid (${what}).`, {
        hint: "Update Braid to open this run.",
      }),
    );
  }
  const isMissed = read.damage.some(({ kind }) => kind === "missing");
  const unsure = isMissed ? firstContradiction(read.events) : undefined;
  const isEmptied = read.events.length === 0 && read.damage.length > 0;
  if (isEmptied || unsure !== undefined || read.damage.some(({ kind }) => kind === "contradiction"))
    throw new BraidError(
      failure(
        "journal.corrupt",
        `${path} is damaged (${describeDamage(read.damage)}), and what is left of it does not make sense${unsure === undefined ? "" : ` from event ${unsure} on`}.`,
        { hint: "The results are still in git under refs/braid/; start a new run from the plan." },
      ),
    );
  return read;
}

/** Damage in words: `line 17 cannot be read; event 17 is missing`. */
export function describeDamage(damage: readonly Damage[]): string {
  return damage.map(wordsFor).join("; ");
}

function wordsFor(damage: Damage): string {
  switch (damage.kind) {
    case "unreadable":
      return `line ${damage.line} cannot be read`;
    case "missing":
      return damage.from === damage.to
        ? `event ${damage.from} is missing`
        : `events ${damage.from} to ${damage.to} are missing`;
    case "repeated":
      return `line ${damage.line} repeats an earlier one`;
    case "contradiction":
      return `line ${damage.line} contradicts an earlier one`;
    case "out-of-order":
      return `line ${damage.line} stands too late`;
    case "newer":
      return `line ${damage.line} is of a newer format`;
    case "unknown":
      return `line ${damage.line} tells of something newer`;
  }
}

/** No run has a longer log. */
const MAX_BYTES = 512 * 1024 ** 2;

async function bytesOf(path: string): Promise<Buffer> {
  return readPlainFile(path, MAX_BYTES).catch((error: unknown) => {
    if (hasCode(error, "ENOENT")) return Buffer.alloc(0);
    if (error instanceof BraidError)
      throw new BraidError(
        failure("journal.corrupt", `${path} is a folder, a link or too large, and the log of a run belongs there.`, {
          hint: "The results are still in git under refs/braid/; start a new run from the plan.",
        }),
      );
    throw error;
  });
}

/** What is cut off may have been whole once: beside the journal it can still be read. */
async function keepTail(path: string, bytes: number): Promise<void> {
  const tail = (await bytesOf(path)).subarray(bytes);
  if (tail.some((byte) => byte !== 0)) await appendFile(`${path}.cut`, tail, { mode: 0o600 }).catch(() => undefined);
}

async function putCopy(path: string, bytes: number): Promise<void> {
  const copy = await open(`${path}.copy`, "w", 0o600);
  try {
    await copy.writeFile((await bytesOf(path)).subarray(0, bytes));
    await copy.sync();
  } finally {
    await copy.close();
  }
  await rename(`${path}.copy`, path);
  await syncNames(path);
}

/** A new file outlives a power cut only when the folders that name it are on disk. Not every system can do that. */
async function syncNames(path: string): Promise<void> {
  for (const dir of [dirname(path), dirname(dirname(path))]) {
    const folder = await open(dir, "r").catch(() => undefined);
    await folder?.sync().catch(() => undefined);
    await folder?.close();
  }
}
