import { workedMs } from "./spent";
import { assertNever } from "../../util/assert-never";
import { NO_AMENDMENTS, type AmendmentsState } from "../amendment/amendments-state";
import { foldApprovals, withoutWaiting, type Approval } from "../approval";
import type { RecordedEvent, RunOptions } from "./events";
import type { Failure } from "../failure";
import type { Plan } from "../plan/plan";
import { foldQuestions, type QuestionState } from "../question";
import type { Synthesis } from "../report";
import { foldOverlap, type KnownOverlap } from "../review/live-overlap";
import { foldAmendment, reopenRequest } from "../amendment/fold-amendment";
import { foldOwnCompaction, foldOwnTurn } from "./fold-own";
import { foldHistory, type Stretch } from "./history";
import { foldSubtask, type SubtaskEvent } from "./fold-subtask";
import { freshSubtask, type SubtaskState } from "./subtask-state";
import { stallText } from "../stall";
import { addWeb, NO_WEB, toWebUse, type WebUse } from "../web";
import { foldTree, NOT_LOOKED_AT, treeAfter, type TreeState } from "../tree-state";
import { addUsage, NO_USAGE, type Usage } from "../usage";

/** A note somebody wrote; the last one of its name and writer. */
export interface NoteState {
  readonly subtask: string;
  readonly name: string;
  /** File in the run's `notes` folder. */
  readonly file: string;
  readonly bytes: number;
}

/** A run as the log tells it; nothing here that an event did not say. */
export interface RunState {
  readonly id: string;
  readonly goal: string;
  readonly target: string;
  readonly base: string;
  readonly options: RunOptions;
  readonly createdAt: number;
  readonly updatedAt: number;
  readonly seq: number;
  /** Time in which somebody worked on a subtask, in milliseconds, up to `updatedAt`. */
  readonly workedMs: number;
  readonly plan?: Plan;
  /** Where in the log the plan was proposed as it is now; it stands for what somebody was shown. 0 before. */
  readonly proposal: number;
  /** The words the plan was written in, where somebody wrote it. */
  readonly planText?: string;
  readonly planNote?: string;
  readonly planFailure?: Failure;
  readonly approved: boolean;
  /** What the gate took each subtask to take, in milliseconds; where it had something to go by. */
  readonly estimates: ReadonlyMap<string, number>;
  readonly paused: boolean;
  readonly cancelled: boolean;
  readonly plannerUsage: Usage;
  readonly plannerTurns: number;
  /** How often the planner's conversation, and the synthesizer's, was made shorter. */
  readonly plannerCompactions: number;
  readonly synthesisCompactions: number;
  /** Turns for the run as a whole, and the time the model took for them, in milliseconds. */
  readonly turns: number;
  readonly modelMs: number;
  /** What was looked at in the web for the run as a whole. */
  readonly web: WebUse;
  /** Why who works on the run as a whole is taken for stuck, in words; null while it gets on, or nobody does. */
  readonly stalled: string | null;
  readonly notes: readonly NoteState[];
  /** Who worked when, in the order they began. */
  readonly history: readonly Stretch[];
  /** The user's own tree, as it was last looked at. */
  readonly tree: TreeState;
  readonly amendments: AmendmentsState;
  /** What was asked of the user, the latest request of each key. */
  readonly approvals: readonly Approval[];
  /** Every question that was asked, in order. */
  readonly questions: readonly QuestionState[];
  /** Of all subtasks; none again as soon as one of them is at work anew. */
  readonly synthesis: Synthesis;
  readonly synthesisUsage: Usage;
  readonly subtasks: readonly SubtaskState[];
  /** What results that wait do to each other, as it was last found. */
  readonly overlaps: readonly KnownOverlap[];
  /** Whose accepts are being merged and checked right now. */
  readonly queue: readonly string[];
  /** Position of each id in `subtasks`. */
  readonly positions: ReadonlyMap<string, number>;
}

const EMPTY: RunState = {
  id: "",
  goal: "",
  target: "",
  base: "",
  options: { concurrency: 1, attempts: 1 },
  createdAt: 0,
  updatedAt: 0,
  seq: 0,
  workedMs: 0,
  proposal: 0,
  approved: false,
  estimates: new Map(),
  paused: false,
  cancelled: false,
  plannerUsage: NO_USAGE,
  plannerTurns: 0,
  plannerCompactions: 0,
  synthesisCompactions: 0,
  turns: 0,
  modelMs: 0,
  web: NO_WEB,
  stalled: null,
  notes: [],
  history: [],
  tree: NOT_LOOKED_AT,
  amendments: NO_AMENDMENTS,
  approvals: [],
  questions: [],
  synthesis: { kind: "none" },
  synthesisUsage: NO_USAGE,
  subtasks: [],
  overlaps: [],
  queue: [],
  positions: new Map(),
};

/** The state before the first event. */
export function initialState(): RunState {
  return EMPTY;
}

/** The subtask with this id, or undefined. */
export function subtaskState(state: RunState, id: string): SubtaskState | undefined {
  const position = state.positions.get(id);
  return position === undefined ? undefined : state.subtasks[position];
}

/** Folds one recorded event into the state. Total: an event about an unknown subtask changes nothing but `seq`. */
export function evolve(before: RunState, recorded: RecordedEvent): RunState {
  const { event, at, seq } = recorded;
  const interrupted = event.type === "subtask.failed" && event.failure.code === "run.interrupted";
  // A worker that starts anew makes what was brought together out of date.
  const stale = event.type === "subtask.started" ? { synthesis: EMPTY.synthesis } : {};
  const state: RunState = {
    ...before,
    ...stale,
    seq,
    updatedAt: at,
    // Nobody worked while the process was gone.
    workedMs: interrupted ? before.workedMs : workedMs(before, at),
    questions: foldQuestions(before.questions, recorded),
    history: foldHistory(before.history, recorded, before),
  };
  switch (event.type) {
    case "run.created":
      return {
        ...state,
        id: event.run,
        goal: event.goal,
        target: event.target,
        base: event.base,
        options: event.options,
        createdAt: at,
      };
    case "plan.proposed":
      return {
        ...withoutKey(withoutKey(withoutKey(state, "planFailure"), "planText"), "planNote"),
        plan: event.plan,
        proposal: seq,
        ...(event.text === undefined ? {} : { planText: event.text }),
        ...(event.note === undefined ? {} : { planNote: event.note }),
      };
    case "plan.failed":
      return { ...state, planFailure: event.failure, stalled: null };
    case "plan.approved":
      return {
        ...state,
        plan: event.plan,
        approved: true,
        estimates: new Map((event.estimates ?? []).map(({ id, ms }) => [id, ms])),
        ...freshSubtasks(event.plan, event.skipped),
      };
    case "turn.completed":
      if (event.subtask !== null) return foldInto(state, event.subtask, event, at);
      return foldOwnTurn(state, event);
    case "web.used":
      return event.subtask === null
        ? { ...state, web: addWeb(state.web, toWebUse(event.steps)) }
        : foldInto(state, event.subtask, event, at);
    case "worker.stalled":
      return event.subtask === null
        ? { ...state, stalled: stallText(event, event.ms) }
        : foldInto(state, event.subtask, event, at);
    case "worker.moved":
      return event.subtask === null ? { ...state, stalled: null } : foldInto(state, event.subtask, event, at);
    case "context.compacted":
      return event.subtask === null ? foldOwnCompaction(state, event) : foldInto(state, event.subtask, event, at);
    case "call.failed":
      return event.subtask === null
        ? { ...state, plannerUsage: addUsage(state.plannerUsage, event.usage) }
        : foldInto(state, event.subtask, event, at);
    case "pace.changed":
    case "tools.called":
    case "question.asked":
    case "question.answered":
      return state;
    case "note.written": {
      const { subtask, name, file, bytes } = event;
      const others = state.notes.filter((note) => note.file !== file);
      return { ...state, notes: [...others, { subtask, name, file, bytes }] };
    }
    case "tree.compared":
      return { ...state, tree: foldTree(state.tree, event, { at, subtasks: state.subtasks }) };
    case "amendment.requested":
    case "amendment.proposed":
    case "amendment.unneeded":
    case "amendment.failed":
    case "amendment.declined":
    case "plan.amended":
      return { ...state, stalled: null, ...foldAmendment(state, event) };
    case "approval.requested":
    case "approval.answered":
    case "approval.withdrawn":
      return { ...state, approvals: foldApprovals(state.approvals, event) };
    case "synthesis.started":
      return { ...state, synthesis: { kind: "running" } };
    case "synthesis.completed":
      return endSynthesis(state, {
        kind: "done",
        report: event.report,
        ...(event.commit === undefined ? {} : { commit: event.commit }),
      });
    case "synthesis.failed":
      return endSynthesis(state, { kind: "failed", failure: event.failure });
    case "run.paused":
      return { ...state, paused: true };
    case "run.resumed":
      return { ...state, paused: false, cancelled: false, amendments: reopenRequest(state.amendments) };
    case "run.cancelled":
      return { ...state, cancelled: true };
    case "overlap.found":
      return { ...state, overlaps: foldOverlap(state.overlaps, event) };
    case "queue.started":
      return { ...state, queue: event.subtasks };
    case "queue.checked":
      return state;
    case "queue.ended":
      return { ...state, queue: [] };
    case "subtask.started":
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
      return foldInto(state, event.subtask, event, at);
    default:
      return assertNever(event);
  }
}

function foldInto(state: RunState, id: string, event: SubtaskEvent, at: number): RunState {
  const position = state.positions.get(id);
  const current = position === undefined ? undefined : state.subtasks[position];
  if (position === undefined || current === undefined) return state;
  const ended = event.type === "subtask.finished" || event.type === "subtask.failed";
  return {
    ...state,
    subtasks: state.subtasks.with(position, foldSubtask(current, event, at)),
    approvals: ended ? withoutWaiting(state.approvals, id) : state.approvals,
    tree: treeAfter(state.tree, id, event),
  };
}

/** One that a worker's new start overtook tells of a run that is no more. */
function endSynthesis(state: RunState, synthesis: Synthesis): RunState {
  return state.synthesis.kind === "running" ? { ...state, synthesis, stalled: null } : state;
}

function freshSubtasks(plan: Plan, skipped: readonly string[]): Pick<RunState, "subtasks" | "positions"> {
  return {
    subtasks: plan.subtasks.map((s) => freshSubtask(s, skipped.includes(s.id) ? "skipped" : "pending")),
    positions: new Map(plan.subtasks.map((s, i) => [s.id, i])),
  };
}

function withoutKey<T extends object, K extends keyof T>(value: T, key: K): Omit<T, K> {
  const { [key]: _dropped, ...rest } = value;
  return rest;
}
