import { realpath } from "node:fs/promises";
import { isAbsolute, relative, sep } from "node:path";
import { BraidError, failure } from "../../core/failure";
import type { PlanScope } from "../../core/plan/plan";
import type { ScopeFacts } from "../../agent/scope-text";
import { changedFiles, diffText } from "../../git/diff";
import { git } from "../../git/git";
import { splitNul } from "../../git/split-nul";
import type { Repository } from "../../git/repository";

/** What a person wants looked at, in their own words. */
export interface ScopeRequest {
  /** A branch, tag or commit, or a range `A..B` or `A...B`. */
  readonly against?: string | undefined;
  /** A folder on disk; absolute. */
  readonly folder?: string | undefined;
}

/** Nobody is shown more than a part of a longer diff, and reading it would only fill the memory. */
const MAX_DIFF_LINES = 200_000;

/**
 * What a request means, pinned to commits: against a branch is what came after the commit both have in common. Throws
 * `scope.invalid` where it names nothing, lies outside the repository, or holds nothing to look at.
 */
export async function resolveScope(repo: Repository, base: string, request: ScopeRequest): Promise<PlanScope> {
  const folder = request.folder === undefined ? undefined : await toTreePath(repo, request.folder);
  const changes = request.against === undefined ? undefined : await rangeOf(repo, base, request.against);
  const scope: PlanScope = { ...changes, ...(folder === undefined ? {} : { folder }) };
  const { files } = await readScope(repo, base, scope);
  if (files.length === 0)
    throw invalid(
      changes === undefined
        ? `There are no files in ${folder ?? "the repository"} at ${short(base)}.`
        : `Nothing differs between ${short(changes.from)} and ${short(changes.to)}${folder === undefined ? "" : ` in ${folder}`}.`,
      "Only what is committed is looked at: commit first, or name another branch, commit or folder.",
    );
  return scope;
}

/** Reads what a plan's scope names. `base` is the run's. Throws `scope.invalid`, `git.*`. */
export async function readScope(repo: Repository, base: string, scope: PlanScope): Promise<ScopeFacts> {
  const folder = scope.folder === undefined ? null : scope.folder.replace(/^(?:\.\/)+|\/+$/gu, "");
  const within = folder === "." || folder === "" ? null : folder;
  if (scope.from === undefined && scope.to === undefined)
    return { changes: null, folder: within, base, files: await filesIn(repo, base, within), diff: "" };
  const to = scope.to === undefined ? base : await commitOf(repo, scope.to);
  const from = scope.from === undefined ? await commitOf(repo, `${to}~1`) : await commitOf(repo, scope.from);
  const files = await changedFiles(repo, from, to, within);
  const lines = files.reduce((sum, { added = 0, deleted = 0 }) => sum + added + deleted, 0);
  const diff = lines > MAX_DIFF_LINES ? "" : await diffText(repo, from, to, within);
  return { changes: { from, to }, folder: within, base, files, diff };
}

/** Whether tracked files differ from the last commit: a review does not see that. */
export async function hasLocalChanges(repo: Repository): Promise<boolean> {
  return (await git(repo, ["status", "--porcelain", "-z", "--untracked-files=no"])).stdout.length > 0;
}

/** Plain files of a commit, below a folder or all of them. */
export async function filesIn(repo: Repository, commit: string, folder: string | null): Promise<readonly string[]> {
  const { stdout } = await git(repo, [
    "ls-tree",
    "-r",
    "-z",
    "--full-tree",
    commit,
    // A name that begins with a colon would be read as a pattern.
    ...(folder === null ? [] : ["--", `./${folder}/`]),
  ]);
  return splitNul(stdout).flatMap((entry) => {
    const [, mode = "", path = ""] = /^(\d+) [^\t]*\t(.*)$/su.exec(entry) ?? [];
    return mode.startsWith("100") ? [path] : [];
  });
}

async function rangeOf(
  repo: Repository,
  base: string,
  against: string,
): Promise<{ readonly from: string; readonly to: string }> {
  const [, left = "", dots, right = ""] = /^(.*?)(\.{2,3})(.*)$/u.exec(against) ?? [];
  if (dots === undefined) return { from: await commonWith(repo, await commitOf(repo, against), base), to: base };
  const from = left === "" ? base : await commitOf(repo, left);
  const to = right === "" ? base : await commitOf(repo, right);
  return { from: dots === "..." ? await commonWith(repo, from, to) : from, to };
}

async function commonWith(repo: Repository, one: string, other: string): Promise<string> {
  const { exitCode, stdout } = await git(repo, ["merge-base", one, other], { expect: [0, 1] });
  if (exitCode === 0) return stdout.toString("utf8").trim();
  throw invalid(`${short(one)} and ${short(other)} have no commit in common.`, "Name a range: A..B.");
}

async function commitOf(repo: Repository, name: string): Promise<string> {
  const args = ["rev-parse", "-q", "--verify", "--end-of-options", `${name}^{commit}`];
  const { exitCode, stdout } = await git(repo, args, { expect: [0, 1, 128] });
  const commit = stdout.toString("utf8").trim();
  if (exitCode === 0 && /^[0-9a-f]{40}(?:[0-9a-f]{24})?$/u.test(commit)) return commit;
  throw invalid(`There is no commit "${name}".`, "Name a branch, a tag or a commit of this repository.");
}

/** Links are followed first: what counts is where the folder really is. */
async function toTreePath(repo: Repository, folder: string): Promise<string | undefined> {
  const real = await realpath(folder).catch(() => undefined);
  if (real === undefined) throw invalid(`There is no folder ${folder}.`, "Name a folder of this repository.");
  const path = relative(repo.dir, real);
  if (path === "") return undefined;
  if (isAbsolute(path) || path === ".." || path.startsWith(`..${sep}`))
    throw invalid(`${folder} is not inside ${repo.dir}.`, "Name a folder of this repository.");
  return path.split(sep).join("/");
}

function invalid(message: string, hint: string): BraidError {
  return new BraidError(failure("scope.invalid", message, { hint }));
}

function short(commit: string): string {
  return commit.slice(0, 10);
}
