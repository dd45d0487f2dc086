import { lstat, readFile, realpath, stat } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { BraidError, failure } from "../core/failure";
import { git, gitBinary, gitText } from "./git";
import { keepFacts } from "./known";
import { findObject, readObject } from "./objects";
import { readPlainText } from "./plain-file";
import { distrust } from "./trusted-path";
import { notPlain, refuseLinksIn } from "./plain-folder";

/** The oldest git whose `merge-tree --write-tree` Braid can build on. */
export const OLDEST_GIT = [2, 38] as const;

/** A repository with a work tree, found and checked. */
export interface Repository {
  /** Root of the user's work tree, real path. */
  readonly dir: string;
  /** The common git directory, real path; shared by all worktrees. */
  readonly commonDir: string;
  /** The folder that was opened, relative to `dir` and with "/"; empty or absent for `dir` itself. */
  readonly folder?: string;
}

/** What HEAD says: the branch a run will merge into, and the commit it starts from. */
export interface Head {
  /** Full ref name. */
  readonly target: string;
  readonly commit: string;
}

/** Finds the repository around `dir`. Throws `git.missing`, `git.too-old`, `repo.missing`. */
export async function openRepository(dir: string): Promise<Repository> {
  const folder = await stat(dir).catch(() => undefined);
  if (folder === undefined || !folder.isDirectory())
    throw new BraidError(
      failure("repo.missing", `There is no folder ${dir}.`, { hint: "Open a folder that is a git repository." }),
    );
  // Git answers relative to the real folder, not to a link that leads there.
  const real = await realpath(dir);
  distrust(dir);
  distrust(real);
  const asked = git(
    { dir: real },
    ["rev-parse", "--show-toplevel", "--git-common-dir", "--absolute-git-dir", "--show-prefix"],
    { expect: [0, 128] },
  );
  // What an old git says to that explains nothing.
  asked.catch(() => undefined);
  await checkVersion(dir);
  const found = await asked;
  const [top, common, gitDir = "", prefix = ""] = found.stdout.toString("utf8").split("\n");
  if (found.exitCode !== 0 || top === undefined || common === undefined) {
    if (/dubious ownership/u.test(found.stderr))
      throw new BraidError(
        failure("git.failed", `git refuses ${dir} because another user owns it.`, {
          hint: `If you trust it: git config --global --add safe.directory ${dir}`,
        }),
      );
    throw new BraidError(
      failure("repo.missing", `${dir} is not inside a git work tree.`, {
        hint: "Run `git init` and make a first commit, or open another folder.",
      }),
    );
  }
  await checkPointers(await realpath(top), gitDir);
  const at = { dir: await realpath(top), commonDir: await realpath(resolve(real, common)) };
  await checkRecords(at.commonDir);
  return prefix === "" ? at : { ...at, folder: prefix.replace(/\/$/u, "") };
}

/**
 * Git takes any folder's word for whose work tree it is. A work tree's own `.git` has to lead to the git directory, and
 * that of a linked one back: else a stranger's folder would borrow another repository, or ours write to another folder.
 */
async function checkPointers(top: string, gitDir: string): Promise<void> {
  const dotGit = join(top, ".git");
  const leads = (await lstat(dotGit).catch(() => undefined))?.isDirectory() ? dotGit : await readPointer(dotGit);
  if (leads === undefined || (await realpath(leads).catch(() => "")) !== (await realpath(gitDir)))
    throw new BraidError(
      failure(
        "repo.missing",
        `The repository's settings say that its files are in ${top}, and that is no work tree of it.`,
        {
          hint: "See core.worktree in its git configuration.",
        },
      ),
    );
  const pointer = join(gitDir, "gitdir");
  if ((await lstat(pointer).catch(() => undefined)) === undefined) return;
  const back = await readPlainText(pointer);
  const knows = await realpath(dirname(resolve(gitDir, back.trim()))).catch(() => "");
  if (knows === top) return;
  throw new BraidError(
    failure("repo.missing", `The repository that ${top} names does not know it as a worktree.`, {
      hint: "If you moved it: git worktree repair, in the main work tree.",
    }),
  );
}

/** What Braid keeps stays in the git directory: a link there, which an archive can bring along, would have it write elsewhere. */
async function checkRecords(commonDir: string): Promise<void> {
  for (const path of [join(commonDir, "braid"), join(commonDir, "braid/runs")]) {
    const stats = await lstat(path).catch(() => undefined);
    if (stats === undefined || stats.isDirectory()) continue;
    throw notPlain(path);
  }
  for (const dir of ["braid", "braid/runs"]) await refuseLinksIn(join(commonDir, dir));
}

/** Where a `.git` file leads, as git would read it; undefined where git would not, or it is longer than git reads. */
export async function readPointer(path: string): Promise<string | undefined> {
  const text = await readFile(path, "utf8").catch(() => "");
  const target = /^gitdir: (.+?)[\r\n]*$/su.exec(text)?.[1];
  return target === undefined ? undefined : resolve(dirname(path), target);
}

/** The branch and commit HEAD names. Throws `repo.no-commits`, `repo.detached`. */
export async function readHead(repo: Repository): Promise<Head> {
  const [target, commit] = await Promise.all([branchOf(repo), readRef(repo, "HEAD")]);
  if (commit === undefined)
    throw new BraidError(
      failure("repo.no-commits", `The repository ${repo.dir} has no commits yet.`, {
        hint: "Make a first commit; worktrees start from one.",
      }),
    );
  if (target === undefined)
    throw new BraidError(
      failure("repo.detached", "HEAD is detached, so there is no branch to merge into.", {
        hint: "Check out a branch: git switch <branch>.",
      }),
    );
  return { target, commit };
}

/** The branch HEAD names; undefined where it names none. */
async function branchOf(repo: Repository): Promise<string | undefined> {
  const plain = await plainHead(repo);
  if (plain !== undefined) return plain;
  const branch = await git(repo, ["symbolic-ref", "-q", "HEAD"], { expect: [0, 1] });
  return branch.exitCode === 0 ? text(branch.stdout) : undefined;
}

const MAX_HEAD_BYTES = 4_096;

/** The branch HEAD names, as its file says it; undefined where only git can tell. */
export async function plainHead(repo: Repository): Promise<string | undefined> {
  // A linked work tree has a HEAD of its own.
  if (repo.commonDir !== join(repo.dir, ".git")) return undefined;
  const [, branch] =
    /^ref: (refs\/heads\/\w[\w./-]*)\n$/u.exec(await readPlainText(join(repo.commonDir, "HEAD"), MAX_HEAD_BYTES)) ?? [];
  return branch;
}

/** The commit a ref names now, or undefined where it does not exist. */
export async function readRef(repo: Repository, ref: string): Promise<string | undefined> {
  return (await findObject(repo, `${ref}^{commit}`))?.id;
}

/** Whether `commit` is in the history of `of`, or is it; false where either is not there. */
export async function isAncestor(repo: Repository, commit: string, of: string): Promise<boolean> {
  const output = await git(repo, ["merge-base", "--is-ancestor", commit, of], { expect: [0, 1, 128] });
  return output.exitCode === 0;
}

const trees = keepFacts<string>();

/** The tree of a commit. */
export function treeOf(repo: Repository, commit: string): Promise<string> {
  return trees(repo, [commit], async () => {
    const found = await findObject(repo, `${commit}^{tree}`);
    if (found === undefined)
      throw new BraidError(failure("git.failed", `There is no commit ${commit} in ${repo.dir}.`));
    return found.id;
  });
}

/** A blob's bytes as they stand in a commit; undefined where the path does not exist there. */
export function readBlob(repo: Repository, commit: string, path: string): Promise<Buffer | undefined> {
  return readObject(repo, `${commit}:${path}`);
}

/** Programs whose version was good enough; one that is put in the place of another is not older. */
const newEnough = new Set<string>();

async function checkVersion(dir: string): Promise<void> {
  const binary = gitBinary();
  if (newEnough.has(binary)) return;
  const version = await gitText({ dir }, ["--version"]);
  const [, major = "0", minor = "0"] = /(\d+)\.(\d+)/u.exec(version) ?? [];
  const [needMajor, needMinor] = OLDEST_GIT;
  if (Number(major) < needMajor || (Number(major) === needMajor && Number(minor) < needMinor))
    throw new BraidError(
      failure("git.too-old", `${version} is too old; Braid needs ${needMajor}.${needMinor} or newer.`, {
        hint: "Update git (https://git-scm.com/downloads).",
      }),
    );
  newEnough.add(binary);
}

function text(output: Buffer): string {
  return output.toString("utf8").trim();
}
