import { git, gitText } from "./git";
import type { Repository } from "./repository";

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

/** Keeps a tree from git's cleaning up, in the place of what the ref named before. */
export async function keepTree(repo: Repository, ref: string, tree: string): Promise<void> {
  await git(repo, ["update-ref", ref, tree]);
}

/** Whether an object is there, whole. */
export async function hasObject(repo: Repository, id: string): Promise<boolean> {
  return (await git(repo, ["cat-file", "-e", id], { expect: [0, 1, 128] })).exitCode === 0;
}

/** Deletes a ref; one that is not there is fine. */
export async function dropRef(repo: Repository, ref: string): Promise<void> {
  await git(repo, ["update-ref", "-d", ref]);
}

/** Deletes a ref, keeping what it named under `refs/braid/archive/`. Absent refs are fine. */
export async function archiveRef(repo: Repository, ref: string): Promise<void> {
  const commit = await gitText(repo, ["rev-parse", "-q", "--verify", ref], { expect: [0, 1, 128] });
  if (commit === "") return;
  await git(repo, ["update-ref", ref.replace(/^refs\/braid\//u, "refs/braid/archive/"), commit]);
  await git(repo, ["update-ref", "-d", ref, commit]);
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
