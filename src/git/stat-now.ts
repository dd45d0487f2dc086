import { lstatSync, statSync, type BigIntStats } from "node:fs";
import { hasCode } from "../util/system-error";

/**
 * Looks at a file without leaving the thread; undefined where there is none. For files of ours and of git's, looked at many times a
 * second: the look takes 2 µs, the way to another thread and back 30 to 200, most of it spent here (Node 20 on Linux, measured). A link
 * is looked at itself, or with `follow` what it leads to. Throws the file system's other errors.
 */
export function statNow(path: string, { follow = false } = {}): BigIntStats | undefined {
  try {
    return (follow ? statSync : lstatSync)(path, { bigint: true, throwIfNoEntry: false });
  } catch (error) {
    if (hasCode(error, "ENOTDIR")) return undefined;
    throw error;
  }
}

/**
 * What tells a file from what was put in its place, and from itself before a change; "" where there is none. A link is looked at as
 * {@link statNow} looks at it. Throws as it does.
 */
export function sightOf(path: string, how: { readonly follow: boolean }): string {
  const stats = statNow(path, how);
  return stats === undefined ? "" : `${stats.dev} ${stats.ino} ${stats.size} ${stats.mtimeNs} ${stats.ctimeNs}`;
}
