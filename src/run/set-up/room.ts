import { statfs } from "node:fs/promises";
import { eachRecord } from "../../agent/process";
import type { CopyOutcome } from "./copy-tree";

/** Left free on the disk after a copy, in bytes: others write too. */
const KEPT_FREE_BYTES = 1024 ** 3;
const TIMEOUT_MS = 60_000;
/** How large folders are; measured once per process, as `du` walks all of it. */
const sizes = new Map<string, Promise<number>>();

/** Whether a copy of `from` has room on the disk of `to`. */
export async function roomFor(from: string, to: string, signal: AbortSignal): Promise<CopyOutcome> {
  const { bavail, bsize } = await statfs(to);
  const free = bavail * bsize;
  let size = sizes.get(from);
  if (size === undefined) {
    size = folderSize(from, signal);
    sizes.set(from, size);
    size.catch(() => sizes.delete(from));
  }
  const needed = await size;
  if (needed + KEPT_FREE_BYTES <= free) return { ok: true };
  return { ok: false, reason: `needs ${megabytes(needed)}, and the disk has ${megabytes(free)} left` };
}

/** What a folder takes on the disk, in bytes; 0 where it cannot be told. Links are not followed. */
export async function folderSize(folder: string, signal: AbortSignal): Promise<number> {
  let kilobytes = 0;
  await eachRecord(
    "du",
    ["-sk", "--", folder],
    { cwd: "/", env: { PATH: "/usr/bin:/bin", LC_ALL: "C" }, separator: "\n", timeoutMs: TIMEOUT_MS, signal },
    (line) => {
      kilobytes = Number.parseInt(line, 10) || 0;
      return undefined;
    },
  );
  return kilobytes * 1024;
}

function megabytes(bytes: number): string {
  return `${Math.ceil(bytes / 1024 ** 2).toLocaleString("en")} MB`;
}
