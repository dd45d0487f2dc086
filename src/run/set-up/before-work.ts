import type { SetupPlan } from "./setup-plan";
import { compareTree, type TreeHost } from "../tree-proof";

/** What has to be known before the first worker's tool may touch anything. */
export interface BeforeWork {
  /** Finds it out anew, unless somebody is at work. */
  begin(): void;
  /** Resolves when it is known. Rejects only when the log could not be written. */
  known(): Promise<void>;
}

/**
 * How the user's tree stands, and what of it every worktree gets; workers' models think meanwhile. Why the latter cannot be had
 * is told by the first worktree that needs it.
 */
export function beforeWork(run: TreeHost & { setup(): Promise<SetupPlan> }): BeforeWork {
  let known: Promise<void> = Promise.resolve();
  const look = async (): Promise<void> => {
    const planned = run.setup().catch(() => undefined);
    await compareTree(run, "start");
    await planned;
  };
  return {
    begin() {
      const { approved, subtasks } = run.state();
      if (!approved || subtasks.some((s) => s.status === "running")) return;
      // A log that could not be written then may be written now.
      known = known.catch(() => undefined).then(look);
      // Who waits for it is told.
      known.catch(() => undefined);
    },
    known: () => known,
  };
}
