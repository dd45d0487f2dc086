import { valuesOf } from "../state/chunked";
import type { Subtask } from "../plan/plan";
import { toRole, type RoleName } from "../role";
import { estimateMs } from "../plan/schedule";
import type { RunState } from "../state/state";
import { addUsage, NO_USAGE, totalTokens, type Usage } from "../usage";

/** What is likely, and the span around it in which half of all cases lie. */
export interface Range {
  readonly least: number;
  readonly likely: number;
  readonly most: number;
}

/** US dollars per million tokens. */
export interface TokenPrice {
  readonly input: number;
  readonly output: number;
  readonly cacheRead: number;
  readonly cacheWrite: number;
}

/** The worker that will carry a subtask out, as far as an estimate needs to know it. */
export interface WorkerFacts {
  readonly model: string;
  /** Undefined where nobody here knows the model. */
  readonly price: TokenPrice | undefined;
  /** How much the model can hold, in tokens. */
  readonly contextTokens: number;
  readonly maxTurns: number;
}

/** What one finished subtask of an earlier run took. */
export interface Figure {
  readonly role: RoleName;
  readonly usage: Usage;
  readonly ms: number;
}

/** What a subtask will probably take. */
export interface SubtaskEstimate {
  readonly id: string;
  readonly ms: number;
  readonly tokens: Range;
  /** US dollars; undefined where the model has no price. */
  readonly usd: Range | undefined;
  /** Tokens in the worker's context at its end, at most. */
  readonly context: number;
  /** How many finished subtasks of this repository the tokens are drawn from; 0 means the role's defaults. */
  readonly figures: number;
}

/** Estimates one subtask, from this repository's history where there is enough of it, else from its role's defaults. */
export function estimateSubtask(
  subtask: Subtask,
  { worker, history }: { readonly worker: WorkerFacts; readonly history: readonly Figure[] },
): SubtaskEstimate {
  const role = toRole(subtask.agent) ?? "implementer";
  const figures = history.filter((figure) => figure.role === role);
  const learnt = figures.length >= MIN_FIGURES;
  const ms = knownMs(subtask, history) ?? estimateMs(subtask);
  const turns = turnsOf(subtask, { role, ms, maxTurns: worker.maxTurns });
  const usages = learnt ? figures.map((figure) => figure.usage) : defaultUsages(subtask, role, turns);
  const limit = subtask.constraints?.max_tokens ?? Infinity;
  const bounded = usages.map((usage) => within(usage, limit));
  const rangeOf = learnt ? quartiles : inOrderOfSize;
  const { price } = worker;
  return {
    id: subtask.id,
    ms,
    tokens: rangeOf(bounded.map(totalTokens)),
    usd: price === undefined ? undefined : rangeOf(bounded.map((usage) => costAt(price, usage))),
    context: START_TOKENS + WORK[role].growth * turns.most,
    figures: learnt ? figures.length : 0,
  };
}

/** How long a subtask will take, in milliseconds, as the plan says or as this repository has shown; undefined where neither does. */
export function knownMs(subtask: Subtask, history: readonly Figure[]): number | undefined {
  if (subtask.estimated_time !== undefined) return estimateMs(subtask);
  const role = toRole(subtask.agent) ?? "implementer";
  const figures = history.filter((figure) => figure.role === role);
  return figures.length < MIN_FIGURES ? undefined : quartiles(figures.map((figure) => figure.ms)).likely;
}

/** The sum of ranges, bound by bound: wider than the truth, as not everything goes wrong at once. */
export function sumRanges(ranges: readonly Range[]): Range {
  return ranges.reduce(
    (sum, r) => ({ least: sum.least + r.least, likely: sum.likely + r.likely, most: sum.most + r.most }),
    { least: 0, likely: 0, most: 0 },
  );
}

/** The figures of a run's finished subtasks, for estimates to come. */
export function figuresOf({ subtasks }: RunState): readonly Figure[] {
  return valuesOf(subtasks).flatMap(({ subtask, status, usage, startedAt, endedAt }): readonly Figure[] => {
    const role = toRole(subtask.agent);
    if (status !== "finished" || role === undefined || startedAt === null || endedAt === null) return [];
    return [{ role, usage, ms: endedAt - startedAt }];
  });
}

/** Fewer finished subtasks of a role than this say nothing: a quartile of four is a single case. */
export const MIN_FIGURES = 5;

/** What a role does in {@link WORK_MS} of subtask. */
interface RoleWork {
  /** Fewest and most turns. */
  readonly turns: readonly [number, number];
  /** Tokens a turn adds to the context: answer and tool results. */
  readonly growth: number;
  /** Tokens of the answer alone. */
  readonly output: number;
}

/** The length of subtask the table below is for; the planner is told to cut subtasks no smaller. */
const WORK_MS = 15 * 60_000;

/** Tokens before the first answer: system prompt and tools (about 2,500), assignment and instructions (about 1,500). */
const START_TOKENS = 4_000;

/** A subtask of any estimate does at least half and at most four times the work of one of {@link WORK_MS}. */
const MIN_SCALE = 0.5;
const MAX_SCALE = 4;

/**
 * Defaults until a repository has figures of its own. Read tools return up to 2,000 tokens of file at a time and answers
 * that only call tools are short, so those who mostly read grow fast and write little; those who write pay for each
 * changed line twice, as output and as context; testers add the output of failing checks.
 */
const WORK: Readonly<Record<RoleName, RoleWork>> = {
  planner: { turns: [5, 15], growth: 3_000, output: 600 },
  researcher: { turns: [6, 18], growth: 3_000, output: 400 },
  architect: { turns: [5, 15], growth: 2_800, output: 900 },
  implementer: { turns: [10, 28], growth: 2_000, output: 800 },
  tester: { turns: [10, 30], growth: 2_200, output: 900 },
  reviewer: { turns: [5, 15], growth: 3_000, output: 500 },
  documenter: { turns: [5, 14], growth: 2_400, output: 900 },
  // Its material comes with the assignment; it answers once or twice.
  synthesizer: { turns: [2, 5], growth: 2_500, output: 1_500 },
};

function turnsOf(
  { constraints }: Subtask,
  { role, ms, maxTurns }: { readonly role: RoleName; readonly ms: number; readonly maxTurns: number },
): Range {
  const scale = Math.min(MAX_SCALE, Math.max(MIN_SCALE, ms / WORK_MS));
  const limit = Math.min(maxTurns, constraints?.max_turns ?? Infinity);
  const [fewest, most] = WORK[role].turns.map((n) => Math.max(1, Math.min(limit, Math.round(n * scale))));
  const [least, top] = [fewest ?? 1, most ?? 1];
  return { least, likely: Math.round((least + top) / 2), most: top };
}

/** Every turn sends the whole conversation again: what is new is written to the prompt cache, the rest read from it. */
function usageOf(role: RoleName, turns: number): Usage {
  const { growth, output } = WORK[role];
  const again = turns - 1;
  return {
    inputTokens: 0,
    outputTokens: output * turns,
    cacheWriteTokens: START_TOKENS + growth * again,
    cacheReadTokens: START_TOKENS * again + (growth * again * (again - 1)) / 2,
    usd: 0,
  };
}

/** Least, likely and most. A reviewer reads along once when all goes well, and every round when it does not. */
function defaultUsages({ review }: Subtask, role: RoleName, turns: Range): readonly Usage[] {
  const [fewest, most] = WORK.reviewer.turns;
  const work = [turns.least, turns.likely, turns.most].map((n) => usageOf(role, n));
  if (review === undefined) return work;
  const short = usageOf("reviewer", fewest);
  const long = times(usageOf("reviewer", most), review.rounds);
  const reading = [short, times(addUsage(short, long), 0.5), long];
  return work.map((usage, i) => addUsage(usage, reading[i] ?? NO_USAGE));
}

function within(usage: Usage, maxTokens: number): Usage {
  const total = totalTokens(usage);
  return total <= maxTokens ? usage : times(usage, maxTokens / total);
}

function times(usage: Usage, factor: number): Usage {
  return {
    inputTokens: usage.inputTokens * factor,
    outputTokens: usage.outputTokens * factor,
    cacheReadTokens: usage.cacheReadTokens * factor,
    cacheWriteTokens: usage.cacheWriteTokens * factor,
    usd: usage.usd * factor,
  };
}

const TOKENS_PER_PRICE = 1_000_000;

function costAt(price: TokenPrice, usage: Usage): number {
  return (
    (usage.inputTokens * price.input +
      usage.outputTokens * price.output +
      usage.cacheReadTokens * price.cacheRead +
      usage.cacheWriteTokens * price.cacheWrite) /
    TOKENS_PER_PRICE
  );
}

function inOrderOfSize([least = 0, likely = 0, most = 0]: readonly number[]): Range {
  return { least, likely, most };
}

/** First quartile, median and third quartile, with straight lines between neighbours. */
function quartiles(values: readonly number[]): Range {
  const sorted = values.toSorted((a, b) => a - b);
  const at = (share: number): number => {
    const place = (sorted.length - 1) * share;
    const below = sorted[Math.floor(place)] ?? 0;
    const above = sorted[Math.ceil(place)] ?? 0;
    return below + (above - below) * (place - Math.floor(place));
  };
  return { least: at(0.25), likely: at(0.5), most: at(0.75) };
}
