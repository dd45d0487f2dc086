import type { FilesOnDemand } from "../git/on-demand";

/** What of a worktree has to be there: what set-up puts into it, or every file of its commit as well. */
export type Need = "set-up" | "all files";

/** What stands between tools and the files of a worktree that may not be there yet. */
export interface WorktreeSeam {
  /** Resolves when that is there. Rejects with a BraidError. */
  ready(need: Need): Promise<void>;
  /** Runs `action` while nobody has all files come; it is given where single ones come from, undefined where all are there. */
  during<T>(action: (files: FilesOnDemand | undefined) => Promise<T>): Promise<T>;
}

/** A seam before files that are all there once `ready` has resolved. */
export function plainSeam(ready: Promise<void> = Promise.resolve()): WorktreeSeam {
  return {
    ready: () => ready,
    during: async (action) => {
      await ready;
      return action(undefined);
    },
  };
}
