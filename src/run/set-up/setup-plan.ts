import { lstat } from "node:fs/promises";
import { join } from "node:path";
import { globToIgnoreLines, isDependencyFolder, outermost } from "../../core/setup";
import { hasPlainFile, listIgnored, listIncluded } from "../../git/ignored";
import type { RunPorts } from "../ports";
import { findRecipe, type FoundRecipe } from "./setup-recipe";
import { once } from "../../util/once";

/** What a worktree of a run gets beside its tracked files, as the user's work tree had it when the run began. */
export interface SetupPlan {
  /** Ignored files to copy, and folders, which have a slash at their end. */
  readonly include: readonly string[];
  readonly folders: readonly DependencyFolder[];
  /** What is run after that. */
  readonly recipe: FoundRecipe;
}

/** A folder of dependencies in the user's work tree. */
export interface DependencyFolder {
  readonly path: string;
  /** When its list of packages last changed, in milliseconds since the epoch. */
  readonly changedMs: number;
}

/**
 * Files that name ignored files a worktree needs; gitignore syntax. Other tools link what the second one names; here it is copied:
 * a link out of the worktree leads nowhere in the sandbox, and what is written through it would be the user's.
 */
const INCLUDE_FILES = [".worktreeinclude", ".worktreelink"];
/** Ignored files that are copied at most; more is a pattern gone wrong. */
const MAX_INCLUDED = 5_000;

/** Looks at the user's work tree, and at the run's base. Throws `git.*`. */
export async function planSetup(
  ports: RunPorts,
  base: string,
  recipe = () => findRecipe(ports, base),
): Promise<SetupPlan> {
  const { repo } = ports;
  const ignored = (await listIgnored(repo)).filter((path) => path.endsWith("/")).map((path) => path.slice(0, -1));
  const folders = outermost(ignored.filter(isDependencyFolder));
  const files: string[] = [];
  for (const file of INCLUDE_FILES) if (await hasPlainFile(repo, file)) files.push(file);
  const included = await listIncluded(repo, {
    files,
    lines: (ports.setup?.include ?? []).flatMap(globToIgnoreLines),
  });
  const isCopied = (path: string) => folders.some((folder) => `${path}/`.startsWith(`${folder}/`));
  const include = included.filter((path) => !isCopied(path));
  if (include.length > MAX_INCLUDED)
    ports.log(
      `${files.join(" and ")} name ${include.length} ignored files; only the first ${MAX_INCLUDED} are copied.`,
    );
  return {
    recipe: await recipe(),
    include: include.slice(0, MAX_INCLUDED),
    folders: await Promise.all(
      folders.map(async (path) => ({ path, changedMs: await lastChange(join(repo.dir, path)) })),
    ),
  };
}

/** {@link planSetup}, once, and before it is there what is to be run. */
export interface SetupOnce {
  (): Promise<SetupPlan>;
  readonly recipe: () => Promise<FoundRecipe>;
}

/** Plans a run's set-up when somebody first asks; what failed is tried again. */
export function setupOnce(ports: RunPorts, base: () => string): SetupOnce {
  const recipe = once(() => findRecipe(ports, base()));
  return Object.assign(
    once(() => planSetup(ports, base(), recipe)),
    { recipe },
  );
}

/** When packages were last put into or taken out of a folder, in milliseconds since the epoch; 0 where it is gone. */
export async function lastChange(folder: string): Promise<number> {
  const times = await Promise.all(
    [folder, join(folder, ".package-lock.json")].map(
      async (path) => (await lstat(path).catch(() => null))?.mtimeMs ?? 0,
    ),
  );
  return Math.max(...times);
}
