import { describeFinding, type Finding, type Report } from "../core/report";

/** Characters a synthesizer is told of all subtasks, and of one: the fewer they are, the more of each. */
const MAX_ALL = 150_000;
const SUBTASK = { least: 3_000, most: 15_000 } as const;

const ENDED = "All workers have ended. Bring their work together in one report: ";
const OF_WORK =
  "in summary what was done; in open_points what is missing against the goal; in findings where results contradict each other and what was done twice; in decisions what all of it rests on.";
const OF_A_REVIEW =
  "in summary what state the code is in and what to mend first; in findings those of theirs that stand, each once, worst first, with file, line, severity, message and fix: look at the place before you drop or join one; in open_points what nobody looked at.";

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
  /** Whether all of them only looked: then their findings are the result. */
  readonly looked: boolean;
}): string {
  return [
    `Goal: ${s.goal}`,
    s.looked ? `${ENDED}${OF_A_REVIEW}` : `${ENDED}${OF_WORK}`,
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
  const room = Math.min(SUBTASK.most, Math.max(SUBTASK.least, Math.floor(MAX_ALL / Math.max(1, subtasks.length))));
  for (const subtask of subtasks) {
    const text = describeContribution(subtask, { room, more: more(subtask) });
    chars += text.length;
    if (chars > MAX_ALL) break;
    told.push(text);
  }
  const left = subtasks.length - told.length;
  return left === 0 ? told : [...told, `(${left} more subtasks left out.)`];
}

function describeContribution(
  c: Contribution,
  { room, more }: { readonly room: number; readonly more: string },
): string {
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
  return text.length <= room ? text : `${text.slice(0, room).toWellFormed()}\n(Cut.)`;
}

function list(title: string, items: readonly string[]): string {
  return items.length === 0 ? "" : `${title}:\n${items.map((item) => `- ${item}`).join("\n")}`;
}
