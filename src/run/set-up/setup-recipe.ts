import { constants, open } from "node:fs/promises";
import { join } from "node:path";
import { SETUP_SOURCES, type SetupSource } from "../../core/setup-commands";
import { toFailure } from "../../core/failure";
import { git } from "../../git/git";
import { keepFacts } from "../../git/known";
import { readBlob, type Repository } from "../../git/repository";
import { splitNul } from "../../git/split-nul";
import type { RunPorts } from "../ports";

/** A recipe or script larger than this is not read, in bytes: nobody would read it before allowing it. */
const MAX_RECIPE_BYTES = 64 * 1024;

/** What is to be run in each new worktree. */
export interface Recipe {
  /** Where it comes from, for people. */
  readonly source: string;
  /** What is run, one after the other. */
  readonly commands: readonly string[];
  /** The repository's own script, bound to what it holds. */
  readonly script?: { readonly path: string; readonly text: string };
  /** The user's own words need no approval. */
  readonly isUsersOwn: boolean;
}

/** A recipe, none, or why one cannot be read. */
export type FoundRecipe =
  | { readonly kind: "none" }
  | { readonly kind: "recipe"; readonly recipe: Recipe }
  | { readonly kind: "unreadable"; readonly source: string; readonly reason: string };

/**
 * What the user's settings, or else the repository, want run in a new worktree. Files are read as the run's base has
 * them, so that no worker decides for the next one; one git does not track is read from the user's work tree.
 */
export async function findRecipe(ports: RunPorts, base: string): Promise<FoundRecipe> {
  const own = (ports.setup?.commands ?? []).map((command) => command.trim()).filter((command) => command !== "");
  if (own.length > 0) return { kind: "recipe", recipe: { source: "your settings", commands: own, isUsersOwn: true } };
  const tracked = new Set(await trackedRecipes(ports.repo, base));
  for (const source of SETUP_SOURCES) {
    const text = await readText(ports, base, source.path, tracked.has(source.path));
    if (text === undefined) continue;
    try {
      const recipe = await toRecipe(ports, base, source, text);
      if (recipe !== undefined) return { kind: "recipe", recipe };
    } catch (error) {
      return { kind: "unreadable", source: source.path, reason: toFailure(error).message };
    }
  }
  return { kind: "none" };
}

async function toRecipe(ports: RunPorts, base: string, source: SetupSource, text: string): Promise<Recipe | undefined> {
  const found = source.read(text, process.platform);
  if (found === undefined) return undefined;
  if (found.kind === "commands") return { source: source.path, commands: found.commands, isUsersOwn: false };
  for (const path of found.paths) {
    const script = await readText(ports, base, path);
    if (script === undefined) continue;
    const name = path === source.path ? path : `${source.path} (${path})`;
    return { source: name, commands: [runScript(path)], script: { path, text: script }, isUsersOwn: false };
  }
  throw new Error(`there is no script ${found.paths.at(-1) ?? ""}`);
}

/** By its own first line where it can be executed, else by sh. */
function runScript(path: string): string {
  const quoted = `'./${path.replaceAll("'", `'\\''`)}'`;
  return `if [ -x ${quoted} ]; then ${quoted}; else sh ${quoted}; fi`;
}

const recipes = keepFacts<readonly string[]>();

/** Which of the files that can name one a commit has: one question, where most repositories have none. */
export function trackedRecipes(repo: Repository, base: string): Promise<readonly string[]> {
  const args = ["ls-tree", "--full-tree", "--name-only", "-z", base, "--", ...SETUP_SOURCES.map(({ path }) => path)];
  return recipes(repo, [base], async () => splitNul((await git(repo, args)).stdout));
}

async function readText(ports: RunPorts, base: string, path: string, isTracked = true): Promise<string | undefined> {
  const blob = isTracked ? await readBlob(ports.repo, base, path) : undefined;
  const bytes = blob ?? (await readPlainFile(join(ports.repo.dir, path)));
  return bytes === undefined || bytes.length > MAX_RECIPE_BYTES ? undefined : bytes.toString("utf8");
}

/** A small plain file's bytes; undefined for a link, a pipe or nothing. */
export async function readPlainFile(path: string): Promise<Buffer | undefined> {
  const file = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK).catch(
    () => undefined,
  );
  if (file === undefined) return undefined;
  try {
    const stats = await file.stat();
    return stats.isFile() && stats.size <= MAX_RECIPE_BYTES ? await file.readFile() : undefined;
  } finally {
    await file.close();
  }
}
