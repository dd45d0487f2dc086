import { failure, type Failure } from "./failure";
import type { BudgetLimits } from "./plan/plan";
import type { RunEvent } from "./state/events";
import { usageOf, workedMs } from "./state/spent";
import type { RunState } from "./state/state";
import { totalTokens } from "./usage";

/** A run may spend more, or less, from now on. */
export interface BudgetChanged {
  readonly type: "budget.changed";
  /** All its limits, the ones that stay included. */
  readonly budget: BudgetLimits;
}

/** Gives a run other limits; those that are not named stay. */
export interface BudgetCommand {
  readonly type: "change-budget";
  readonly budget: BudgetLimits;
  /** Milliseconds since the epoch. */
  readonly now: number;
}

/** A limit that is used up: dollars, tokens or minutes. */
export interface ReachedLimit {
  readonly what: keyof BudgetLimits;
  readonly limit: number;
  readonly spent: number;
}

/** The limit that allows no further call, of the run's own or others; undefined while all do. `now` is milliseconds since the epoch. */
export function reachedLimit(
  state: RunState,
  now: number,
  { usd, tokens, minutes }: BudgetLimits = state.plan?.budget ?? {},
): ReachedLimit | undefined {
  const spent = usageOf(state);
  if (usd !== undefined && spent.usd >= usd) return { what: "usd", limit: usd, spent: spent.usd };
  const used = totalTokens(spent);
  if (tokens !== undefined && used >= tokens) return { what: "tokens", limit: tokens, spent: used };
  const worked = workedMs(state, now) / MINUTE_MS;
  return minutes !== undefined && worked >= minutes ? { what: "minutes", limit: minutes, spent: worked } : undefined;
}

/** Why the run's budget allows no further call; undefined while it does. `now` is milliseconds since the epoch. */
export function budgetReached(state: RunState, now: number): Failure | undefined {
  const reached = reachedLimit(state, now);
  return reached === undefined ? undefined : overspent(state.id, reached);
}

/** The failure of a run that has spent all of one of its limits. */
export function overspent(run: string, { what, limit, spent }: ReachedLimit): Failure {
  // Enough to be worth it, in a number that can be typed.
  const more = Math.ceil(Number((2 * Math.max(limit, spent) * SCALE).toPrecision(2))) / SCALE;
  const words = {
    usd: [`$${limit}`, `$${spent.toFixed(4)}`, `${more}`],
    tokens: [`${limit} tokens`, `${spent} tokens`, `tokens=${Math.ceil(more)}`],
    minutes: [`${limit} minutes`, `${spent.toFixed(1)} minutes`, `minutes=${more}`],
  } as const;
  const [ofLimit, ofSpent, raised] = words[what];
  return failure("budget.reached", `The run's budget of ${ofLimit} is used up: ${ofSpent} spent.`, {
    hint: `What is done waits in review. To go on, raise it: braid resume ${run} --budget ${raised}, or Resume Run in VS Code.`,
  });
}

/** Judges a command that gives a run other limits: they have to leave it something to spend. */
export function decideBudget(
  state: RunState,
  { budget: change, now }: BudgetCommand,
): { readonly ok: true; readonly events: readonly RunEvent[] } | { readonly ok: false; readonly failure: Failure } {
  const { plan, approved } = state;
  if (plan === undefined || !approved)
    return refuse("The plan is not approved yet.", "Its budget is part of it: change it there.");
  const budget = { ...plan.budget, ...change };
  const still = reachedLimit(state, now, budget);
  if (still !== undefined) return refuse(overspent(state.id, still).message, "Give it more than is spent.");
  const same = LIMITS.every((limit) => budget[limit] === plan.budget?.[limit]);
  return { ok: true, events: same ? [] : [{ type: "budget.changed", budget }] };
}

/** `$2, 200000 tokens, 60 minutes`: what is limited. */
export function budgetText({ usd, tokens, minutes }: BudgetLimits): string {
  const texts = [usd && `$${usd}`, tokens && `${tokens} tokens`, minutes && `${minutes} minutes`];
  return texts.filter(Boolean).join(", ");
}

/** What a budget can limit. */
export const LIMITS = ["usd", "tokens", "minutes"] as const satisfies readonly (keyof BudgetLimits)[];

/** Milliseconds of a minute. */
export const MINUTE_MS = 60_000;

/** Nobody writes a limit finer than a hundredth of a cent. */
const SCALE = 10_000;

function refuse(message: string, hint: string): { readonly ok: false; readonly failure: Failure } {
  return { ok: false, failure: failure("run.state", message, { hint }) };
}
