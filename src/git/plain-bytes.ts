import { writeFileSync } from "node:fs";
import { lstat, mkdir, realpath, symlink, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { unsafePathReason } from "../core/tree-path";
import { configOf } from "./git";
import { readBlobs } from "./objects";
import type { Repository } from "./repository";
import { askStanding } from "./standing";
import { statNow } from "./stat-now";
import type { TreeEntry, TreeListing } from "./tree-listing";

/*
 * Files of a worktree as git itself would write and keep them, without a process for it, where a file is what git keeps of it, byte for
 * byte. What is not of the plainest kind is left to git.
 */

/** Settings that can make two things of a file and what git keeps of it, and the value with which they do not, if there is one. */
const SETTINGS: Readonly<Record<string, string | undefined>> = {
  "core.autocrlf": "false",
  "core.symlinks": "true",
  "core.eol": undefined,
  "core.attributesfile": undefined,
  "core.sharedrepository": undefined,
};
/** Where git looks for attributes of all repositories. */
const SYSTEMS = ["/etc", "/usr/etc", "/usr/local/etc", "/opt/homebrew/etc"].map((folder) => `${folder}/gitattributes`);
/** More are written by one checkout sooner. */
const FEW = 100;
/** The most that is taken into memory at once, in bytes. */
const MAX_BYTES = 4_000_000;
/** Files up to this size are written at once, in bytes: through another thread that takes several times as long. */
const SMALL = 64_000;

/** Whether nothing changes files of this listing, or new ones beside them, on their way in and out. */
export async function areBytesPlain(repo: Repository, listing: TreeListing): Promise<boolean> {
  if (process.platform === "win32" || listing.named(".gitattributes").length > 0) return false;
  const { settings } = await configOf(repo);
  const isAsEver = ([name, harmless]: readonly [string, string | undefined]) =>
    !settings.has(name) || settings.get(name) === harmless;
  if (!Object.entries(SETTINGS).every(isAsEver) || settings.get("core.filemode") !== "true") return false;
  const { HOME: home = "/", XDG_CONFIG_HOME: xdg = join(home, ".config") } = process.env;
  const others = [join(repo.commonDir, "info/attributes"), join(xdg, "git/attributes"), ...SYSTEMS];
  // At once: they are asked for with each file, and are hardly ever there.
  try {
    return others.every((path) => statNow(path) === undefined);
  } catch {
    // What cannot be looked at is for git to judge.
    return false;
  }
}

/** Writes files below `folder`; resolves with those that are left to git, of which nothing was written. */
export async function writePlain(
  repo: Repository,
  folder: string,
  entries: readonly (readonly [path: string, entry: TreeEntry])[],
): Promise<readonly string[]> {
  if (entries.length > FEW) return entries.map(([path]) => path);
  const left: string[] = [];
  const plain = entries.filter(([path, { mode }]) => {
    const isPlain = MODES.has(mode) && unsafePathReason(path) === undefined;
    if (!isPlain) left.push(path);
    return isPlain;
  });
  const contents = await readBlobs(
    repo,
    plain.map(([, { id }]) => id),
    MAX_BYTES,
  );
  const folders = new Set<string>();
  for (const [i, [path, { mode }]] of plain.entries()) {
    const bytes = contents[i];
    if (bytes === undefined) {
      left.push(path);
      continue;
    }
    const at = join(folder, path);
    if (!folders.has(dirname(at))) await mkdir(dirname(at), { recursive: true });
    folders.add(dirname(at));
    const how = { flag: "wx", mode: mode === PROGRAM ? 0o777 : 0o666 };
    if (mode === LINK) await symlink(bytes, at);
    else if (bytes.length > SMALL) await writeFile(at, bytes, how);
    else writeFileSync(at, bytes, how);
  }
  return left;
}

/** Has git keep what stands at a path below `root`; null where nothing does, undefined where that is for git to judge. */
export async function keepPlain(repo: Repository, root: string, path: string): Promise<TreeEntry | null | undefined> {
  // Git reads a line, and takes a carriage return at its end for a part of the line's end.
  if (path.includes("\n") || path.endsWith("\r") || root.includes("\n") || unsafePathReason(path) !== undefined)
    return undefined;
  const at = join(root, path);
  const folder = await realpath(dirname(at)).catch(() => undefined);
  if (folder === undefined) return null;
  if (folder !== dirname(at)) return undefined;
  const stats = await lstat(at).catch(() => undefined);
  if (stats === undefined) return null;
  if (!stats.isFile() || (stats.mode & 0o400) === 0) return undefined;
  const id = await askStanding(repo, ["hash-object", "-w", "--no-filters", "--stdin-paths"], `${at}\n`, (bytes) => {
    const end = bytes.indexOf("\n");
    return end === -1 ? undefined : { answer: bytes.toString("latin1", 0, end), used: end + 1 };
  });
  return { mode: (stats.mode & 0o100) === 0 ? FILE : PROGRAM, id };
}

const FILE = "100644";
const PROGRAM = "100755";
const LINK = "120000";
const MODES = new Set([FILE, PROGRAM, LINK]);
