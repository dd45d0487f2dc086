import { constants, existsSync, type Stats } from "node:fs";
import { lstat, mkdir, open, readlink, realpath, type FileHandle } from "node:fs/promises";
import { join } from "node:path";
import { isGitName, refuse } from "./jail-names";
import type { Confined } from "./workspace";

/** Where a path leads, found physically and held open: nothing between here and the file can be swapped for a link. */
export interface Place {
  /** Segments below the root, free of links and "..". */
  readonly relative: readonly string[];
  /** Something to hand to `fs` that stays inside the held folder. */
  at(name: string): string;
  /** Name in the held folder; empty for the root and for a path that ended in "..". */
  readonly name: string;
  /** Undefined where nothing is there. Never a link. */
  readonly stats: Stats | undefined;
  /** Whether an open file is still where the path said; `undefined` asks about the held folder. */
  isInPlace(file?: FileHandle): Promise<boolean>;
  /** Flushes the held folder, so that a rename in it survives a power cut. */
  sync(): Promise<void>;
}

/** What a walk may do on its way. */
export interface WalkOptions {
  readonly root: string;
  /** Reading may follow links that stay inside; writing never does. */
  readonly links: "follow" | "refuse";
  /** Makes missing folders. */
  readonly create: boolean;
  readonly protect: (relative: string) => boolean;
  /** Has what belongs at a path be there, before it is looked at; no link is on the way to it. */
  readonly bring?: (relative: string) => Promise<void>;
  /** The path as the model gave it, for messages. */
  readonly label: string;
}

/** Walks `segments` from the root, one held folder at a time, and calls `use` at the end. Throws what `fs` throws. */
export async function walk<T>(
  segments: readonly string[],
  options: WalkOptions,
  use: (place: Place) => Promise<Confined<T>>,
): Promise<Confined<T>> {
  const { label } = options;
  const held: Folder[] = [await Folder.open(options.root, options.root)];
  try {
    const names: string[] = [];
    let pending = [...segments];
    let links = 0;
    for (;;) {
      const folder = held.at(-1);
      if (folder === undefined) throw new Error("walked above the root");
      const name = pending.shift();
      if (name === undefined) return await use(placeOf(folder, names, "", await lstat(folder.at("."))));
      if (name === "..") {
        if (names.pop() === undefined) return refuse("outside", `${label} is outside the worktree.`);
        await held.pop()?.close();
        continue;
      }
      const relative = [...names, name].join("/");
      if (isGitName(name)) return refuse("protected", `${label} is git's own; it is off limits.`);
      if (options.protect(relative)) return refuse("protected", `${label} is protected.`);

      await options.bring?.(relative);
      const stats = await lstat(folder.at(name)).catch(ignoreMissing);
      if (stats?.isSymbolicLink()) {
        if (options.links === "refuse") return refuse("link", `${label} leads through a symbolic link.`);
        links += 1;
        if (links > MAX_LINKS) return refuse("link", `${label} has too many symbolic links.`);
        const target = await readlink(folder.at(name));
        const inside = belowRoot(target, options.root);
        if (inside === undefined) return refuse("outside", `${label} leads outside the worktree.`);
        if (inside.absolute) {
          names.length = 0;
          for (const open of held.splice(1)) await open.close();
        }
        pending = [...inside.segments, ...pending];
        continue;
      }
      if (pending.length === 0) return await use(placeOf(folder, names, name, stats));
      if (stats === undefined) {
        if (!options.create || pending.includes("..")) return refuse("not-found", `${label} does not exist.`);
        await mkdir(folder.at(name)).catch(ignoreExisting);
      } else if (!stats.isDirectory()) return refuse("not-a-file", `${label} leads through something not a folder.`);
      names.push(name);
      held.push(await Folder.open(folder.at(name), join(options.root, ...names)));
    }
  } finally {
    for (const folder of held) await folder.close();
  }
}

const MAX_LINKS = 40;
const O_FOLDER = constants.O_RDONLY | (constants.O_DIRECTORY ?? 0) | (constants.O_NOFOLLOW ?? 0);
/** Linux resolves `/proc/self/fd/N/name` in the folder held as N: `openat`, which Node does not offer. */
const HAS_FD_PATHS = process.platform === "linux" && existsSync("/proc/self/fd");
const FOLDS_CASE = process.platform === "darwin" || process.platform === "win32";

/** A folder kept open while something happens in it. */
class Folder {
  readonly path: string;
  readonly handle: FileHandle | undefined;

  private constructor(path: string, handle: FileHandle | undefined) {
    this.path = path;
    this.handle = handle;
  }

  static async open(from: string, path: string): Promise<Folder> {
    return new Folder(path, process.platform === "win32" ? undefined : await open(from, O_FOLDER));
  }

  at(name: string): string {
    return HAS_FD_PATHS && this.handle !== undefined
      ? `/proc/self/fd/${this.handle.fd}/${name}`
      : join(this.path, name);
  }

  async close(): Promise<void> {
    await this.handle?.close();
  }
}

function placeOf(folder: Folder, names: readonly string[], name: string, stats: Stats | undefined): Place {
  const relative = name === "" ? [...names] : [...names, name];
  return {
    relative,
    at: (child) => folder.at(child),
    name,
    stats,
    isInPlace: (file) => (file === undefined ? isAt(folder.handle, folder.path) : isAt(file, join(folder.path, name))),
    sync: async () => {
      if (folder.handle !== undefined) await folder.handle.sync().catch(ignoreUnsupported);
    },
  };
}

/** Linux knows where an open file is; elsewhere the path is looked up again and compared by device and inode. */
async function isAt(handle: FileHandle | undefined, path: string): Promise<boolean> {
  if (HAS_FD_PATHS && handle !== undefined) return (await readlink(`/proc/self/fd/${handle.fd}`)) === path;
  const real = await realpath(path);
  const same = FOLDS_CASE ? real.toLowerCase() === path.toLowerCase() : real === path;
  if (!same || handle === undefined) return same;
  const [there, here] = await Promise.all([lstat(path), handle.stat()]);
  return there.dev === here.dev && there.ino === here.ino;
}

function belowRoot(target: string, root: string): { absolute: boolean; segments: readonly string[] } | undefined {
  const absolute = /^(?:[/\\]|[A-Za-z]:)/u.test(target);
  if (absolute && target !== root && !target.startsWith(`${root}/`)) return undefined;
  const rest = absolute ? target.slice(root.length) : target;
  return { absolute, segments: rest.split("/").filter((segment) => segment !== "" && segment !== ".") };
}

function ignoreMissing(error: NodeJS.ErrnoException): undefined {
  if (error.code !== "ENOENT") throw error;
}

function ignoreExisting(error: NodeJS.ErrnoException): undefined {
  if (error.code !== "EEXIST") throw error;
}

/** Some file systems cannot flush a folder; the rename has still happened. */
function ignoreUnsupported(error: NodeJS.ErrnoException): void {
  if (error.code !== "EINVAL" && error.code !== "EPERM" && error.code !== "ENOTSUP") throw error;
}
