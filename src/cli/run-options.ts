import type { RunOptions } from "../core/state/events";
import type { RunFlags } from "./run-flags";
import type { GoalFlags } from "./goal-flags";

/** What a run is started with, from the flags of its command. */
export function runOptions(
  flags: GoalFlags & Partial<Pick<RunFlags, "amend" | "merge" | "yes">>,
  limits: { readonly concurrency: number; readonly attempts: number },
): RunOptions {
  const { efforts, web, amend, merge, yes } = flags;
  const amendments = amend ?? (yes === true ? "apply" : "ask");
  return {
    ...limits,
    amendments,
    ...(merge === undefined ? {} : { merge }),
    ...(efforts === undefined ? {} : { efforts }),
    ...(web === undefined ? {} : { web }),
  };
}
