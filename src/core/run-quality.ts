import { canWrite, toRole } from "./role";
import { metricsOf } from "./run-metrics";
import type { SubtaskView } from "./state/subtask-view";
import { subtasksOf, type RunView } from "./state/view";

/** One thing a well-made run has; answered from its log, never by a model. */
export interface QualityCheck {
  readonly about: "Decomposition" | "Execution" | "Integration";
  readonly text: string;
  /** "open" where it cannot be said yet, or there is nothing to say. */
  readonly answer: "yes" | "no" | "open";
  /** What it rests on. */
  readonly detail: string;
}

/** The check list of a run. */
export function qualityOf(view: RunView): readonly QualityCheck[] {
  const all = subtasksOf(view).filter(({ status }) => status !== "skipped");
  if (all.length === 0) return [];
  const m = metricsOf(view);
  const writers = all.filter(({ role }) => canWrite(toRole(role) ?? "implementer"));
  const ended = all.filter(({ endedAt }) => endedAt !== null);
  const settled = ended.length === all.length;
  const shared = view.waves.filter((wave) => wave.subtasks.length > 1).flatMap((wave) => wave.subtasks);
  const checked = all.filter(({ checks }) => checks.length > 0);
  const red = checked.filter(({ checks }) => checks.some(({ passed }) => !passed));
  const largest = Math.max(0, ...all.map(({ usage }) => usage.outputTokens));
  const output = all.reduce((sum, { usage }) => sum + usage.outputTokens, 0);
  const amended = all.filter((s) => s.amended !== null);
  const again = all.filter(({ attempt }) => attempt > 1);
  const full = all.filter(({ compactions }) => compactions > 0);
  const check = (about: QualityCheck["about"], text: string, holds: boolean | null, detail: string): QualityCheck => ({
    about,
    text,
    answer: holds === null ? "open" : holds ? "yes" : "no",
    detail,
  });
  return [
    check(
      "Decomposition",
      "Subtasks can run side by side",
      all.length < 2 ? null : shared.length > 1,
      `${shared.length} of ${all.length} share a wave with another`,
    ),
    check(
      "Decomposition",
      "Who changes files says which",
      every(writers, ({ scope }) => scope.length > 0),
      counted(writers, ({ scope }) => scope.length > 0),
    ),
    check(
      "Decomposition",
      "Who changes files has a check of its own",
      every(writers, ({ verify }) => verify.length > 0),
      counted(writers, ({ verify }) => verify.length > 0),
    ),
    check(
      "Decomposition",
      "No subtask is more than half of the work",
      output === 0 || all.length < 3 ? null : largest * 2 <= output,
      output === 0 ? "nothing is written yet" : `the largest wrote ${Math.round((100 * largest) / output)} % of it`,
    ),
    check(
      "Decomposition",
      "The plan held",
      amended.length === 0,
      amended.length === 0 ? "no amendment" : `amended: ${names(amended)}`,
    ),
    check(
      "Execution",
      "Every subtask finished",
      settled ? m.finished === m.subtasks : null,
      `${m.finished} of ${m.subtasks}`,
    ),
    check(
      "Execution",
      "At the first attempt",
      settled || again.length > 0 ? again.length === 0 : null,
      again.length === 0 ? "no retry" : `again: ${names(again)}`,
    ),
    check(
      "Execution",
      "The last checks are green",
      checked.length === 0 ? null : red.length === 0,
      red.length === 0 ? `${checked.length} of ${all.length} have checks` : `red: ${names(red)}`,
    ),
    check(
      "Execution",
      "No conversation outgrew its model",
      full.length > 0 || settled ? full.length === 0 : null,
      full.length === 0 ? "none was made shorter" : `made shorter: ${names(full)}`,
    ),
    check(
      "Integration",
      "Results do not conflict",
      settled || m.conflicts > 0 ? m.conflicts === 0 : null,
      m.conflicts === 1 ? "1 conflict" : `${m.conflicts} conflicts`,
    ),
    check(
      "Integration",
      "Every result is decided",
      settled ? view.results === 0 : null,
      view.results === 1 ? "1 waits" : `${view.results} wait`,
    ),
    check(
      "Integration",
      "Nothing was turned down",
      view.counts.rejected > 0 || view.results === 0 ? view.counts.rejected === 0 : null,
      `${view.counts.rejected} rejected`,
    ),
    check(
      "Integration",
      "The synthesis leaves nothing open",
      view.synthesis === null ? null : view.synthesis.open_points.length === 0,
      view.synthesis === null ? "no synthesis" : openPoints(view.synthesis.open_points.length),
    ),
  ];
}

function every(all: readonly SubtaskView[], holds: (s: SubtaskView) => boolean): boolean | null {
  return all.length === 0 ? null : all.every(holds);
}

function counted(all: readonly SubtaskView[], holds: (s: SubtaskView) => boolean): string {
  return all.length === 0 ? "nobody does" : `${all.filter(holds).length} of ${all.length}`;
}

function openPoints(count: number): string {
  return count === 1 ? "it names 1 open point" : `it names ${count} open points`;
}

function names(all: readonly SubtaskView[]): string {
  const shown = all.slice(0, 5).map(({ id }) => id);
  return all.length > shown.length ? `${shown.join(", ")} and ${all.length - shown.length} more` : shown.join(", ");
}
