import { answersTo, type ApprovalAnswer } from "./approval";
import type { RunEvent } from "./events";
import { failure, type Failure } from "./failure";
import { checkPlan } from "./graph";
import { keptText } from "./plan-now";
import type { Plan } from "./plan";
import { openQuestions } from "./question";
import { ROLES, toRole } from "./role";
import { subtaskState, type RunState } from "./state";
import type { SubtaskState } from "./subtask-state";
import { assertNever } from "../util/assert-never";

/** What a user asks of a run. */
export type RunCommand =
  | {
      readonly type: "approve";
      readonly plan: Plan;
      readonly skipped: readonly string[];
      /** Names of users' own roles. */
      readonly knownRoles?: readonly string[];
    }
  /** What the user made of the plan before approving it, in its words. */
  | {
      readonly type: "edit";
      readonly plan: Plan;
      readonly text: string;
      readonly knownRoles?: readonly string[];
    }
  /** `shown` is the result commit the decision was made on. */
  | { readonly type: "accept"; readonly subtask: string; readonly shown?: string | undefined }
  | { readonly type: "reject"; readonly subtask: string; readonly reason: string; readonly shown?: string | undefined }
  | {
      readonly type: "retry";
      readonly subtask: string;
      readonly by: "policy" | "user";
      readonly note?: string | undefined;
      /** Another role or model. */
      readonly agent?: string | undefined;
      readonly model?: string | undefined;
      readonly knownRoles?: readonly string[];
    }
  | { readonly type: "message"; readonly subtask: string; readonly text: string }
  /** The user's word on commands that wait for it. */
  | { readonly type: "allow"; readonly key: string; readonly answer: ApprovalAnswer }
  /** Stops one worker; the others go on. */
  | { readonly type: "stop"; readonly subtask: string }
  /** Without a number: the one question there is. */
  | {
      readonly type: "answer";
      readonly question: number | undefined;
      readonly answer: string;
      readonly by: "user" | "nobody";
    }
  | { readonly type: "pause" }
  | { readonly type: "resume" }
  | { readonly type: "cancel" };

/** Events that follow from a command, or why it is refused. An allowed `accept` has no event of its own yet. */
export type Decided =
  | { readonly ok: true; readonly events: readonly RunEvent[] }
  | { readonly ok: false; readonly failure: Failure };

/** Judges a command against the state. Pure; a refusal says what to do instead. */
export function decide(state: RunState, command: RunCommand): Decided {
  switch (command.type) {
    case "approve": {
      if (state.approved) return refuse("This run's plan is already approved.");
      const error = checkPlan(command.plan, command.knownRoles).find((p) => p.severity === "error");
      if (error !== undefined) return { ok: false, failure: failure("plan.invalid", error.message) };
      return events({ type: "plan.approved", plan: command.plan, skipped: command.skipped });
    }
    case "edit": {
      if (state.approved)
        return refuse("This run's plan is already approved.", "Open the plan, edit it there and run it again.");
      if (state.plan === undefined) return refuse("The run has no plan yet.", "Wait for the planner.");
      const error = checkPlan(command.plan, command.knownRoles).find((p) => p.severity === "error");
      if (error !== undefined) return { ok: false, failure: failure("plan.invalid", error.message) };
      return events({ type: "plan.proposed", plan: command.plan, by: "user", ...keptText(command.text) });
    }
    case "accept":
      return decideAccept(state, command.subtask, command.shown);
    case "reject": {
      const subtask = subtaskState(state, command.subtask);
      if (subtask === undefined) return unknownSubtask(state, command.subtask);
      if (isStale(subtask, command.shown)) return refuseStale(command.subtask);
      if (subtask.decision.kind === "accepted")
        return refuse(`"${command.subtask}" is already accepted.`, "Undo the accept first.");
      if (subtask.decision.kind === "accepting") return refuseAccepting(command.subtask);
      if (subtask.decision.kind === "rejected") return events();
      if (subtask.status === "running" || subtask.status === "pending")
        return refuse(`"${command.subtask}" has no result yet.`, "Wait for it to finish, or cancel the run.");
      if (subtask.status === "skipped") return refuse(`"${command.subtask}" was skipped; there is nothing to reject.`);
      return events({ type: "subtask.rejected", subtask: command.subtask, reason: command.reason });
    }
    case "retry": {
      const subtask = subtaskState(state, command.subtask);
      if (subtask === undefined) return unknownSubtask(state, command.subtask);
      if (subtask.status === "running" || subtask.status === "pending")
        return refuse(`"${command.subtask}" is still on its way.`);
      if (subtask.decision.kind === "accepted")
        return refuse(`"${command.subtask}" is already accepted.`, "Undo the accept first.");
      if (subtask.decision.kind === "accepting") return refuseAccepting(command.subtask);
      const { subtask: id, by, note, agent, model } = command;
      if (agent !== undefined && toRole(agent) === undefined && !command.knownRoles?.includes(agent))
        return refuse(`Unknown role "${agent}".`, `Known: ${[...ROLES, ...(command.knownRoles ?? [])].join(", ")}.`);
      return events({
        type: "subtask.retried",
        subtask: id,
        by,
        ...(note === undefined ? {} : { note }),
        ...(agent === undefined ? {} : { agent }),
        ...(model === undefined ? {} : { model }),
      });
    }
    case "message": {
      const subtask = subtaskState(state, command.subtask);
      if (subtask === undefined) return unknownSubtask(state, command.subtask);
      if (subtask.status !== "running")
        return refuse(`"${command.subtask}" is not running.`, "Retry it with a note instead.");
      const text = command.text.trim();
      if (text === "") return refuse("The message is empty.");
      return events({ type: "worker.messaged", subtask: command.subtask, attempt: subtask.attempt, text });
    }
    case "allow": {
      const waiting = state.approvals.find((one) => one.key === command.key && one.answer === null);
      if (waiting === undefined) return refuse("Nothing waits for this answer any more.");
      if (!answersTo(waiting.about).includes(command.answer))
        return refuse(`A set-up is allowed for the run or for the repository, not "${command.answer}".`);
      return events({ type: "approval.answered", key: command.key, answer: command.answer });
    }
    case "stop": {
      const subtask = subtaskState(state, command.subtask);
      if (subtask === undefined) return unknownSubtask(state, command.subtask);
      if (subtask.status !== "running") return refuse(`"${command.subtask}" is not running.`);
      if (subtask.stopping) return events();
      return events({ type: "worker.stopped", subtask: command.subtask, attempt: subtask.attempt });
    }
    case "answer":
      return decideAnswer(state, command);
    case "pause":
      return state.paused ? events() : events({ type: "run.paused" });
    case "resume":
      return state.paused || state.cancelled ? events({ type: "run.resumed" }) : events();
    case "cancel":
      return state.cancelled ? events() : events({ type: "run.cancelled" });
    default:
      return assertNever(command);
  }
}

function decideAccept(state: RunState, id: string, shown: string | undefined): Decided {
  const subtask = subtaskState(state, id);
  if (subtask === undefined) return unknownSubtask(state, id);
  if (subtask.decision.kind === "accepted") return refuse(`"${id}" is already accepted.`);
  if (subtask.decision.kind === "accepting") return refuseAccepting(id);
  if (subtask.decision.kind === "rejected") return refuse(`"${id}" was rejected.`, "Retry it to get a new result.");
  if (subtask.status === "running" || subtask.status === "pending")
    return refuse(`"${id}" has no result yet.`, "Wait for it to finish.");
  if (subtask.result === null || subtask.result.files.length === 0)
    return { ok: false, failure: failure("result.missing", `"${id}" changed no files; there is nothing to accept.`) };
  const open = undecidedDependencies(state, id);
  if (open.length > 0)
    return {
      ok: false,
      failure: failure("merge.dependency", `"${id}" rests on ${quoted(open)}, which is not decided yet.`, {
        hint: `Accept or reject ${quoted(open)} first.`,
      }),
    };
  if (isStale(subtask, shown)) return refuseStale(id);
  return events();
}

function decideAnswer(state: RunState, command: Extract<RunCommand, { type: "answer" }>): Decided {
  const open = openQuestions(state.questions);
  const choices = open.map(({ number, subtask }) => `${number} (${subtask ?? "planner"})`).join(", ");
  if (command.question === undefined && open.length > 1)
    return refuse(`${open.length} questions are open.`, `Say which one: ${choices}.`);
  const number = command.question ?? open[0]?.number;
  if (number === undefined) return refuse("No question is open.");
  const asked = state.questions.find((question) => question.number === number);
  if (asked === undefined)
    return refuse(`There is no question ${number}.`, choices === "" ? "No question is open." : `Open are: ${choices}.`);
  if (asked.outcome.kind === "answered")
    return refuse(`Question ${number} is already answered.`, "Send the worker a message instead.");
  if (asked.outcome.kind === "withdrawn")
    return refuse(`Question ${number} was withdrawn: whoever asked it has ended.`);
  const answer = command.answer.trim();
  if (answer === "" && command.by === "user") return refuse("The answer is empty.");
  return events({ type: "question.answered", question: number, answer, by: command.by });
}

/** Whether the decision was made on another result than the one there is now. */
function isStale(subtask: SubtaskState, shown: string | undefined): boolean {
  return shown !== undefined && shown !== subtask.result?.commit;
}

function refuseStale(id: string): Decided {
  return refuse(`"${id}" has a newer result than the one shown.`, "Look at it, then decide again.");
}

/** Dependencies, near and far, whose own changes wait for a decision; nearest to the roots first. */
export function undecidedDependencies(state: RunState, id: string): readonly string[] {
  const found: string[] = [];
  const seen = new Set<string>([id]);
  const visit = (current: string): void => {
    const known = subtaskState(state, current);
    for (const dependency of new Set([...(known?.subtask.dependencies ?? []), ...(known?.restsOn ?? [])])) {
      if (seen.has(dependency)) continue;
      seen.add(dependency);
      visit(dependency);
      const s = subtaskState(state, dependency);
      const isOpen = s?.decision.kind === "open" || s?.decision.kind === "accepting";
      // One that is being tried again will have a result of its own to decide about.
      const isTriedAgain = (s?.attempt ?? 0) > 0 && (s?.status === "pending" || s?.status === "running");
      const hasChanges = (s?.result?.files.length ?? 0) > 0 || isTriedAgain;
      if (isOpen && hasChanges) found.push(dependency);
    }
  };
  visit(id);
  return found;
}

function quoted(ids: readonly string[]): string {
  return ids.map((id) => `"${id}"`).join(", ");
}

function events(...list: readonly RunEvent[]): Decided {
  return { ok: true, events: list };
}

function refuse(message: string, hint?: string): Decided {
  return { ok: false, failure: failure("run.state", message, hint === undefined ? {} : { hint }) };
}

/** The branch may be half-way moved: what happens to the result is being decided right now. */
function refuseAccepting(id: string): Decided {
  return refuse(`"${id}" is being accepted.`, "Wait for the accept to end.");
}

function unknownSubtask(state: RunState, id: string): Decided {
  const known = state.subtasks.map((s) => s.subtask.id).join(", ");
  return refuse(`Run ${state.id} has no subtask "${id}".`, known === "" ? undefined : `It has: ${known}.`);
}
