import { BraidError, failure } from "../core/failure";
import { git } from "./git";
import { splitNul } from "./split-nul";
import { refuseHalfDone, refuseHalfMoved } from "./half-done";
import { checkoutOf, refuseSwitched, type FencedLanding, type Landing } from "./land";
import { moveFiles } from "./move-files";
import { moveRef } from "./ref-transaction";
import { readRef, type Repository } from "./repository";
import { restoreFiles } from "./restore-files";

/** Where a staged commit's changes are: still staged, in the branch by now, nowhere any more, or staged and changed since. */
export type Staged = "staged" | "committed" | "gone" | "changed";

/**
 * Moves index and files of the work tree that has the target checked out to `commit`, while the target stays at `seen`: for the
 * user to commit. Throws `run.state` where nobody has it checked out, and what {@link moveFiles} and the ref's lock throw.
 */
export async function stageCommit(repo: Repository, { target, seen, commit, fence }: FencedLanding): Promise<void> {
  await refuseHalfMoved(repo, target);
  const dir = await requireCheckout(repo, target);
  await refuseHalfDone(dir);
  await moveRef(repo, { ref: target, seen, commit: seen, reason: "braid: stage", fence }, async () => {
    await refuseSwitched(repo, target, dir);
    await moveFiles(repo, dir, seen, commit);
  });
}

/**
 * Takes what {@link stageCommit} did back from index and files, while the target stays where it is by now. Throws like it; what the
 * user changed since is refused, and what they committed in this very moment.
 */
export async function unstageCommit(repo: Repository, landing: FencedLanding): Promise<void> {
  const { target, seen, commit, fence } = landing;
  const dir = await requireCheckout(repo, target);
  await refuseHalfDone(dir);
  const tip = (await readRef(repo, target)) ?? seen;
  await moveRef(repo, { ref: target, seen: tip, commit: tip, reason: "braid: unstage", fence }, async () => {
    await refuseSwitched(repo, target, dir);
    if ((await whereIsStaged(repo, landing)) !== "staged") throw noLongerStaged(target);
    await moveFiles(repo, dir, commit, seen);
  });
}

function noLongerStaged(target: string): BraidError {
  const name = target.replace(/^refs\/heads\//u, "");
  return new BraidError(
    failure(
      "target.moved",
      `What was staged on ${name} was committed or changed in this very moment; nothing was moved.`,
      {
        hint: "Undo it again.",
      },
    ),
  );
}

/** Puts files right after an {@link unstageCommit} that was cut short; true when it had come to its end. */
export async function settleUnstaging(repo: Repository, landing: Landing): Promise<boolean> {
  const dir = await checkoutOf(repo, landing.target);
  if (dir === undefined) return false;
  if ((await whereIsStaged(repo, landing)) === "gone") return true;
  await restoreFiles({ dir }, landing.commit, landing.seen);
  return false;
}

/** Looks where the changes from `seen` to `commit` are now. Throws `run.state` where nobody has the target checked out. */
export async function whereIsStaged(repo: Repository, { target, seen, commit }: Landing): Promise<Staged> {
  const dir = await requireCheckout(repo, target);
  const names = async (...args: readonly string[]) =>
    new Set(splitNul((await git({ dir }, [...args, "--no-renames", "--name-only", "-z"])).stdout));
  const changed = [...(await names("diff-tree", "-r", seen, commit))];
  const tip = (await readRef(repo, target)) ?? seen;
  const same = (different: ReadonlySet<string>) => changed.every((path) => !different.has(path));
  if (same(await names("diff-index", "--cached", commit)))
    return same(await names("diff-tree", "-r", commit, tip)) ? "committed" : "staged";
  if (same(await names("diff-index", "--cached", seen))) return "gone";
  return same(await names("diff-tree", "-r", seen, tip)) ? "changed" : "committed";
}

/** The folder that has the target checked out. Throws `run.state` where there is none. */
export async function requireCheckout(repo: Repository, target: string): Promise<string> {
  const dir = await checkoutOf(repo, target);
  if (dir !== undefined) return dir;
  const name = target.replace(/^refs\/heads\//u, "");
  throw new BraidError(
    failure("run.state", `${name} is not checked out, so there are no index and files to stage in.`, {
      hint: `Check ${name} out, or accept with a commit (--merge squash).`,
    }),
  );
}
