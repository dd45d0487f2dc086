import type { Approval } from "./approval";
import type { Failure } from "./failure";
import type { OpenQuestion } from "./question";
import type { RunState } from "./state/state";
import type { RunPhase, RunView } from "./state/view";
import { subtasksOf } from "./state/view";

/** Something a run needs its user for. `id` tells it from others while it is there; two of one `cause` are the same thing asked again. */
export type Notice = { readonly id: string; readonly cause: string } & (
  | { readonly kind: "question"; readonly question: OpenQuestion }
  | { readonly kind: "approval"; readonly approval: Approval }
  | { readonly kind: "conflict"; readonly subtask: string; readonly failure: Failure }
  /** `stops` tells each stop from others of the same run. */
  | { readonly kind: "budget"; readonly failure: Failure; readonly stops: readonly string[] }
);

/** All that a run needs its user for now, each once: answers, allowed commands, a way out of a conflict, a larger budget. */
export function noticesOf(view: RunView): readonly Notice[] {
  const all = subtasksOf(view);
  const questions = view.questions.map((question): Notice => {
    return { kind: "question", id: `question ${question.number}`, cause: causeOfQuestion(question), question };
  });
  const approvals = view.approvals.map((approval): Notice => {
    const cause = causeOfApproval(approval);
    return { kind: "approval", id: cause, cause, approval };
  });
  const conflicts = all.flatMap(({ id: subtask, attempt, failure }): readonly Notice[] => {
    if (failure?.code !== "merge.dependency") return [];
    const id = `conflict ${attempt} ${subtask}`;
    return [{ kind: "conflict", id, cause: id, subtask, failure }];
  });
  return [...questions, ...approvals, ...conflicts, ...budgetNotices(view)];
}

/** Causes of questions and requests that have had their answer. */
export function answeredCauses({
  questions,
  approvals,
}: Pick<RunState, "questions" | "approvals">): ReadonlySet<string> {
  return new Set([
    ...questions.filter(({ outcome }) => outcome.kind === "answered").map(causeOfQuestion),
    ...approvals.filter(({ answer }) => answer !== null).map(causeOfApproval),
  ]);
}

function causeOfQuestion({ subtask, attempt, text }: Pick<OpenQuestion, "subtask" | "attempt" | "text">): string {
  return `question ${subtask ?? ""} ${attempt} ${text}`;
}

function causeOfApproval({ key }: Pick<Approval, "key">): string {
  return `approval ${key}`;
}

/** One, however many workers it stopped. */
function budgetNotices(view: RunView): readonly Notice[] {
  const reached = subtasksOf(view).filter(({ failure }) => failure?.code === "budget.reached");
  const failure = reached[0]?.failure ?? (view.failure?.code === "budget.reached" ? view.failure : null);
  if (failure === null || failure === undefined) return [];
  // An attempt that goes on under a larger budget may be stopped once more.
  const stops = reached.map(({ id, endedAt }) => `${endedAt} ${id}`);
  return [{ kind: "budget", id: "budget", cause: "budget", failure, stops: stops.length === 0 ? ["planner"] : stops }];
}

/** Whether a run that was in the phase before has come to its end, or stands still until its user decides. */
export function hasEnded(before: RunPhase | undefined, now: RunPhase): boolean {
  return before === "running" && AT_REST.has(now);
}

// What the user did themselves, cancel or pause, is no news to them.
const AT_REST: ReadonlySet<RunPhase> = new Set<RunPhase>(["review", "done", "failed", "amendment"]);
