import { planningFailedOf } from "../amendment/amendment-due";
import { decideAmendment, type AmendmentCommand } from "../amendment/decide-amendment";
import { decideBudget, type BudgetCommand } from "../budget";
import { decideApproval, type ApprovalCommand } from "../approval";
import {
  acceptingRefusal,
  acceptRefusal,
  isStale,
  refusal,
  staleRefusal,
  undoingRefusal,
  unknownSubtask,
  type AcceptRequest,
} from "../review/decide-accept";
import type { Resolving, RunEvent } from "./events";
import { failure, type Failure } from "../failure";
import { checkPlan } from "../plan/graph";
import type { ChangeRequest } from "../review/change-request";
import type { LeftOut } from "../review/left-out";
import { keptText } from "../plan/plan-now";
import type { Plan } from "../plan/plan";
import type { SubtaskTime } from "../plan/plan-approved";
import { rejectedBeneath } from "../review/decide-rebase";
import { openQuestions } from "../question";
import { ROLES, toRole } from "../role";
import { subtaskState, type RunState } from "./state";
import { isInterrupted } from "./subtask-state";
import { assertNever } from "../../util/assert-never";

/** What a user asks of a run. */
export type RunCommand =
  | AmendmentCommand
  | {
      readonly type: "approve";
      readonly plan: Plan;
      readonly skipped: readonly string[];
      /** The proposal that was on screen; see `RunState.proposal`. */
      readonly shown?: number | undefined;
      /** What the gate takes subtasks to take. */
      readonly estimates?: readonly SubtaskTime[];
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
  | ({ readonly type: "accept" } & AcceptRequest)
  /** `shown` is the commit on the target that is to be taken back. */
  | { readonly type: "undo"; readonly subtask: string; readonly shown?: string | undefined }
  /** Brings again what the last undo took back. */
  | { readonly type: "redo"; readonly subtask: string }
  | { readonly type: "reject"; readonly subtask: string; readonly reason: string; readonly shown?: string | undefined }
  | {
      readonly type: "retry";
      readonly subtask: string;
      readonly by: "policy" | "user";
      readonly note?: string | undefined;
      /** Another role or model. */
      readonly agent?: string | undefined;
      readonly model?: string | undefined;
      /** Its record is there: an attempt that was interrupted goes on after its last complete turn. */
      readonly continues?: boolean;
      readonly knownRoles?: readonly string[];
      /** Rejected dependencies to do without. */
      readonly without?: readonly string[] | undefined;
      readonly leftOut?: readonly LeftOut[] | undefined;
      readonly resolve?: Resolving | undefined;
      readonly request?: ChangeRequest | undefined;
    }
  | { readonly type: "message"; readonly subtask: string; readonly text: string }
  | ApprovalCommand
  | BudgetCommand
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

/** What is different in another attempt. */
export type RetryOptions = Omit<
  Extract<RunCommand, { readonly type: "retry" }>,
  "type" | "subtask" | "by" | "note" | "knownRoles"
>;

/** Events that follow from a command, or why it is refused. An allowed `accept` or `undo` has none of its own yet. */
export type Decided =
  | { readonly ok: true; readonly events: readonly RunEvent[] }
  | { readonly ok: false; readonly failure: Failure };

/** Judges a command against the state. Pure; a refusal says what to do instead. */
export function decide(state: RunState, command: RunCommand): Decided {
  switch (command.type) {
    case "approve": {
      if (state.approved) return refuse("This run's plan is already approved.");
      if (command.shown !== undefined && command.shown !== state.proposal)
        return refuse("The plan changed after it was shown.", "Look at it as it is now, then approve it.");
      const error = checkPlan(command.plan, command.knownRoles).find((p) => p.severity === "error");
      if (error !== undefined) return { ok: false, failure: failure("plan.invalid", error.message) };
      return events({
        type: "plan.approved",
        plan: command.plan,
        skipped: command.skipped,
        ...(command.estimates === undefined || command.estimates.length === 0 ? {} : { estimates: command.estimates }),
      });
    }
    case "edit": {
      if (state.approved)
        return refuse("This run's plan is already approved.", "Open the plan, edit it there and run it again.");
      if (state.plan === undefined) return refuse("The run has no plan yet.", "Wait for the planner.");
      const error = checkPlan(command.plan, command.knownRoles).find((p) => p.severity === "error");
      if (error !== undefined) return { ok: false, failure: failure("plan.invalid", error.message) };
      return events({ type: "plan.proposed", plan: command.plan, by: "user", ...keptText(command.text) });
    }
    case "accept": {
      const reason = acceptRefusal(state, command);
      return reason === undefined ? events() : no(reason);
    }
    case "undo": {
      const subtask = subtaskState(state, command.subtask);
      if (subtask === undefined) return no(unknownSubtask(state, command.subtask));
      const { decision } = subtask;
      if (decision.kind === "undoing") return no(undoingRefusal(command.subtask));
      if (decision.kind === "accepting") return no(acceptingRefusal(command.subtask));
      if (decision.kind !== "accepted")
        return refuse(`"${command.subtask}" is not accepted; there is nothing to undo.`);
      if (command.shown !== undefined && command.shown !== decision.commit) return no(staleRefusal(command.subtask));
      return events();
    }
    case "redo": {
      const subtask = subtaskState(state, command.subtask);
      if (subtask === undefined) return no(unknownSubtask(state, command.subtask));
      const { decision, undone } = subtask;
      if (decision.kind === "undoing") return no(undoingRefusal(command.subtask));
      if (decision.kind === "accepting") return no(acceptingRefusal(command.subtask));
      if (undone === null) return refuse(`Nothing of "${command.subtask}" was undone that could be redone.`);
      if (decision.kind === "rejected")
        return refuse(`"${command.subtask}" was rejected.`, "Retry it to get a new result.");
      return events();
    }
    case "reject": {
      const subtask = subtaskState(state, command.subtask);
      if (subtask === undefined) return no(unknownSubtask(state, command.subtask));
      if (isStale(subtask, command.shown)) return no(staleRefusal(command.subtask));
      if (subtask.decision.kind === "accepted")
        return refuse(`"${command.subtask}" is already accepted.`, "Undo the accept first.");
      if (subtask.decision.kind === "accepting") return no(acceptingRefusal(command.subtask));
      if (subtask.decision.kind === "undoing") return no(undoingRefusal(command.subtask));
      if (subtask.decision.kind === "rejected") return events();
      if (subtask.status === "running" || subtask.status === "pending")
        return refuse(`"${command.subtask}" has no result yet.`, "Wait for it to finish, or cancel the run.");
      if (subtask.status === "skipped") return refuse(`"${command.subtask}" was skipped; there is nothing to reject.`);
      return events({ type: "subtask.rejected", subtask: command.subtask, reason: command.reason });
    }
    case "retry": {
      const subtask = subtaskState(state, command.subtask);
      if (subtask === undefined) return no(unknownSubtask(state, command.subtask));
      // One that waits in vain for what was rejected may go on without.
      const isFreed =
        subtask.status === "pending" &&
        command.without?.some((each) => rejectedBeneath(state, command.subtask).includes(each));
      if ((subtask.status === "running" || subtask.status === "pending") && isFreed !== true)
        return refuse(`"${command.subtask}" is still on its way.`);
      // It failed, and before its turn came somebody decided about it.
      if (command.by === "policy" && (subtask.decision.kind === "rejected" || subtask.status === "skipped"))
        return refuse(`"${command.subtask}" is decided.`);
      if (subtask.decision.kind === "accepted")
        return refuse(`"${command.subtask}" is already accepted.`, "Undo the accept first.");
      if (subtask.decision.kind === "accepting") return no(acceptingRefusal(command.subtask));
      if (subtask.decision.kind === "undoing") return no(undoingRefusal(command.subtask));
      const { subtask: id, by, note, agent, model, without, leftOut, resolve, request } = command;
      const stranger = without?.find((each) => !subtask.subtask.dependencies.includes(each));
      if (stranger !== undefined)
        return refuse(
          `"${id}" does not depend on "${stranger}".`,
          subtask.subtask.dependencies.length === 0
            ? undefined
            : `It does on: ${subtask.subtask.dependencies.join(", ")}.`,
        );
      if (agent !== undefined && toRole(agent) === undefined && !command.knownRoles?.includes(agent))
        return refuse(`Unknown role "${agent}".`, `Known: ${[...ROLES, ...(command.knownRoles ?? [])].join(", ")}.`);
      return events({
        type: "subtask.retried",
        subtask: id,
        by,
        ...(note === undefined ? {} : { note }),
        ...(agent === undefined ? {} : { agent }),
        ...(model === undefined ? {} : { model }),
        ...(command.continues === true && isInterrupted(subtask) ? { continues: true } : {}),
        ...(without === undefined || without.length === 0 ? {} : { without }),
        ...(leftOut === undefined || leftOut.length === 0 ? {} : { leftOut }),
        ...(resolve === undefined ? {} : { resolve }),
        ...(request === undefined ? {} : { request }),
      });
    }
    case "message": {
      const subtask = subtaskState(state, command.subtask);
      if (subtask === undefined) return no(unknownSubtask(state, command.subtask));
      if (subtask.status !== "running")
        return refuse(`"${command.subtask}" is not running.`, "Retry it with a note instead.");
      const text = command.text.trim();
      if (text === "") return refuse("The message is empty.");
      return events({ type: "worker.messaged", subtask: command.subtask, attempt: subtask.attempt, text });
    }
    case "ask-amendment":
    case "propose-amendment":
    case "approve-amendment":
    case "decline-amendment":
      return decideAmendment(state, command);
    case "allow":
    case "forget-approval": {
      const decided = decideApproval(state.approvals, command);
      return "refused" in decided ? refuse(decided.refused) : events(decided);
    }
    case "stop": {
      const subtask = subtaskState(state, command.subtask);
      if (subtask === undefined) return no(unknownSubtask(state, command.subtask));
      if (subtask.status !== "running") return refuse(`"${command.subtask}" is not running.`);
      if (subtask.stopping) return events();
      return events({ type: "worker.stopped", subtask: command.subtask, attempt: subtask.attempt });
    }
    case "answer":
      return decideAnswer(state, command);
    case "change-budget":
      return decideBudget(state, command);
    case "pause":
      return state.paused ? events() : events({ type: "run.paused" });
    case "resume":
      return state.paused || state.cancelled || planningFailedOf(state) ? events({ type: "run.resumed" }) : events();
    case "cancel":
      return state.cancelled ? events() : events({ type: "run.cancelled" });
    default:
      return assertNever(command);
  }
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

function events(...list: readonly RunEvent[]): Decided {
  return { ok: true, events: list };
}

function no(reason: Failure): Decided {
  return { ok: false, failure: reason };
}

function refuse(message: string, hint?: string): Decided {
  return no(refusal(message, hint));
}
