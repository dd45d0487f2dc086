import type { Facts } from "./facts";
import type { Pattern, Rule, Span, When } from "./rule";
import type { Scenario } from "./scenario";

/** The rule that answers, with the groups its `contains` captured. */
export interface Choice {
  readonly rule: Rule;
  /** Counted from 1, as a reader of the file counts. */
  readonly number: number;
  readonly match: readonly string[];
}

/** Picks rules for requests; all it remembers is how often each rule answered and the state of its dice. */
export type Player = (facts: Facts) => Choice | undefined;

/** A player for one server. The dice of each rule are seeded by the scenario, so a run in order repeats itself. */
export function createPlayer({ rules, seed }: Pick<Scenario, "rules" | "seed">): Player {
  const used = rules.map(() => 0);
  const dice = rules.map((_, i) => createDice(seed + i));
  return (facts) => {
    for (const [i, rule] of rules.entries()) {
      const { when } = rule;
      if ((used[i] ?? 0) >= (when.times ?? Number.POSITIVE_INFINITY)) continue;
      const match = matches(when, facts);
      if (match === undefined) continue;
      if (when.probability !== undefined && (dice[i]?.() ?? 1) >= when.probability) continue;
      used[i] = (used[i] ?? 0) + 1;
      return { rule, number: i + 1, match };
    }
    return undefined;
  };
}

/** The groups of `contains` when the request fits, undefined when it does not. */
function matches(when: When, facts: Facts): readonly string[] | undefined {
  const fits =
    isOneOf(when.role, facts.role) &&
    isOneOf(when.subtask, facts.subtask) &&
    isOneOf(when.model, facts.model) &&
    isOneOf(when.last_tool, facts.lastTool) &&
    isWithin(when.attempt, facts.attempt) &&
    isWithin(when.turn, facts.turn) &&
    find(when.system_contains, facts.system) !== undefined &&
    find(when.last_result_contains, facts.lastResult) !== undefined &&
    (when.last_result_error ?? facts.lastResultError) === facts.lastResultError;
  return fits ? find(when.contains, facts.text) : undefined;
}

function isOneOf(patterns: readonly Pattern[] | undefined, value: string): boolean {
  if (patterns === undefined) return true;
  return patterns.some((pattern) => (typeof pattern === "string" ? pattern === value : pattern.test(value)));
}

function isWithin(span: Span | undefined, value: number): boolean {
  return span === undefined || (value >= span.from && value <= span.to);
}

function find(pattern: Pattern | undefined, text: string): readonly string[] | undefined {
  if (pattern === undefined) return [];
  if (typeof pattern === "string") return text.includes(pattern) ? [pattern] : undefined;
  return pattern.exec(text)?.map((group: string | undefined) => group ?? "");
}

/** Mulberry32: numbers in [0, 1), the same for the same seed. Source: Tommy Ettinger, public domain. */
function createDice(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}
