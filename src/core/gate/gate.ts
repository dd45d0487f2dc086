import { MIN_INDEPENDENT, MIN_SUBTASK_MINUTES, OVERHEAD } from "./gate-thresholds";
import { warningsFor } from "./gate-warnings";
import {
  estimateSubtask,
  sumRanges,
  type Figure,
  type Range,
  type SubtaskEstimate,
  type WorkerFacts,
} from "./estimate";
import { mostAtOnce } from "../plan/claims";
import { toWaves, type PlanProblem } from "../plan/graph";
import type { Plan, Subtask } from "../plan/plan";
import { timePlan, type Timing } from "./timing";
import { toRole, type RoleName } from "../role";

/** The plan judged before any money is spent. */
export interface Gate extends Timing {
  /** The ids of each wave. */
  readonly waves: readonly (readonly string[])[];
  /** How many subtasks can run at the same time at best: of the widest wave those that do not name the same file. */
  readonly independent: number;
  readonly subtasks: readonly SubtaskEstimate[];
  readonly tokens: Range;
  /** US dollars, of the subtasks whose model has a price; undefined where none has. */
  readonly usd: Range | undefined;
  /** How many subtasks are not in `usd`. */
  readonly unpriced: number;
  readonly recommendation: Recommendation;
  readonly warnings: readonly PlanProblem[];
}

/** How the goal is best carried out, and why, in one sentence. */
export interface Recommendation {
  readonly kind: "one worker" | "in parallel";
  readonly reason: string;
}

/** What the gate must be told, as core knows no models, prices or repositories. */
export interface GateOptions {
  /** Workers at the same time. */
  readonly workers: number;
  readonly workerFor: (role: RoleName, model: string | undefined) => WorkerFacts;
  /** Figures of this repository's finished subtasks. */
  readonly history?: readonly Figure[];
  /** Names of package scripts; undefined where nobody looked, and then no check name is doubted. */
  readonly scripts?: ReadonlySet<string>;
}

/** Judges a checked plan: estimates, waves, recommendation, warnings with paths into the plan. Pure. */
export function judgePlan(plan: Plan, options: GateOptions): Gate {
  const workers = new Map(
    plan.subtasks.map((s) => [s.id, options.workerFor(toRole(s.agent) ?? "implementer", s.model)]),
  );
  const estimates = plan.subtasks.flatMap((subtask) => {
    const worker = workers.get(subtask.id);
    return worker === undefined ? [] : [estimateSubtask(subtask, { worker, history: options.history ?? [] })];
  });
  const msById = new Map(estimates.map((e) => [e.id, e.ms]));
  const msOf = (subtask: Subtask) => msById.get(subtask.id) ?? 0;
  const waves = toWaves(plan.subtasks);
  const timing = timePlan(plan.subtasks, { msOf, workers: options.workers });
  const withOverhead = { ...timing, parallelMs: timing.parallelMs * (1 + OVERHEAD) };
  const independent = waves.reduce((widest, wave) => Math.max(widest, mostAtOnce(wave)), 0);
  const priced = estimates.flatMap(({ usd }) => (usd === undefined ? [] : [usd]));
  const tokens = sumRanges(estimates.map((e) => e.tokens));
  const usd = priced.length === 0 ? undefined : sumRanges(priced);
  return {
    ...withOverhead,
    waves: waves.map((wave) => wave.map((s) => s.id)),
    independent,
    subtasks: estimates,
    tokens,
    usd,
    unpriced: estimates.length - priced.length,
    recommendation: recommend(withOverhead, { subtasks: estimates, independent, waves: waves.length }),
    warnings: warningsFor(plan, {
      workers,
      estimates,
      waves,
      tokens,
      usd,
      parallelMs: withOverhead.parallelMs,
      scripts: options.scripts,
    }),
  };
}

function recommend(
  { sequentialMs, parallelMs }: Timing,
  {
    subtasks,
    independent,
    waves,
  }: { readonly subtasks: readonly SubtaskEstimate[]; readonly independent: number; readonly waves: number },
): Recommendation {
  const one = (reason: string): Recommendation => ({ kind: "one worker", reason });
  const sequential = minutes(sequentialMs);
  const average = minutes(sequentialMs / Math.max(1, subtasks.length));
  const parallel = minutes(parallelMs);
  if (subtasks.length === 1) return one("There is one subtask.");
  if (independent === 1)
    return one(
      `Each subtask waits for the one before${waves < subtasks.length ? " or changes the same file" : ""}, so nothing can run at the same time.`,
    );
  if (independent < MIN_INDEPENDENT)
    return one(
      `At most ${independent} subtasks can run at the same time; below ${MIN_INDEPENDENT}, setting up and merging costs more than it saves.`,
    );
  if (average < MIN_SUBTASK_MINUTES)
    return one(
      `Subtasks take ${average} min on average; below ${MIN_SUBTASK_MINUTES} min, setting each up costs more than it saves.`,
    );
  if (parallelMs >= sequentialMs)
    return one(
      `With ${OVERHEAD * 100} % for setting up and merging, parallel work takes ${parallel} min, one worker ${sequential} min.`,
    );
  return {
    kind: "in parallel",
    reason: `Up to ${independent} subtasks can run at the same time: ${parallel} min, against ${sequential} min one after the other.`,
  };
}

function minutes(ms: number): number {
  return Math.round(ms / 60_000);
}
