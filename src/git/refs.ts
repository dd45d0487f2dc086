import { git, gitText } from "./git";
import { findObject } from "./objects";
import type { Repository } from "./repository";
import { askStanding } from "./standing";

/**
 * Where an attempt's result is kept. The subtask goes in by its position, not its id: ids come from a model, and
 * nothing a model wrote becomes part of a ref.
 */
export function resultRef(run: string, position: number, attempt: number): string {
  return `refs/braid/${run}/${position + 1}/${attempt}`;
}

/** Where the files of an attempt's last complete turn are kept while it may be gone on with. Names a tree. */
export function turnRef(run: string, position: number, attempt: number): string {
  return `refs/braid/turns/${run}/${position + 1}/${attempt}`;
}

/** What is moved when a run changes hands, so that whoever had it before moves no branch any more. Names a tree. */
export function ownerRef(run: string): string {
  return `refs/braid/turns/${run}/owner`;
}

/** Keeps a tree from git's cleaning up, in the place of what the ref named before. */
export async function keepTree(repo: Repository, ref: string, tree: string): Promise<void> {
  await changeNow(repo, `update ${ref} ${tree}`);
}

/** Has a ref of ours name a commit, in the place of what it named before. */
export async function nameCommit(repo: Repository, ref: string, commit: string): Promise<void> {
  await changeNow(repo, `update ${ref} ${commit}`);
}

/** Whether an object is there, whole. */
export async function hasObject(repo: Repository, id: string): Promise<boolean> {
  return (await findObject(repo, id)) !== undefined;
}

/** Deletes a ref; one that is not there is fine. */
export async function dropRef(repo: Repository, ref: string): Promise<void> {
  await changeNow(repo, `delete ${ref}`);
}

/** One change as a transaction of its own. */
async function changeNow(repo: Repository, change: string): Promise<void> {
  await askStanding(repo, ["update-ref", "-m", "braid", "--stdin"], `start\n${change}\ncommit\n`, (bytes) => {
    const end = bytes.indexOf(COMMITTED);
    return end === -1 ? undefined : { answer: undefined, used: end + COMMITTED.length };
  });
}

const COMMITTED = "commit: ok\n";

/** A ref and the object it names. */
export interface NamedObject {
  readonly ref: string;
  readonly id: string;
}

/** The refs below a prefix that ends with a slash. */
export async function listRefs(repo: Repository, prefix: string): Promise<readonly NamedObject[]> {
  const list = await gitText(repo, ["for-each-ref", "--format=%(objectname) %(refname)", prefix]);
  return list
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => ({ id: line.slice(0, line.indexOf(" ")), ref: line.slice(line.indexOf(" ") + 1) }));
}

/**
 * Makes and deletes refs in one transaction: all of it happens, or nothing. What is made replaces what was there; what is deleted
 * must still be at its object, or not be there. Throws `git.failed`, `repo.busy`.
 */
export async function changeRefs(
  repo: Repository,
  change: { readonly make?: readonly NamedObject[]; readonly drop?: readonly NamedObject[] },
): Promise<void> {
  const there = new Map((await listRefs(repo, "refs/braid/")).map(({ ref, id }) => [ref, id]));
  const lines = [
    ...(change.make ?? []).filter(({ ref, id }) => there.get(ref) !== id).map(({ ref, id }) => `update ${ref} ${id}\n`),
    ...(change.drop ?? []).filter(({ ref }) => there.has(ref)).map(({ ref, id }) => `delete ${ref} ${id}\n`),
  ];
  if (lines.length > 0) await git(repo, ["update-ref", "--stdin"], { input: lines.join("") });
}

/** Which of some commits a branch, a tag or a remote's branch has in its history. */
export async function commitsInBranches(repo: Repository, commits: readonly string[]): Promise<ReadonlySet<string>> {
  const found = new Set<string>();
  for (const commit of new Set(commits)) {
    const list = await git(
      repo,
      ["for-each-ref", "--count=1", `--contains=${commit}`, "refs/heads/", "refs/tags/", "refs/remotes/"],
      { expect: [0, 1, 128, 129] },
    );
    if (list.exitCode === 0 && list.stdout.length > 0) found.add(commit);
  }
  return found;
}

/** Where that part of an attempt's result is kept that the user took, when it is not the whole. */
export function takenRef(run: string, position: number, attempt: number): string {
  return `${resultRef(run, position, attempt)}-taken`;
}

/** Where a commit is kept that holds what is left of an accept; no branch names it. */
export function keptRef(run: string, position: number, attempt: number, commit: string): string {
  return `${resultRef(run, position, attempt)}-kept-${commit.slice(0, 12)}`;
}

/** Where the files are kept that an attempt began with, when they are neither its base's nor a result's. */
export function fromRef(run: string, position: number, attempt: number): string {
  return `${resultRef(run, position, attempt)}-from`;
}

/** Where the commit of a result is kept whose changes were only staged; no branch names it. */
export function stagedRef(run: string, position: number, attempt: number): string {
  return `${resultRef(run, position, attempt)}-staged`;
}
