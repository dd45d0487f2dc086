import { workedMs } from "../state/spent";
import type { RunState } from "../state/state";
import { isAtWork } from "../state/subtask-view";
import { subtasksOf, toRunView, type RunPhase } from "../state/view";
import { addUsage, NO_USAGE, type Usage } from "../usage";

/** A run as the history tells it. */
export interface PastRun {
  readonly id: string;
  readonly goal: string;
  readonly phase: RunPhase;
  /** Milliseconds since the epoch. */
  readonly createdAt: number;
  readonly updatedAt: number;
  /** Time in which somebody worked, in milliseconds. */
  readonly workedMs: number;
  readonly subtasks: number;
  readonly accepted: number;
  readonly rejected: number;
  /** Results nobody has decided about. */
  readonly open: number;
  readonly failed: number;
  readonly usage: Usage;
}

/** A run's line in the history; `now` is milliseconds since the epoch. */
export function toPastRun(state: RunState, now: number): PastRun {
  const view = toRunView(state);
  const { counts } = view;
  return {
    id: view.id,
    goal: view.goal,
    phase: view.phase,
    createdAt: view.createdAt,
    updatedAt: view.updatedAt,
    workedMs: workedMs(state, now),
    subtasks: subtasksOf(view).length,
    accepted: counts.accepted,
    rejected: counts.rejected,
    open: view.results,
    failed: counts.failed,
    usage: view.usage,
  };
}

/** Where a run stands that nobody has: its log may end with workers at work, who are not. */
export function phaseAtRest(phase: RunPhase): RunPhase {
  return phase === "running" || phase === "planning" ? "paused" : phase;
}

/** How often something went well, of how many times. */
export interface Rate {
  readonly good: number;
  readonly of: number;
}

/** How well runs went, all of them together. */
export interface SuccessRates {
  /** Subtasks whose last attempt ended well, of those that were tried and are not under way. */
  readonly finished: Rate;
  /** Of those that ended well, at the first attempt. */
  readonly firstTry: Rate;
  /** Results that were accepted, of those decided about. */
  readonly accepted: Rate;
  /** Subtasks that ended well, by role; roles that were tried most come first. */
  readonly byRole: readonly (Rate & { readonly role: string })[];
}

/** How the last attempt at a subtask ended. */
export interface SubtaskOutcome {
  readonly role: string;
  readonly good: boolean;
  /** Whether it was the first one. */
  readonly first: boolean;
  /** What the user then said; null where nothing was. */
  readonly decision: "accepted" | "rejected" | null;
}

/** How the subtasks of a run ended that were tried and are not under way. */
export function outcomesOf(state: RunState): readonly SubtaskOutcome[] {
  return subtasksOf(toRunView(state))
    .filter((s) => s.attempt > 0 && s.endedAt !== null && !isAtWork(s) && s.status !== "queued")
    .map((s) => ({
      role: s.role,
      good: isGood(s),
      first: s.attempt === 1,
      decision: s.status === "accepted" || s.status === "rejected" ? s.status : null,
    }));
}

/** Success over the subtasks of some runs, as their logs have it: nobody was asked. */
export function successRates(tried: readonly SubtaskOutcome[]): SuccessRates {
  const good = tried.filter((one) => one.good);
  const decided = tried.filter(({ decision }) => decision !== null);
  const roles = [...new Set(tried.map(({ role }) => role))].map((role) => {
    const own = tried.filter((one) => one.role === role);
    return { role, good: own.filter((one) => one.good).length, of: own.length };
  });
  return {
    finished: { good: good.length, of: tried.length },
    firstTry: { good: good.filter(({ first }) => first).length, of: good.length },
    accepted: { good: decided.filter(({ decision }) => decision === "accepted").length, of: decided.length },
    byRole: roles.toSorted((a, b) => b.of - a.of),
  };
}

/** Ended with a report; what the user then made of it is another matter. */
function isGood({ failure, report }: { readonly failure: unknown; readonly report: unknown }): boolean {
  return failure === null && report !== null;
}

/** `3 of 4 (75 %)`; "" of nothing. */
export function rateText({ good, of }: Rate): string {
  return of === 0 ? "" : `${good} of ${of} (${Math.floor((good / of) * 100)} %)`;
}

/** What came of a run: `2 accepted, 1 rejected, 1 to review, 1 failed`; "" where nothing has. */
export function resultsText({ accepted, rejected, open, failed }: PastRun): string {
  return [
    ...(accepted === 0 ? [] : [`${accepted} accepted`]),
    ...(rejected === 0 ? [] : [`${rejected} rejected`]),
    ...(open === 0 ? [] : [`${open} to review`]),
    ...(failed === 0 ? [] : [`${failed} failed`]),
  ].join(", ");
}

/** All rates in words, one line each. */
export function ratesLines(rates: SuccessRates): readonly string[] {
  const lines: readonly (readonly [string, Rate])[] = [
    ["Subtasks that ended well", rates.finished],
    ["of these at the first attempt", rates.firstTry],
    ["Results accepted, of those decided", rates.accepted],
    ...rates.byRole.map((rate) => [`  ${rate.role}`, rate] as const),
  ];
  return lines.filter(([, { of }]) => of > 0).map(([what, rate]) => `${what}: ${rateText(rate)}`);
}

/** What all runs together spent. */
export function totalOf(runs: readonly PastRun[]): Usage {
  return runs.reduce((sum, { usage }) => addUsage(sum, usage), NO_USAGE);
}
