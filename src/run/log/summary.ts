import { rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { crc32 } from "node:zlib";
import { RunSummary, summaryOf } from "../../core/history/run-summary";
import type { RunState } from "../../core/state/state";
import { readPlainText, withPlainFile } from "../../git/plain-file";
import type { Repository } from "../../git/repository";
import { journalPath, runDir } from "./places";

/** Of the file as a whole: another fold, another summary, another number. */
const VERSION = 3;
/** Of the log's end, in bytes, that has to be as it was. */
const TAIL_BYTES = 4_096;
/** A summary is a few kilobytes; more is none. */
const MAX_BYTES = 1_048_576;

/** The very log a summary is of: one that was written to, cut or replaced is another. */
export interface LogMark {
  readonly bytes: number;
  readonly mtimeMs: number;
  /** A sum of its last bytes. */
  readonly tail: number;
}

/**
 * What the summary beside a log says, where it is of this very log; undefined else, and the log itself tells. Never throws.
 */
export async function readSummary(repo: Repository, run: string): Promise<RunSummary | undefined> {
  const text = await readPlainText(summaryPath(repo, run), MAX_BYTES);
  try {
    const { v, crc, mark, summary }: { v?: unknown; crc?: unknown; mark?: unknown; summary?: unknown } =
      JSON.parse(text);
    if (v !== VERSION || crc !== sumOf(mark, summary)) return undefined;
    if (!isSame(await markOf(repo, run), mark)) return undefined;
    const parsed = RunSummary.safeParse(summary).data;
    // Of another run: copied there, or brought along.
    return parsed?.past.id === run ? parsed : undefined;
  } catch {
    return undefined;
  }
}

/**
 * Puts a summary of `state` beside its log, where there is something to sum up. Who does not own the run hands over what the log was like
 * before they read it: one that was written to since is not the one that `state` is of. Never throws: it can be had from the log at any
 * time.
 */
export async function keepSummary(repo: Repository, run: string, state: RunState, read?: LogMark): Promise<void> {
  const summary = summaryOf(state);
  const mark = summary === undefined ? undefined : await markOf(repo, run);
  if (mark === undefined || (read !== undefined && !isSame(read, mark))) return;
  const path = summaryPath(repo, run);
  const draft = `${path}.${process.pid}.new`;
  try {
    const text = JSON.stringify({ v: VERSION, crc: sumOf(mark, summary), mark, summary });
    await writeFile(draft, text, { flag: "wx", mode: 0o600 });
    await rename(draft, path);
  } catch {
    await rm(draft, { force: true }).catch(() => undefined);
  }
}

function summaryPath(repo: Repository, run: string): string {
  return join(runDir(repo, run), "summary.json");
}

/** What a run's log is like now; undefined where there is none that can be read. Never throws. */
export function markOf(repo: Repository, run: string): Promise<LogMark | undefined> {
  return withPlainFile(journalPath(repo, run), async (file, { size, mtimeMs }) => {
    const length = Math.min(size, TAIL_BYTES);
    const { buffer, bytesRead } = await file.read(Buffer.alloc(length), 0, length, size - length);
    return { bytes: size, mtimeMs, tail: crc32(buffer.subarray(0, bytesRead)) };
  }).catch(() => undefined);
}

function isSame(one: unknown, other: unknown): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}

function sumOf(mark: unknown, summary: unknown): number {
  return crc32(JSON.stringify([VERSION, mark, summary]));
}
