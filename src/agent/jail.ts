import { realpath } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
import { parsePath, refuse, shown } from "./jail-names";
import { walk, type Place } from "./jail-walk";
import { readPlace, refuseIo, writePlace } from "./files";
import { findRipgrep } from "./ripgrep";
import { globFiles, grepFiles } from "./search";
import type { Confined, Workspace } from "./workspace";

/** What {@link openWorkspace} needs to know. */
export interface WorkspaceOptions {
  /** The worktree's folder; it need not exist before `ready` resolves. */
  readonly root: string;
  /** Settles when the files are there; every call waits for it. */
  readonly ready?: Promise<void>;
  /** False for roles that only read. */
  readonly writable: boolean;
  /** Paths to keep away besides git's own; `relative` is physical, with "/". */
  readonly protect?: (relative: string) => boolean;
  /** Absolute path of ripgrep; undefined looks on PATH, null does without. */
  readonly ripgrep?: string | null;
}

/** Opens one worktree's files, and nothing else, to the file tools. Refusals are values; only aborts and bugs throw. */
export async function openWorkspace(options: WorkspaceOptions): Promise<Workspace> {
  const given = resolve(options.root);
  const root = await realpathOf(given);
  const protect = options.protect ?? (() => false);
  const ripgrep = options.ripgrep === undefined ? await findRipgrep(root) : options.ripgrep;
  const ready = async (): Promise<void> => options.ready;

  async function at<T>(
    path: string,
    mode: "read" | "write",
    use: (place: Place, label: string) => Promise<Confined<T>>,
  ): Promise<Confined<T>> {
    await ready();
    const parsed = parsePath(path, [root, given]);
    if (!parsed.ok) return parsed;
    const label = shown(path);
    const links = mode === "read" ? "follow" : "refuse";
    const walkOptions = { root, links, create: mode === "write", protect, label } as const;
    try {
      return await walk(parsed.value, walkOptions, (place) => use(place, label));
    } catch (error) {
      return refuseIo(error, label);
    }
  }

  /** Where a search starts: its physical path below the root. */
  const start = (path: string | undefined) =>
    at(path ?? ".", "read", async (place, label): Promise<Confined<string>> => {
      if (place.stats === undefined) return refuse("not-found", `${label} does not exist.`);
      return { ok: true, value: place.relative.join("/") };
    });

  const search = { root, roots: [root, given], protect, ripgrep, read };

  function read(path: string, content?: "text" | "any"): Promise<Confined<Buffer>> {
    return at(path, "read", (place, label) => readPlace(place, label, content));
  }

  return {
    root,
    ready,
    read,
    async write(path, bytes) {
      if (!options.writable) return refuse("protected", "This role only reads; it may not write files.");
      return at(path, "write", (place, label) => writePlace(place, bytes, label));
    },
    async glob(pattern, { path, limit, signal }) {
      const from = await start(path);
      return from.ok ? globFiles(search, { pattern, from: from.value, limit, signal }) : from;
    },
    async grep(pattern, { path, ...rest }) {
      const from = await start(path);
      return from.ok ? grepFiles(search, { ...rest, pattern, from: from.value }) : from;
    },
  };
}

/** The real path of a folder that may not be there yet. */
async function realpathOf(path: string): Promise<string> {
  try {
    return await realpath(path);
  } catch (error) {
    if (!(error instanceof Error && "code" in error && error.code === "ENOENT") || dirname(path) === path) throw error;
    return join(await realpathOf(dirname(path)), basename(path));
  }
}
