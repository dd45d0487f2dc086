import { ageText } from "../age-text";
import { bytesOf, type RunStock } from "./stock";

/** Which runs are to go. */
export interface CleanWish {
  /** Runs in which nothing happened for so long, in milliseconds. */
  readonly olderThanMs?: number | undefined;
  /** The latest so many stay whatever else is said. */
  readonly keep?: number | undefined;
  /** What may stay in all, in bytes: the oldest go until it is reached. */
  readonly maxBytes?: number | undefined;
  /** These, and no others. */
  readonly runs?: readonly string[] | undefined;
}

/** Without any wish, runs go in which nothing happened for so long, in milliseconds. */
export const DEFAULT_AGE_MS = 14 * 86_400_000;

/** What is to go, and why the rest stays. */
export interface CleanChoice {
  readonly clean: readonly RunStock[];
  readonly keep: readonly { readonly run: RunStock; readonly why: string }[];
}

/** Chooses by age, number and size; `now` is milliseconds since the epoch. A run somebody has is never chosen. */
export function chooseRuns(runs: readonly RunStock[], wish: CleanWish, now: number): CleanChoice {
  const latest = runs.toSorted((a, b) => b.lastMs - a.lastMs);
  const isBare = wish.keep === undefined && wish.maxBytes === undefined && wish.runs === undefined;
  const ageMs = wish.olderThanMs ?? (isBare ? DEFAULT_AGE_MS : 0);
  let left = latest.reduce((sum, run) => sum + bytesOf(run), 0);
  const whys = new Map<RunStock, string>();
  const clean: RunStock[] = [];
  // The oldest first, as a size is reached from there.
  for (const [index, run] of [...latest.entries()].toReversed()) {
    const why = whyKept(run, { wish, index, ageMs, now, left });
    if (why === undefined) {
      clean.unshift(run);
      left -= bytesOf(run);
    } else whys.set(run, why);
  }
  return { clean, keep: latest.flatMap((run) => (whys.has(run) ? [{ run, why: whys.get(run) ?? "" }] : [])) };
}

function whyKept(
  run: RunStock,
  a: {
    readonly wish: CleanWish;
    readonly index: number;
    readonly ageMs: number;
    readonly now: number;
    readonly left: number;
  },
): string | undefined {
  const { wish, index, ageMs, now, left } = a;
  if (run.owner !== null) return `${run.owner} has it`;
  // What was begun is finished, whoever is asked for.
  if (run.isHalfCleaned) return undefined;
  if (wish.runs !== undefined) return wish.runs.includes(run.id) ? undefined : "not asked for";
  if (index < (wish.keep ?? 0)) return `one of the latest ${wish.keep ?? 0}`;
  // A clock that was set back, or another machine's, leaves times that are yet to come.
  const age = Math.max(0, now - run.lastMs);
  if (age < ageMs) return `last touched ${ageText(age)}`;
  if (wish.maxBytes !== undefined && left <= wish.maxBytes) return "within the size";
  return undefined;
}
