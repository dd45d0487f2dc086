import type { RunOptions } from "../core/events";
import type { GoalFlags } from "./goal-flags";

/** What a run is started with, from the flags of its command. */
export function runOptions(
  flags: GoalFlags,
  limits: { readonly concurrency: number; readonly attempts: number },
): RunOptions {
  const { efforts } = flags;
  return { ...limits, ...(efforts === undefined ? {} : { efforts }) };
}
