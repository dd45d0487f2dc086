import { readdir } from "node:fs/promises";
import { join } from "node:path";
import ignore, { type Ignore } from "ignore";
import { isGitName } from "./jail-names";
import type { Confined } from "./workspace";

/**
 * Every file below `from` that no `.gitignore` excludes, relative to `root`, links left out. Ends early when `onFile`
 * says false or the time is up, and then resolves to false. Rejects only when `signal` aborts.
 */
export async function walkFiles(
  root: string,
  from: string,
  limits: {
    readonly signal: AbortSignal;
    readonly timeoutMs: number;
    /** Reads a `.gitignore` through the jail, as it may be a link or a pipe. */
    readonly read: Read;
  },
  onFile: (path: string) => boolean,
): Promise<boolean> {
  const deadline = performance.now() + limits.timeoutMs;
  let rules: readonly Rules[] = await rulesOf(limits.read, "", []);
  const parents = from === "" ? [] : from.split("/");
  for (let i = 1; i < parents.length; i += 1) rules = await rulesOf(limits.read, parents.slice(0, i).join("/"), rules);

  const visit = async (folder: string, outer: readonly Rules[]): Promise<boolean> => {
    limits.signal.throwIfAborted();
    if (performance.now() > deadline) return false;
    const entries = await readdir(join(root, folder), { withFileTypes: true }).catch(() => undefined);
    // Not a folder: the search was asked for one file.
    if (entries === undefined) return folder === "" || folder !== from || onFile(folder);
    const own = folder === "" ? outer : await rulesOf(limits.read, folder, outer);
    for (const entry of entries) {
      const path = folder === "" ? entry.name : `${folder}/${entry.name}`;
      if (isGitName(entry.name) || !(entry.isFile() || entry.isDirectory())) continue;
      if (isIgnored(own, path, entry.isDirectory())) continue;
      if (!(entry.isDirectory() ? await visit(path, own) : onFile(path))) return false;
    }
    return true;
  };
  return visit(from, rules);
}

/** Reads a file through the jail. */
export type Read = (path: string) => Promise<Confined<Buffer>>;

/** One `.gitignore` and the folder it speaks for. */
export interface Rules {
  readonly folder: string;
  readonly ignore: Ignore;
}

/** The rules in force in a folder, given those around it. */
export async function rulesOf(read: Read, folder: string, outer: readonly Rules[]): Promise<readonly Rules[]> {
  const file = await read(folder === "" ? ".gitignore" : `${folder}/.gitignore`);
  if (!file.ok) return outer;
  return [...outer, { folder, ignore: ignore({ allowRelativePaths: true }).add(file.value.toString("utf8")) }];
}

/** The deepest file that has an opinion wins, as in git. */
export function isIgnored(rules: readonly Rules[], path: string, isFolder: boolean): boolean {
  for (const { folder, ignore } of rules.toReversed()) {
    const relative = folder === "" ? path : path.slice(folder.length + 1);
    const { ignored, unignored } = ignore.test(isFolder ? `${relative}/` : relative);
    if (ignored || unignored) return ignored;
  }
  return false;
}
