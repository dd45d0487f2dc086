import { mkdir, open, type FileHandle } from "node:fs/promises";
import { dirname } from "node:path";
import { crc32 } from "node:zlib";
import { readPlainFile } from "../../git/plain-file";
import type { ModelReply } from "../../model/model";
import { hasCode } from "../../util/system-error";

/** The version of the lines this Braid writes; a file of another one is not gone on with. */
const VERSION = 1;

/** What a worker's record is made of, in the order it happened. */
export type TurnEntry =
  /** What something came to that must not be done, or paid for, a second time; `what` names it. */
  | { readonly kind: "effect"; readonly what: string; readonly value: unknown }
  /** An answer of the model, word for word. */
  | { readonly kind: "reply"; readonly reply: ModelReply }
  /** All effects up to here are whole. `tree` is what the worktree holds: null as at its start, undefined where it could not be kept. */
  | { readonly kind: "settled"; readonly tree?: string | null };

/** What a record holds: entries that follow from each other, or nothing where it cannot be trusted. */
export type TurnRecord =
  | { readonly kind: "whole"; readonly entries: readonly TurnEntry[]; readonly bytes: number }
  | { readonly kind: "damaged"; readonly line: number };

/** Reads a record. One that is not there is empty; effects behind the last answer or settled turn never were. */
export async function readTurns(path: string): Promise<TurnRecord> {
  const content = await readPlainFile(path).catch((error: unknown) => {
    if (hasCode(error, "ENOENT")) return Buffer.alloc(0);
    throw error;
  });
  const all: TurnEntry[] = [];
  let whole = { count: 0, bytes: 0 };
  for (let start = 0, end = content.indexOf(10); end !== -1; start = end + 1, end = content.indexOf(10, start)) {
    const entry = parseLine(content.toString("utf8", start, end), all.length + 1);
    if (entry === undefined) return { kind: "damaged", line: all.length + 1 };
    all.push(entry);
    if (entry.kind !== "effect") whole = { count: all.length, bytes: end + 1 };
  }
  return { kind: "whole", entries: all.slice(0, whole.count), bytes: whole.bytes };
}

/** Appends to a record, which ends after `bytes` and `count` lines; resolves when it is on disk. */
export interface TurnFile {
  append(entries: readonly TurnEntry[]): Promise<void>;
}

/** How long a file is held open for the next line, in milliseconds. */
const IDLE_MS = 1_000;

/**
 * Opens a record behind what {@link readTurns} found; the file is made with the first line, and let go where no other follows for a
 * while. Throws the file system's errors, and what `mayWrite` rejects with.
 */
export function openTurnFile(
  path: string,
  at: { readonly bytes: number; readonly lines: number },
  mayWrite: () => Promise<void> = async () => undefined,
): TurnFile {
  let { bytes, lines } = at;
  let file: FileHandle | undefined;
  let idle: NodeJS.Timeout | undefined;
  const opened = async (): Promise<FileHandle> => {
    if (file !== undefined) return file;
    await mkdir(dirname(path), { recursive: true, mode: 0o700 });
    const fresh = await open(path, "a", 0o600);
    try {
      // Whatever a crash or a full disk left behind the last whole line.
      await fresh.truncate(bytes);
    } catch (error) {
      await fresh.close();
      throw error;
    }
    file = fresh;
    return fresh;
  };
  const close = async (): Promise<void> => {
    const old = file;
    file = undefined;
    await old?.close().catch(() => undefined);
  };
  return {
    async append(entries) {
      const text = Buffer.from(entries.map((entry, i) => toLine(entry, lines + i + 1)).join(""), "utf8");
      await mayWrite();
      clearTimeout(idle);
      const to = await opened();
      try {
        await to.appendFile(text);
        await to.datasync();
      } catch (error) {
        // What it left is cut off by who opens the file again.
        await close();
        throw error;
      }
      idle = setTimeout(() => void close(), IDLE_MS).unref();
      bytes += text.length;
      lines += entries.length;
    },
  };
}

function toLine(entry: TurnEntry, line: number): string {
  return `${JSON.stringify({ v: VERSION, crc: sumOf(entry, line), entry })}\n`;
}

function parseLine(text: string, line: number): TurnEntry | undefined {
  try {
    const { v, crc, entry }: { v?: unknown; crc?: unknown; entry: TurnEntry } = JSON.parse(text);
    return v === VERSION && crc === sumOf(entry, line) ? entry : undefined;
  } catch {
    return undefined;
  }
}

function sumOf(entry: TurnEntry, line: number): string {
  return crc32(JSON.stringify([VERSION, line, entry]))
    .toString(16)
    .padStart(8, "0");
}
