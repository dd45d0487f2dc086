import { toChunked, valueAt, valuesOf } from "./chunked";
import { assertNever } from "../../util/assert-never";
import { copyOfRun, copyOfSubtask } from "./copies";
import { foldAmendment, reopenRequest } from "../amendment/fold-amendment";
import { foldApprovals, withoutWaiting } from "../approval";
import type { RecordedEvent } from "./events";
import { foldOwnCompaction, foldOwnTurn } from "./fold-own";
import { foldSubtask, type SubtaskEvent } from "./fold-subtask";
import { foldHistory } from "./history";
import { COPIES, ownCopies, type Own } from "./own";
import type { Plan } from "../plan/plan";
import { foldQuestions } from "../question";
import type { Synthesis } from "../report";
import { foldOverlap } from "../review/live-overlap";
import { workedMs } from "./spent";
import { stallText } from "../stall";
import { initialState, type RunState } from "./state";
import { freshSubtask, type SubtaskState } from "./subtask-state";
import { foldTree, treeAfter } from "../tree-state";
import { addUsage } from "../usage";
import { addWeb, toWebUse } from "../web";

/** Folds recorded events into a state, which stays as it is. Total: an event about an unknown subtask changes nothing but `seq`. */
export function foldAll(events: readonly RecordedEvent[], from: RunState = initialState()): RunState {
  // Nobody sees a state before the last: what the fold has copied once it may change from then on.
  const own = ownCopies();
  return events.reduce((state, recorded) => step(state, recorded, own), from);
}

/** Folds one recorded event into the state. */
export function evolve(before: RunState, recorded: RecordedEvent): RunState {
  return step(before, recorded, COPIES);
}

function step(before: RunState, recorded: RecordedEvent, own: Own): RunState {
  const { event, at, seq } = recorded;
  const interrupted = event.type === "subtask.failed" && event.failure.code === "run.interrupted";
  const { history, underWay } = foldHistory(before, recorded, own);
  const always: Partial<RunState> = {
    seq,
    // Nobody worked while the process was gone.
    workedMs: interrupted ? before.workedMs : workedMs(before, at),
    questions: foldQuestions(before.questions, recorded),
    updatedAt: at,
    history,
    underWay,
  };
  const state = own.change(before, always, copyOfRun);
  if (event.type === "plan.proposed") {
    const { plan, text, note } = event;
    return {
      ...withoutProposal(state),
      plan,
      proposal: seq,
      ...(text === undefined ? {} : { planText: text }),
      ...(note === undefined ? {} : { planNote: note }),
    };
  }
  // Nobody has seen this one.
  return Object.assign(state, changeOf(state, { event, at }, own));
}

function changeOf(
  state: RunState,
  {
    event,
    at,
  }: { readonly event: Exclude<RecordedEvent["event"], { readonly type: "plan.proposed" }>; readonly at: number },
  own: Own,
): Partial<RunState> {
  switch (event.type) {
    case "run.created":
      return {
        id: event.run,
        goal: event.goal,
        target: event.target,
        base: event.base,
        options: event.options,
        createdAt: at,
      };
    case "plan.failed":
      return { planFailure: event.failure, stalled: null };
    case "plan.approved":
      return {
        plan: event.plan,
        approved: true,
        estimates: new Map((event.estimates ?? []).map(({ id, ms }) => [id, ms])),
        ...freshSubtasks(event.plan, event.skipped),
      };
    case "turn.completed":
      if (event.subtask !== null) return foldInto(state, event.subtask, { event, at }, own);
      return foldOwnTurn(state, event);
    case "web.used":
      return event.subtask === null
        ? { web: addWeb(state.web, toWebUse(event.steps)) }
        : foldInto(state, event.subtask, { event, at }, own);
    case "worker.stalled":
      return event.subtask === null
        ? { stalled: stallText(event, event.ms) }
        : foldInto(state, event.subtask, { event, at }, own);
    case "worker.moved":
      return event.subtask === null ? { stalled: null } : foldInto(state, event.subtask, { event, at }, own);
    case "context.compacted":
      return event.subtask === null
        ? foldOwnCompaction(state, event)
        : foldInto(state, event.subtask, { event, at }, own);
    case "call.failed":
      return event.subtask === null
        ? { plannerUsage: addUsage(state.plannerUsage, event.usage) }
        : foldInto(state, event.subtask, { event, at }, own);
    case "pace.changed":
    case "tools.called":
    case "question.asked":
    case "question.answered":
      return {};
    case "note.written": {
      const { subtask, name, file, bytes } = event;
      const others = state.notes.filter((note) => note.file !== file);
      return { notes: [...others, { subtask, name, file, bytes }] };
    }
    case "tree.compared":
      return { tree: foldTree(state.tree, event, { at, subtasks: valuesOf(state.subtasks) }) };
    case "amendment.requested":
    case "amendment.proposed":
    case "amendment.unneeded":
    case "amendment.failed":
    case "amendment.declined":
    case "plan.amended":
      return { stalled: null, ...withWorking(foldAmendment(state, event)) };
    case "approval.requested":
    case "approval.answered":
    case "approval.withdrawn":
      return { approvals: foldApprovals(state.approvals, event) };
    case "synthesis.started":
      return { synthesis: { kind: "running" } };
    case "synthesis.completed":
      return endSynthesis(state, {
        kind: "done",
        report: event.report,
        ...(event.commit === undefined ? {} : { commit: event.commit }),
      });
    case "synthesis.failed":
      return endSynthesis(state, { kind: "failed", failure: event.failure });
    case "budget.changed":
      return state.plan === undefined ? {} : { plan: { ...state.plan, budget: event.budget } };
    case "run.paused":
      return { paused: true };
    case "run.resumed":
      return { paused: false, cancelled: false, amendments: reopenRequest(state.amendments) };
    case "run.cancelled":
      return { cancelled: true };
    case "overlap.found":
      return { overlaps: foldOverlap(state.overlaps, event) };
    case "queue.started":
      return { queue: event.subtasks };
    case "queue.checked":
      return {};
    case "queue.ended":
      return { queue: [] };
    case "subtask.started":
      // A worker that starts anew makes what was brought together out of date.
      return { ...foldInto(state, event.subtask, { event, at }, own), synthesis: initialState().synthesis };
    case "setup.completed":
    case "check.completed":
    case "review.completed":
    case "subtask.finished":
    case "subtask.failed":
    case "subtask.retried":
    case "worker.messaged":
    case "worker.stopped":
    case "accept.started":
    case "accept.completed":
    case "accept.abandoned":
    case "subtask.rejected":
    case "undo.started":
    case "undo.completed":
    case "undo.abandoned":
    case "conflict.opened":
    case "conflict.resolved":
    case "subtask.rebased":
      return foldInto(state, event.subtask, { event, at }, own);
    default:
      return assertNever(event);
  }
}

function foldInto(
  state: RunState,
  id: string,
  { event, at }: { readonly event: SubtaskEvent; readonly at: number },
  own: Own,
): Partial<RunState> {
  const position = state.positions.get(id);
  const current = position === undefined ? undefined : valueAt(state.subtasks, position);
  if (position === undefined || current === undefined) return {};
  const worked = isWorking(current);
  const next = own.change(current, foldSubtask(current, event, at), copyOfSubtask);
  const works = isWorking(next);
  const others = worked && !works ? state.working.filter((each) => each !== id) : state.working;
  const ended = event.type === "subtask.finished" || event.type === "subtask.failed";
  return {
    subtasks: own.put(state.subtasks, position, next),
    working: works && !worked ? [...others, id] : others,
    approvals: ended ? withoutWaiting(state.approvals, id) : state.approvals,
    tree: treeAfter(state.tree, id, event),
  };
}

/** A state without what was proposed before, and why there was nothing to propose. */
function withoutProposal({
  plan: _plan,
  planText: _text,
  planNote: _note,
  planFailure: _failure,
  ...rest
}: RunState): RunState {
  return rest;
}

/** One that a worker's new start overtook tells of a run that is no more. */
function endSynthesis({ synthesis: { kind } }: RunState, synthesis: Synthesis): Partial<RunState> {
  return kind === "running" ? { synthesis, stalled: null } : {};
}

function freshSubtasks(plan: Plan, skipped: readonly string[]): Pick<RunState, "subtasks" | "working" | "positions"> {
  const left = new Set(skipped);
  return {
    subtasks: toChunked(plan.subtasks.map((s) => freshSubtask(s, left.has(s.id) ? "skipped" : "pending"))),
    working: [],
    positions: new Map(plan.subtasks.map((s, i) => [s.id, i])),
  };
}

function withWorking(change: ReturnType<typeof foldAmendment>): Partial<RunState> {
  const { subtasks } = change;
  if (subtasks === undefined) return change;
  return {
    ...change,
    working: valuesOf(subtasks)
      .filter(isWorking)
      .map((s) => s.subtask.id),
  };
}

function isWorking({ status }: SubtaskState): boolean {
  return status === "running";
}
