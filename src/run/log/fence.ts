import { randomBytes } from "node:crypto";
import { git, gitText } from "../../git/git";
import type { Fence } from "../../git/ref-transaction";
import { listRefs, ownerRef } from "../../git/refs";
import type { Repository } from "../../git/repository";

/**
 * A run's fence as it stands: whoever takes the run from an owner that fell silent moves it, and the silent one's moves of a branch
 * are refused by git itself from then on, however late it wakes up. To be read once the run's lock is held. Throws `git.failed`.
 */
export async function readFence(repo: Repository, run: string): Promise<Fence> {
  const ref = ownerRef(run);
  const [found] = await listRefs(repo, ref);
  return { ref, at: found?.id ?? null };
}

/** The fence of a run that is just being made. */
export function newFence(run: string): Fence {
  return { ref: ownerRef(run), at: null };
}

/** Moves the fence to where it never was. Throws `repo.busy` while the owner before holds it: it is moving a branch. */
export async function moveFence(repo: Repository, run: string): Promise<Fence> {
  const ref = ownerRef(run);
  // A tree, as all refs are there; its one file is what tells it from every other.
  const blob = await gitText(repo, ["hash-object", "-w", "--stdin"], { input: randomBytes(16).toString("hex") });
  const tree = await gitText(repo, ["mktree"], { input: `100644 blob ${blob}\towner\n` });
  await git(repo, ["update-ref", ref, tree]);
  return { ref, at: tree };
}
