import { found, ok, type Diagnosis } from "./diagnosis";

/** The longest path Windows takes where long paths are not switched on, and what most other systems take, in bytes. */
const WINDOWS_MAX_PATH = 259;
const MAX_PATH = 4_095;
const MAX_NAME = 255;

/** What decides whether every file of a commit fits into a worktree. */
export interface PathFacts {
  readonly windows: boolean;
  /** Whether Windows itself takes long paths; git always does, by a setting of Braid's. */
  readonly longPaths: boolean;
  /** Length of a worktree's own path, in bytes. */
  readonly rootBytes: number;
  readonly paths: readonly string[];
}

/** Judges whether the paths of a commit fit into a worktree. */
export function judgeLengths({ windows, longPaths, rootBytes, paths }: PathFacts): Diagnosis {
  let [longest, longestBytes, name] = ["", 0, ""];
  for (const path of paths) {
    const bytes = utf8Length(path);
    if (bytes > longestBytes) [longest, longestBytes] = [path, bytes];
    if (bytes > MAX_NAME) name = path.split("/").find((part) => utf8Length(part) > MAX_NAME) ?? name;
  }
  const total = rootBytes + 1 + longestBytes;
  if (name !== "")
    return found(
      "problem",
      `A file name is longer than file systems take (${utf8Length(name)} bytes).`,
      undefined,
      name,
    );
  const most = windows && !longPaths ? WINDOWS_MAX_PATH : MAX_PATH;
  if (total <= most) return ok(`The longest path in a worktree has ${total} bytes.`);
  return found(
    windows ? "warning" : "problem",
    `The longest path in a worktree would have ${total} bytes, and ${most} are taken here.`,
    windows
      ? {
          text: "Switch long paths on in Windows, or set a shorter folder for worktrees",
          setting: "braid.worktree.directory",
        }
      : { text: "Set a shorter folder for worktrees.", setting: "braid.worktree.directory" },
    longest,
  );
}

/** Judges paths that are one and the same where letter case does not count. */
export function judgeCase(sensitive: boolean, paths: readonly string[]): Diagnosis {
  if (sensitive) return ok("The worktree folder tells upper from lower case.");
  const same = caseCollisions(paths);
  if (same.length === 0)
    return ok("The worktree folder does not tell upper from lower case, and no two paths differ in that alone.");
  return found(
    "warning",
    `The worktree folder does not tell upper from lower case, and ${same.length} paths differ in that alone; workers would see one of each.`,
    { text: "Rename them, or set a folder on a case-sensitive file system.", setting: "braid.worktree.directory" },
    same.map((pair) => pair.join(" and ")).join("\n"),
  );
}

/** Paths and folders that differ in letter case alone, in pairs. */
export function caseCollisions(paths: readonly string[]): readonly (readonly [string, string])[] {
  const seen = new Map<string, string>();
  const pairs = new Map<string, readonly [string, string]>();
  for (const path of paths)
    for (let end = path.indexOf("/"); ; end = path.indexOf("/", end + 1)) {
      const part = end === -1 ? path : path.slice(0, end);
      const key = part.normalize("NFC").toLowerCase();
      const known = seen.get(key);
      if (known === undefined) seen.set(key, part);
      else if (known !== part && !pairs.has(key)) pairs.set(key, [known, part]);
      if (end === -1) break;
    }
  return [...pairs.values()];
}

function utf8Length(text: string): number {
  let bytes = 0;
  for (const character of text) {
    const code = character.codePointAt(0) ?? 0;
    bytes += code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
  }
  return bytes;
}
