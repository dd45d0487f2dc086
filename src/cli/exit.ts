import type { FailureCode } from "../core/failure";
import type { SubtaskStatus } from "../core/state/subtask-view";
import type { RunView } from "../core/state/view";

/** What an exit code means; part of the command line's contract. */
export const EXIT = { done: 0, failed: 1, usage: 2, waiting: 3, budget: 4, cancelled: 130 } as const;

/** Failures that are neither a bad call (2) nor plain failure (1) have their own code. */
const CODES: Readonly<Partial<Record<FailureCode, number>>> = {
  cancelled: EXIT.cancelled,
  "budget.reached": EXIT.budget,
  "merge.conflict": EXIT.waiting,
  "merge.dependency": EXIT.waiting,
  "target.moved": EXIT.waiting,
  "tree.dirty": EXIT.waiting,
  "tree.in-the-way": EXIT.waiting,
  "repo.busy": EXIT.waiting,
  "run.busy": EXIT.waiting,
  "plan.invalid": EXIT.usage,
  "plan.unreadable": EXIT.usage,
  "goal.empty": EXIT.usage,
  "goal.path": EXIT.usage,
  "scope.invalid": EXIT.usage,
  "setting.invalid": EXIT.usage,
  "model.no-key": EXIT.usage,
  "git.missing": EXIT.usage,
  "git.too-old": EXIT.usage,
  "repo.missing": EXIT.usage,
  "repo.no-commits": EXIT.usage,
  "repo.detached": EXIT.usage,
  "run.unknown": EXIT.usage,
  "run.state": EXIT.usage,
  "selection.invalid": EXIT.usage,
  "config.unconfirmed": EXIT.waiting,
  "hook.unapproved": EXIT.waiting,
  "hook.failed": EXIT.waiting,
  "hook.changed": EXIT.waiting,
};

/** The exit code of a command that could not do its work at all. */
export function exitCodeOf(code: FailureCode): number {
  return CODES[code] ?? EXIT.failed;
}

/** The exit code of a run that has come to rest. */
export function exitCodeOfRun(view: RunView): number {
  // Not by a function of the view: its code would be loaded for this before any word is read.
  const subtasks = view.waves.flatMap((wave) => wave.subtasks);
  if (view.cancelled || view.phase === "cancelled") return EXIT.cancelled;
  if (subtasks.some((s) => s.failure?.code === "budget.reached")) return EXIT.budget;
  if (view.amendments.failure?.code === "budget.reached") return EXIT.budget;
  if (view.amendments.open !== null) return EXIT.waiting;
  if (view.phase === "failed" || subtasks.some((s) => NOT_DONE.has(s.status))) return EXIT.failed;
  return view.waiting > 0 ? EXIT.waiting : EXIT.done;
}

const NOT_DONE: ReadonlySet<SubtaskStatus> = new Set(["failed", "blocked", "interrupted"]);
