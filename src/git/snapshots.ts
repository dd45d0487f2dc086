import { copyFile, rm, stat, utimes } from "node:fs/promises";
import { join } from "node:path";
import { inTurn } from "../util/in-turn";
import { forgotten } from "./forgotten";
import { addAll, type Unkept } from "./add-all";
import { gitText } from "./git";
import type { HandOver } from "./hand-over";
import { SHARP_EYES } from "./reuse-worktree";
import { sightOf } from "./stat-now";
import type { Worktree } from "./worktree";

const FOLLOW = { follow: true };

/** Trees of what stands in a worktree with all its files, ignored ones left out; its own index stays as it is. */
export interface Snapshots {
  tree(signal?: AbortSignal): Promise<string>;
  /** What git could not keep of what the last one looked at: there the tree has what was there before. */
  readonly unkept: readonly Unkept[];
}

/**
 * Takes them by an index of its own, `ownIndex`, which begins as the worktree's. It is kept from one to the next: git then reads only what
 * has changed since, and where nothing has, the tree is known. `handedOver` is known of one whose files were all written at once.
 */
export function openSnapshots(worktree: Worktree, ownIndex: string, handedOver?: HandOver): Snapshots {
  let index = ownIndex;
  let unkept: readonly Unkept[] = [];
  const place = { ...worktree, config: [...(worktree.config ?? []), ...SHARP_EYES] };
  let last: { readonly begun: string; readonly index: string; readonly tree: string } | undefined;
  const line = inTurn();
  async function take(signal: AbortSignal | undefined): Promise<string> {
    const call = { env: { GIT_INDEX_FILE: index }, ...(signal === undefined ? {} : { signal }) };
    const own = join(worktree.gitDir, "index");
    // Who was let out of the sandbox may have staged what is ignored.
    const begun = sightOf(own, FOLLOW);
    if (begun === "") throw forgotten(worktree);
    if (last === undefined || last.begun !== begun || last.index !== sightOf(index, FOLLOW)) {
      last = undefined;
      await copyIndex(own, index);
    }
    const doubtAgain = await handedOver?.settle(index);
    // Without --sparse a file outside a sparse checkout stops the whole of it.
    unkept = await addAll(place, ["--sparse"], call);
    doubtAgain?.();
    // Git writes an index anew only where an entry of it is another.
    if (last !== undefined && last.index === sightOf(index, FOLLOW)) return last.tree;
    const tree = await gitText(worktree, ["write-tree"], call);
    last = { begun, index: sightOf(index, FOLLOW), tree };
    return tree;
  }
  let failures = 0;
  /** A git that was killed leaves a lock beside its index, and one that outlives who asked may still write it: it is not used again. */
  async function beginAnew(): Promise<void> {
    await rm(index, { force: true }).catch(() => undefined);
    failures += 1;
    index = `${ownIndex}-${failures}`;
    last = undefined;
  }
  return {
    get unkept() {
      return unkept;
    },
    tree: (signal) =>
      line(async () => {
        try {
          return await take(signal);
        } catch (error) {
          await beginAnew();
          throw error;
        }
      }),
  };
}

/** With its time: by that git knows which files may have changed in the very moment it looked at them. */
async function copyIndex(from: string, to: string): Promise<void> {
  const { atime, mtime } = await stat(from);
  await copyFile(from, to);
  await utimes(to, atime, mtime);
}
