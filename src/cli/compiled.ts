import { lstatSync, mkdirSync, type Stats } from "node:fs";
import { homedir } from "node:os";
import { isAbsolute, join } from "node:path";

/**
 * The folder for what was compiled of the command line, in the user's own cache: what lies there is run. Undefined where it is not to be
 * had, or others may write to it. Never throws.
 */
export function compiledDir(env: Readonly<Record<string, string | undefined>>): string | undefined {
  try {
    const dir = join(env["XDG_CACHE_HOME"] || join(homedir(), ".cache"), "braid", "compiled");
    // One that is not absolute says nothing (XDG base directories): it would lead into whatever repository this is.
    if (!isAbsolute(dir)) return undefined;
    mkdirSync(dir, { recursive: true, mode: 0o700 });
    const stats = lstatSync(dir);
    return stats.isDirectory() && isOwn(stats) ? dir : undefined;
  } catch {
    // It starts as it would have without.
    return undefined;
  }
}

/** Whether something is the user's, and nobody else may write to it. */
export function isOwn({ uid, mode }: Pick<Stats, "uid" | "mode">): boolean {
  // Windows has neither owners nor modes of this kind; a user's own profile is closed there.
  return process.getuid === undefined || (uid === process.getuid() && (mode & 0o022) === 0);
}
