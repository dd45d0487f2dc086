import { describeFinding, type Finding, type Report } from "../core/report";

/** Characters a synthesizer is told of one subtask, and of all of them. */
const MAX_SUBTASK = 3_000;
const MAX_ALL = 150_000;

/** What became of one subtask. */
export interface Contribution {
  readonly id: string;
  readonly objective: string;
  readonly status: string;
  readonly report: Report | null;
  /** Why there is none. */
  readonly reason: string | null;
  readonly openFindings: readonly Finding[];
  readonly notes: readonly string[];
}

/** A synthesizer's first message: the goal, and report by report what came of it. Never a transcript. */
export function describeSynthesis(s: {
  readonly goal: string;
  readonly constraints: readonly string[];
  readonly subtasks: readonly Contribution[];
  /** Why the folder does not hold the results; null where it does. */
  readonly conflict: string | null;
}): string {
  return [
    `Goal: ${s.goal}`,
    "All workers have ended. Bring their work together in one report: in summary what was done; in open_points what is missing against the goal; in findings where results contradict each other and what was done twice; in decisions what all of it rests on.",
    s.conflict === null
      ? "The current directory holds all results, merged."
      : `The current directory holds the state before the run, as the results do not merge: ${s.conflict}`,
    list("Decisions to follow", s.constraints),
    ...tellContributions(s.subtasks),
  ]
    .filter((part) => part !== "")
    .join("\n\n");
}

/** What became of subtasks, a paragraph each, as far as there is room. `more` is a further line about each. */
export function tellContributions<C extends Contribution>(
  subtasks: readonly C[],
  more: (subtask: C) => string = () => "",
): readonly string[] {
  const told: string[] = [];
  let chars = 0;
  for (const subtask of subtasks) {
    const text = describeContribution(subtask, more(subtask));
    chars += text.length;
    if (chars > MAX_ALL) break;
    told.push(text);
  }
  const left = subtasks.length - told.length;
  return left === 0 ? told : [...told, `(${left} more subtasks left out.)`];
}

function describeContribution(c: Contribution, more: string): string {
  const parts = [
    `Subtask ${c.id} [${c.status}]: ${c.objective}`,
    more,
    c.reason === null ? "" : `It ended with: ${c.reason}`,
    c.report === null ? "There is no report." : `Report: ${c.report.summary}`,
    list("Files", c.report?.files ?? []),
    list("Decisions", c.report?.decisions ?? []),
    list("Open points", c.report?.open_points ?? []),
    list("Findings", (c.report?.findings ?? []).map(describeFinding)),
    list("Open findings of its review", c.openFindings.map(describeFinding)),
    list("Notes (read_note)", c.notes),
  ];
  const text = parts.filter((part) => part !== "").join("\n");
  return text.length <= MAX_SUBTASK ? text : `${text.slice(0, MAX_SUBTASK).toWellFormed()}\n(Cut.)`;
}

function list(title: string, items: readonly string[]): string {
  return items.length === 0 ? "" : `${title}:\n${items.map((item) => `- ${item}`).join("\n")}`;
}
