import { failure, type Failure } from "./failure";

/** What an agent is at that may take too long: a tool, or its next turn. */
export type Stall =
  /** `doing` is the tool, and of a command its beginning. */
  { readonly where: "tool"; readonly doing: string } | { readonly where: "turn" };

/** How long something may go without a sign of life, in milliseconds: until it is shown, and until it is stopped. */
export interface StallBudget {
  readonly shownMs: number;
  readonly stopMs: number;
}

/** The two budgets of every agent; a plan's own `time_budget` is about the work as a whole. */
export interface StallBudgets {
  readonly tool: StallBudget;
  readonly turn: StallBudget;
}

/** Minutes after which what stands still is stopped. */
export interface StallMinutes {
  readonly tool?: number | undefined;
  readonly turn?: number | undefined;
}

/**
 * What holds where nobody says otherwise. A command ends by itself after ten minutes at most, and the client gives a silent
 * stream up after one: what takes longer than these is stuck in a way nobody foresaw.
 */
export const STALL_MINUTES = { tool: 15, turn: 10 } as const;

/** The least and the most that can be set, in minutes. */
export const STALL_LIMITS = { least: 0.01, most: 24 * 60 } as const;

/** It is shown after this part of the time in which it is stopped. */
const SHOWN_SHARE = 1 / 3;

/** The budgets these minutes mean; what is not said is as by default. */
export function stallBudgets({ tool = STALL_MINUTES.tool, turn = STALL_MINUTES.turn }: StallMinutes): StallBudgets {
  const budget = (minutes: number): StallBudget => ({
    shownMs: minutes * MINUTE_MS * SHOWN_SHARE,
    stopMs: minutes * MINUTE_MS,
  });
  return { tool: budget(tool), turn: budget(turn) };
}

/** A number of minutes that can be set; undefined for anything else. */
export function stallMinutes(value: unknown): number | undefined {
  const { least, most } = STALL_LIMITS;
  return typeof value === "number" && value >= least && value <= most ? value : undefined;
}

/** Why an agent is taken for stuck, for people: `bash (npm test) has run for 5 min`. */
export function stallText(stall: Stall, ms: number): string {
  return stall.where === "tool"
    ? `${stall.doing} has not ended for ${durationText(ms)}`
    : `the model has said nothing for ${durationText(ms)}`;
}

/** Why an agent was stopped. */
export function stallFailure(stall: Stall, ms: number): Failure {
  const [code, setting] =
    stall.where === "tool"
      ? (["stall.tool", "braid.stalls.toolMinutes, --tool-minutes"] as const)
      : (["stall.turn", "braid.stalls.turnMinutes, --turn-minutes"] as const);
  return failure(code, `It was stuck: ${stallText(stall, ms)}.`, {
    hint: `What it did until then is kept. Retry it; if it needs longer, allow more (${setting}).`,
  });
}

const MINUTE_MS = 60_000;

function durationText(ms: number): string {
  if (ms < MINUTE_MS) return `${Math.round(ms / 100) / 10} s`;
  return `${Math.round((ms / MINUTE_MS) * 10) / 10} min`;
}
