import type { Range } from "./estimate";
import type { Gate } from "./gate";

/** The gate in one line, what stands above a plan in the editor: what matters most first, as an editor may be narrow. */
export function gateLine(gate: Gate): string {
  return [
    `Recommended: ${gate.recommendation.kind}`,
    countOf(gate.subtasks.length, "subtask"),
    countOf(gate.waves.length, "wave"),
    `${timeText(gate.parallelMs)}, by one worker ${timeText(gate.sequentialMs)}`,
    ...costParts(gate),
    `critical path ${gate.criticalPath.join(" → ")} (${timeText(gate.criticalMs)})`,
  ].join(" · ");
}

/** What somebody wants to know before approving: the longest path, time, cost, and what is recommended. */
export function gateSummary(gate: Gate): readonly string[] {
  const learnt = gate.subtasks.filter((s) => s.figures > 0).length;
  const basis =
    learnt === 0
      ? "the roles' defaults"
      : `this repository's finished runs (${learnt} of ${gate.subtasks.length} subtasks)`;
  return [
    `Critical path: ${gate.criticalPath.join(" → ")} (${timeText(gate.criticalMs)})`,
    `Time: ${timeText(gate.parallelMs)} in parallel, ${timeText(gate.sequentialMs)} by one worker; at most ${gate.independent} at the same time`,
    `Estimate: ${costParts(gate).join(", ")}, from ${basis}`,
    `Recommendation: ${gate.recommendation.kind}. ${gate.recommendation.reason}`,
  ];
}

/** The gate in lines: what `braid plan --check` prints. */
export function gateReport(gate: Gate): readonly string[] {
  const byId = new Map(gate.subtasks.map((s) => [s.id, s]));
  return [
    ...gate.waves.flatMap((wave, i) => [
      `Wave ${i + 1}: ${wave.join(", ")}`,
      ...wave.flatMap((id) => {
        const s = byId.get(id);
        return s === undefined ? [] : [`  ${id}: ${[timeText(s.ms), ...costParts(s)].join(", ")}`];
      }),
    ]),
    ...gateSummary(gate),
  ];
}

/** Tokens and cost of a subtask or a plan as ranges. */
export function costParts({ tokens, usd, unpriced = 0 }: Costs): readonly string[] {
  const missing =
    usd === undefined || unpriced === 0 ? "" : ` without ${countOf(unpriced, "subtask")} whose model has no price`;
  return [
    `${tokenText(tokens.least)} to ${tokenText(tokens.most)} tokens`,
    usd === undefined ? "cost unknown" : `$${usd.least.toFixed(2)} to $${usd.most.toFixed(2)}${missing}`,
  ];
}

interface Costs {
  readonly tokens: Range;
  readonly usd: Range | undefined;
  readonly unpriced?: number;
}

/** Milliseconds as people plan with them: `45 min`, `2 h 10 min`. */
export function timeText(ms: number): string {
  const minutes = Math.max(1, Math.round(ms / 60_000));
  if (minutes < 60) return `${minutes} min`;
  return minutes % 60 === 0 ? `${minutes / 60} h` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

/** Tokens, rounded to what an estimate can know. */
export function tokenText(tokens: number): string {
  if (tokens < 1000) return String(Math.round(tokens));
  if (tokens < 1_000_000) return `${Math.round(tokens / 1000)}k`;
  return `${(tokens / 1_000_000).toFixed(1)}M`;
}

function countOf(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? "" : "s"}`;
}
