import { workOf, type Piece } from "./state/history";
import { subtasksOf, type RunView } from "./state/view";
import { totalTokens } from "./usage";

/** What a run took, counted from its log; times in milliseconds. */
export interface RunMetrics {
  /** Work of all attempts, one after the other; waiting for the user is none. */
  readonly workMs: number;
  /** Time in which at least one of them was at work. */
  readonly wallMs: number;
  /** How many times faster than one after the other; null before anybody worked. */
  readonly speedUp: number | null;
  /** Attempts that have ended, and those of them that finished. */
  readonly attempts: number;
  readonly finishedAttempts: number;
  /** Subtasks that are not left out, and those that finished. */
  readonly subtasks: number;
  readonly finished: number;
  /** Attempts beyond each subtask's first; what was interrupted and went on is none. */
  readonly retries: number;
  /** Pairs of results that conflict, and results that could not go in for a conflict. */
  readonly conflicts: number;
  readonly tokens: number;
  /** What one agent would have sent and received for the same turns, by estimate; null before there are any. */
  readonly singleAgentTokens: number | null;
}

/** Counts a run. Same view, same numbers. */
export function metricsOf(view: RunView): RunMetrics {
  const all = subtasksOf(view).filter(({ status }) => status !== "skipped");
  const stretches = view.history.filter(({ by }) => by === "worker");
  const pieces = stretches.flatMap((stretch) => workOf(stretch, view.updatedAt));
  const workMs = pieces.reduce((sum, { from, to }) => sum + to - from, 0);
  const wallMs = unionMs(pieces);
  const ended = stretches.filter(({ outcome }) => outcome !== "open" && outcome !== "interrupted");
  return {
    workMs,
    wallMs,
    speedUp: wallMs === 0 ? null : workMs / wallMs,
    attempts: ended.length,
    finishedAttempts: ended.filter(({ outcome }) => outcome === "finished").length,
    subtasks: all.length,
    finished: all.filter(({ status }) => FINISHED.has(status)).length,
    retries: all.reduce((sum, { attempt }) => sum + Math.max(0, attempt - 1), 0),
    conflicts: conflictsOf(view),
    tokens: totalTokens(view.usage),
    singleAgentTokens: singleAgentTokens(view),
  };
}

const FINISHED: ReadonlySet<string> = new Set(["review", "done", "accepted", "rejected"]);

/** How long at least one of these lasted. */
function unionMs(pieces: readonly Piece[]): number {
  let total = 0;
  let until = -Infinity;
  for (const { from, to } of pieces.toSorted((a, b) => a.from - b.from)) {
    total += Math.max(0, to - Math.max(from, until));
    until = Math.max(until, to);
  }
  return total;
}

function conflictsOf(view: RunView): number {
  const all = subtasksOf(view);
  const pairs = all.flatMap((s) =>
    s.overlaps.filter(({ kind }) => kind === "conflict").map((o) => [s.id, o.with].toSorted().join("\n")),
  );
  // What keeps an undo out is no conflict of the results.
  const refused = all.filter(
    ({ status, failure }) =>
      status !== "accepted" && (failure?.code === "merge.conflict" || failure?.code === "merge.dependency"),
  );
  return new Set(pairs).size + refused.length;
}

/** A conversation does not grow beyond this: it would be summed up. */
const SUMMED_UP_AT_TOKENS = 160_000;

/**
 * The same turns in one conversation: each sends, beside its own, what the subtasks before it left, which is taken to be a request
 * of theirs of middle size. Rather too low: one agent would not know where each of them ends.
 */
function singleAgentTokens(view: RunView): number | null {
  let carried = 0;
  let total = 0;
  let turns = 0;
  for (const { usage, ...s } of subtasksOf(view)) {
    if (s.turns === 0) continue;
    const sent = usage.inputTokens + usage.cacheReadTokens + usage.cacheWriteTokens;
    total += sent + usage.outputTokens + s.turns * carried;
    carried = Math.min(SUMMED_UP_AT_TOKENS, carried + Math.round(sent / s.turns));
    turns += s.turns;
  }
  return turns === 0 ? null : total;
}
