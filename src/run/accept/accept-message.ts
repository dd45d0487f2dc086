import { objectiveOf } from "../../core/plan/plan";
import type { RunState } from "../../core/state/state";
import type { SubtaskState } from "../../core/state/subtask-state";

/** Longest subject of a commit, in characters, as git's own tools show it. */
const MAX_SUBJECT = 72;

/** The message of a commit on the target: the user's own words where there are some, else the report's; with trailers. */
export function acceptMessage(state: RunState, subtask: SubtaskState, words?: string): string {
  const own = plainText(words ?? "");
  // Git reads trailers from the last paragraph only, so nothing a report says can pass for one.
  const trailers = `Braid-Run: ${state.id}\nBraid-Subtask: ${subtask.subtask.id}`;
  return `${own === "" ? reportMessage(subtask) : own}\n\n${trailers}\n`;
}

/** The message of a commit that takes an accept back, or a part of it. */
export function undoMessage(
  state: RunState,
  subtask: SubtaskState,
  commit: string,
  subject: string,
  what?: "part",
): string {
  const words = what === undefined ? `This takes ${commit} back.` : `This takes a part of ${commit} back.`;
  const of = what === undefined ? "" : "a part of ";
  return `Revert ${of}"${subject}"\n\n${words}\n\n${undoTrailers(state, subtask)}`;
}

/** The message of a commit that brings back what an undo took out. */
export function redoMessage(state: RunState, subtask: SubtaskState, commit: string, subject: string): string {
  return `Reapply a part of "${subject}"\n\nThis brings back what was taken out of ${commit}.\n\nBraid-Run: ${state.id}\nBraid-Subtask: ${subtask.subtask.id}\n`;
}

function undoTrailers(state: RunState, subtask: SubtaskState): string {
  return `Braid-Run: ${state.id}\nBraid-Undo: ${subtask.subtask.id}\n`;
}

/** What a commit says of its result unless the user says it in other words. */
export function reportMessage(subtask: SubtaskState): string {
  const objective = objectiveOf(subtask.subtask);
  const summary = plainText(subtask.report?.summary ?? objective);
  const subject = subjectOf([firstLine(summary), firstClause(summary), firstLine(objective), firstClause(objective)]);
  return summary.replace(/\.$/u, "") === subject ? subject : `${subject}\n\n${summary}`;
}

function plainText(text: string): string {
  return text.replace(/[\u0000-\u0008\u000b-\u001f\u007f]/gu, " ").trim();
}

/** The first candidate that fits a subject line, else the first one cut. */
function subjectOf(candidates: readonly [string, ...string[]]): string {
  const fits = candidates.find((text) => text !== "" && text.length <= MAX_SUBJECT);
  return fits ?? `${candidates[0].slice(0, MAX_SUBJECT - 1).trimEnd()}…`;
}

function firstLine(text: string): string {
  return (text.split("\n", 1)[0] ?? "").trim().replace(/\.$/u, "");
}

function firstClause(text: string): string {
  return (firstLine(text).split(/[.;:](?=\s)/u, 1)[0] ?? "").trim();
}
