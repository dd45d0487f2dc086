import type { WorktreeSeam } from "../../agent/worktree-seam";
import type { FilesOnDemand } from "../../git/on-demand";

/** The seam before one worktree, for whoever sets it up and takes it away. */
export interface OwnSeam extends WorktreeSeam {
  /** As `ready("all files")`, for set-up itself: it does not wait for its own end. */
  bringAll(): Promise<void>;
  /** As `during`, also where set-up or the checkout of all files went wrong: what was done until then is worth keeping. */
  afterwards<T>(action: (files: FilesOnDemand | undefined) => Promise<T>): Promise<T>;
  /** Resolves when nothing is under way any more, however it ended. */
  settled(): Promise<void>;
}

/**
 * Opens a seam. `opened` gives the files that come one by one, undefined where all are there; `isWanted` hears that somebody waits for
 * them; `setUp` is done before any tool sees them; `inLine` lets a checkout of everything wait for its turn.
 */
export function openSeam(options: {
  readonly opened: Promise<FilesOnDemand | undefined>;
  readonly isWanted?: () => void;
  readonly setUp: () => Promise<void>;
  readonly inLine: (checkOut: () => Promise<void>) => Promise<void>;
  readonly signal: AbortSignal;
}): OwnSeam {
  const { opened, isWanted = () => undefined } = options;
  const busy = new Set<Promise<unknown>>();
  let all: Promise<void> | undefined;

  const checkOutAll = async (): Promise<void> => {
    const files = await opened;
    if (files === undefined) return;
    // Who is at a file now has it to an end before git writes.
    await Promise.allSettled(busy);
    await options.inLine(() => files.bringAll(options.signal));
  };
  const bringAll = (): Promise<void> => {
    all ??= checkOutAll();
    all.catch(() => undefined);
    return all;
  };
  const ready = opened.then(options.setUp);
  // Whoever awaits it sees the error; nobody may be waiting yet when it fails.
  ready.catch(() => undefined);

  return {
    bringAll,
    async ready(need) {
      isWanted();
      await ready;
      if (need === "all files") await bringAll();
    },
    async during(action) {
      isWanted();
      await ready;
      const files = await opened;
      if (all !== undefined || files === undefined) {
        await all;
        return action(undefined);
      }
      const doing = action(files);
      busy.add(doing);
      try {
        return await doing;
      } finally {
        busy.delete(doing);
      }
    },
    async afterwards(action) {
      isWanted();
      await Promise.allSettled([ready, all]);
      const files = await opened;
      const isAllThere = files === undefined || (await all?.then(...SUCCEEDED)) === true;
      return action(isAllThere ? undefined : files);
    },
    async settled() {
      isWanted();
      await Promise.allSettled([ready, all]);
    },
  };
}

const SUCCEEDED = [() => true, () => false] as const;
