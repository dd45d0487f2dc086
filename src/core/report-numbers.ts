import { duration } from "./clock-text";
import { metricsOf } from "./run-metrics";
import { qualityOf, type QualityCheck } from "./run-quality";
import type { RunView } from "./state/view";

/** What a run took, as rows of name, value and how it was come by; none before anybody worked. */
export function numbersOf(view: RunView): readonly (readonly [string, string, string])[] {
  const m = metricsOf(view);
  if (m.speedUp === null) return [];
  const share = m.subtasks === 0 ? "" : ` (${Math.round((100 * m.finished) / m.subtasks)} %)`;
  return [
    [
      "Speed-up",
      `${m.speedUp.toFixed(2)} ×`,
      `measured: ${duration(m.workMs)} of work in ${duration(m.wallMs)} in which somebody worked`,
    ],
    ["Success", `${m.finished} of ${m.subtasks} subtasks${share}`, `${m.finishedAttempts} of ${m.attempts} attempts`],
    ["Retries", String(m.retries), "attempts beyond each subtask's first"],
    ["Conflicts", String(m.conflicts), "pairs of results that conflict, and accepts that did not go in for one"],
    ...(m.singleAgentTokens === null
      ? []
      : [
          [
            "Tokens against one agent",
            `${m.tokens.toLocaleString("en")} / ${m.singleAgentTokens.toLocaleString("en")}`,
            "estimated: the same turns in one conversation, each of which sends again what the subtasks before it left (a request of theirs of middle size, 160,000 tokens at most)",
          ] as const,
        ]),
  ];
}

/** The check list in words: a sign, what is asked, what the answer rests on. */
export function qualityLines(
  view: RunView,
): readonly { readonly about: QualityCheck["about"]; readonly lines: readonly string[] }[] {
  const all = qualityOf(view);
  return (["Decomposition", "Execution", "Integration"] as const).flatMap((about) => {
    const lines = all.filter((check) => check.about === about).map((c) => `${SIGNS[c.answer]} ${c.text} (${c.detail})`);
    return lines.length === 0 ? [] : [{ about, lines }];
  });
}

const SIGNS = { yes: "✓", no: "✕", open: "·" } as const;
