import * as z from "zod";
import { figuresOf } from "../gate/estimate";
import { ROLES } from "../role";
import { workedMs } from "../state/spent";
import type { RunState } from "../state/state";
import { outcomesOf, toPastRun } from "./past-run";

const count = z.int().min(0);
const Usage = z.object({
  inputTokens: count,
  outputTokens: count,
  cacheReadTokens: count,
  cacheWriteTokens: count,
  usd: z.number().min(0),
  unpricedTokens: count.exactOptional(),
  estimatedTokens: count.exactOptional(),
  webSearches: count.exactOptional(),
});

/** What history and estimates tell of a run that nobody works on, so that its log need not be read for it. */
export const RunSummary = z.object({
  past: z.object({
    id: z.string(),
    goal: z.string(),
    phase: z.enum(["planning", "proposed", "running", "paused", "amendment", "review", "done", "failed", "cancelled"]),
    createdAt: z.number(),
    updatedAt: z.number(),
    workedMs: z.number(),
    subtasks: count,
    accepted: count,
    rejected: count,
    open: count,
    failed: count,
    usage: Usage,
  }),
  outcomes: z.array(
    z.object({
      role: z.string(),
      good: z.boolean(),
      first: z.boolean(),
      decision: z.enum(["accepted", "rejected"]).nullable(),
    }),
  ),
  figures: z.array(z.object({ role: z.enum(ROLES), usage: Usage, ms: z.number() })),
});
export type RunSummary = Readonly<z.infer<typeof RunSummary>>;

/** A run in short; undefined while somebody works on it, for then it is another a moment later. */
export function summaryOf(state: RunState): RunSummary | undefined {
  const isAtRest = workedMs(state, state.updatedAt + 1) === workedMs(state, state.updatedAt);
  if (!isAtRest || state.seq === 0) return undefined;
  return { past: toPastRun(state, state.updatedAt), outcomes: [...outcomesOf(state)], figures: [...figuresOf(state)] };
}
