import { realpath } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
import { parsePath, refuse, shown } from "./jail-names";
import { walk, type Place } from "./jail-walk";
import { readPlace, refuseIo, writePlace } from "./files";
import { findRipgrep } from "./ripgrep";
import type { FilesOnDemand } from "../git/on-demand";
import { globFiles, grepFiles, type SearchScope } from "./search";
import { plainSeam, type WorktreeSeam } from "./worktree-seam";
import type { Confined, Workspace } from "./workspace";
import { hasCode } from "../util/system-error";

/** What {@link openWorkspace} needs to know. */
export interface WorkspaceOptions {
  /** The worktree's folder; it need not exist before `ready` resolves. */
  readonly root: string;
  /** What the files wait behind; without it all of them are there. */
  readonly seam?: WorktreeSeam;
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
  // Before its first search nobody needs it.
  const ripgrepOf = async () => (options.ripgrep === undefined ? findRipgrep(root) : options.ripgrep);
  const seam = options.seam ?? plainSeam();

  async function at<T>(
    path: string,
    mode: "read" | "write",
    use: (place: Place, label: string, files: FilesOnDemand | undefined) => Promise<Confined<T>>,
  ): Promise<Confined<T>> {
    return seam.during((files) => reach(path, mode, files, use));
  }

  async function reach<T>(
    path: string,
    mode: "read" | "write",
    files: FilesOnDemand | undefined,
    use: (place: Place, label: string, files: FilesOnDemand | undefined) => Promise<Confined<T>>,
  ): Promise<Confined<T>> {
    const parsed = parsePath(path, [root, given]);
    if (!parsed.ok) return parsed;
    const label = shown(path);
    const links = mode === "read" ? "follow" : "refuse";
    const bring = files === undefined ? {} : { bring: (relative: string) => files.bring([relative]) };
    const walkOptions = { root, links, create: mode === "write", protect, label, ...bring } as const;
    try {
      return await walk(parsed.value, walkOptions, (place) => use(place, label, files));
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

  const scopeOf = async (files: FilesOnDemand | undefined): Promise<SearchScope> => ({
    root,
    roots: [root, given],
    protect,
    ripgrep: await ripgrepOf(),
    read: (file) => reach(file, "read", files, (place, label) => readPlace(place, label)),
    files,
  });

  function read(path: string, content?: "text" | "any"): Promise<Confined<Buffer>> {
    return at(path, "read", (place, label) => readPlace(place, label, content));
  }

  return {
    root,
    ready: (need = "set-up") => seam.ready(need),
    read,
    async write(path, bytes) {
      if (!options.writable) return refuse("protected", "This role only reads; it may not write files.");
      // What these say of other files holds for those that are not there yet as well.
      if (SPEAKS_OF_OTHERS.test(path)) await seam.ready("all files");
      return at(path, "write", (place, label, files) =>
        writePlace(place, bytes, label, () => files?.willWrite(place.relative.join("/"))),
      );
    },
    async glob(pattern, { path, limit, signal }) {
      const from = await start(path);
      if (!from.ok) return from;
      return seam.during(async (files) =>
        globFiles(await scopeOf(files), { pattern, from: from.value, limit, signal }),
      );
    },
    async grep(pattern, { path, ...rest }) {
      const from = await start(path);
      if (!from.ok) return from;
      const query = { ...rest, pattern, from: from.value };
      const found = await seam.during(async (files) => grepFiles(await scopeOf(files), query));
      if (found !== "needs all files") return found;
      await seam.ready("all files");
      const again = await seam.during(async (files) => grepFiles(await scopeOf(files), query));
      if (again === "needs all files") throw new Error("all files are there");
      return again;
    },
  };
}

const SPEAKS_OF_OTHERS = /(?:^|\/)\.git(?:attributes|ignore|modules)\/?$/iu;

/** The real path of a folder that may not be there yet. */
async function realpathOf(path: string): Promise<string> {
  try {
    return await realpath(path);
  } catch (error) {
    if (!hasCode(error, "ENOENT") || dirname(path) === path) throw error;
    return join(await realpathOf(dirname(path)), basename(path));
  }
}
