import { valuesOf } from "../../core/state/chunked";
import type { RunState } from "../../core/state/state";
import type { SetupPlan } from "./setup-plan";
import type { Look } from "../tree-proof";

/** What has to be known before the first worker's tool may touch anything. */
export interface BeforeWork {
  /** Has it found out anew as soon as somebody waits for it, unless somebody is at work. */
  begin(): void;
  /** Resolves when it is known. Rejects only when the log could not be written. */
  known(): Promise<void>;
}

/**
 * How the user's tree stands, and what of it every worktree gets. The first worktree that is there waits for it, and not the models:
 * they are asked before the disk is kept busy. Why what every worktree gets cannot be had is told by the first that needs it.
 */
export function beforeWork(run: { state(): RunState; setup(): Promise<SetupPlan>; readonly look: Look }): BeforeWork {
  let known: Promise<void> = Promise.resolve();
  let begun: RunState | undefined;
  const look = async (state: RunState): Promise<void> => {
    const planned = run.setup().catch(() => undefined);
    // Who has started since touches nothing before that is done.
    await run.look("start", () => state);
    await planned;
  };
  return {
    begin() {
      const state = run.state();
      if (state.approved && valuesOf(state.subtasks).every((s) => s.status !== "running")) begun = state;
    },
    known() {
      const state = begun;
      if (state === undefined) return known;
      begun = undefined;
      // A log that could not be written then may be written now.
      known = known.catch(() => undefined).then(() => look(state));
      // Who waits for it is told.
      known.catch(() => undefined);
      return known;
    },
  };
}
