import { workedMs } from "./spent";
import { assertNever } from "../util/assert-never";
import type { RecordedEvent, RunOptions } from "./events";
import type { Failure } from "./failure";
import type { Plan } from "./plan";
import type { Synthesis } from "./report";
import { freshSubtask, rejectionOf, type SubtaskState } from "./subtask-state";
import { addUsage, NO_USAGE, type Usage } from "./usage";

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
  readonly planNote?: string;
  readonly planFailure?: Failure;
  readonly approved: boolean;
  readonly paused: boolean;
  readonly cancelled: boolean;
  readonly plannerUsage: Usage;
  readonly plannerTurns: number;
  readonly notes: readonly NoteState[];
  /** Of all subtasks; none again as soon as one of them is at work anew. */
  readonly synthesis: Synthesis;
  readonly synthesisUsage: Usage;
  readonly subtasks: readonly SubtaskState[];
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
  approved: false,
  paused: false,
  cancelled: false,
  plannerUsage: NO_USAGE,
  plannerTurns: 0,
  notes: [],
  synthesis: { kind: "none" },
  synthesisUsage: NO_USAGE,
  subtasks: [],
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
  };
  const update = (id: string, change: (s: SubtaskState) => Partial<SubtaskState>): RunState => {
    const position = state.positions.get(id);
    const current = position === undefined ? undefined : state.subtasks[position];
    if (position === undefined || current === undefined) return state;
    return { ...state, subtasks: state.subtasks.with(position, { ...current, ...change(current) }) };
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
        ...withoutKey(withoutKey(state, "planFailure"), "planNote"),
        plan: event.plan,
        ...(event.note === undefined ? {} : { planNote: event.note }),
      };
    case "plan.failed":
      return { ...state, planFailure: event.failure };
    case "plan.approved":
      return { ...state, plan: event.plan, approved: true, ...freshSubtasks(event.plan, event.skipped) };
    case "subtask.started":
      return update(event.subtask, () => ({
        status: "running",
        attempt: event.attempt,
        base: event.base,
        restsOn: event.restsOn,
        worktree: event.worktree,
        model: event.model,
        instructions: event.instructions ?? [],
        result: null,
        report: null,
        failure: null,
        messages: [],
        checks: [],
        reviews: [],
        startedAt: at,
        endedAt: null,
      }));
    case "turn.completed":
      if (event.by === "synthesizer") return { ...state, synthesisUsage: addUsage(state.synthesisUsage, event.usage) };
      return event.subtask === null
        ? { ...state, plannerUsage: addUsage(state.plannerUsage, event.usage), plannerTurns: state.plannerTurns + 1 }
        : update(event.subtask, (s) => ({ usage: addUsage(s.usage, event.usage), turns: s.turns + 1 }));
    case "call.failed":
      return event.subtask === null
        ? { ...state, plannerUsage: addUsage(state.plannerUsage, event.usage) }
        : update(event.subtask, (s) => ({ usage: addUsage(s.usage, event.usage) }));
    case "pace.changed":
      return state;
    case "check.completed":
      return update(event.subtask, (s) => ({
        checks: [...s.checks.filter((c) => c.command !== event.check.command), event.check],
      }));
    case "note.written": {
      const { subtask, name, file, bytes } = event;
      const others = state.notes.filter((note) => note.file !== file);
      return { ...state, notes: [...others, { subtask, name, file, bytes }] };
    }
    case "review.completed":
      return update(event.subtask, (s) => ({
        reviews: [...s.reviews, { round: event.round, decision: event.decision, findings: [...event.findings] }],
      }));
    case "subtask.finished":
      return update(event.subtask, () => ({
        status: "finished",
        report: event.report,
        result: event.result,
        endedAt: at,
      }));
    case "subtask.failed":
      return update(event.subtask, (s) => ({
        status: event.failure.code === "cancelled" ? "cancelled" : "failed",
        // One that could not even get a base never started.
        attempt: Math.max(s.attempt, event.attempt),
        failure: event.failure,
        result: event.result,
        endedAt: at,
      }));
    case "subtask.retried":
      return update(event.subtask, (s) => ({
        ...freshSubtask(
          {
            ...s.subtask,
            ...(event.agent === undefined ? {} : { agent: event.agent }),
            ...(event.model === undefined ? {} : { model: event.model }),
          },
          "pending",
        ),
        attempt: s.attempt,
        usage: s.usage,
        turns: s.turns,
        lastFailure: s.acceptFailure ?? s.failure,
        note: event.note ?? rejectionOf(s),
      }));
    case "worker.messaged":
      return update(event.subtask, (s) => ({ messages: [...s.messages, event.text] }));
    case "synthesis.started":
      return { ...state, synthesis: { kind: "running" } };
    case "synthesis.completed":
      return endSynthesis(state, { kind: "done", report: event.report });
    case "synthesis.failed":
      return endSynthesis(state, { kind: "failed", failure: event.failure });
    case "accept.started":
      return update(event.subtask, () => ({
        decision: { kind: "accepting", seen: event.seen, commit: event.commit },
        acceptFailure: null,
      }));
    case "accept.completed":
      return update(event.subtask, () => ({
        decision: { kind: "accepted", commit: event.commit },
        acceptFailure: null,
      }));
    case "accept.abandoned":
      return update(event.subtask, () => ({ decision: { kind: "open" }, acceptFailure: event.failure }));
    case "subtask.rejected":
      return update(event.subtask, () => ({
        decision: { kind: "rejected", reason: event.reason },
        acceptFailure: null,
      }));
    case "run.paused":
      return { ...state, paused: true };
    case "run.resumed":
      return { ...state, paused: false, cancelled: false };
    case "run.cancelled":
      return { ...state, cancelled: true };
    default:
      return assertNever(event);
  }
}

/** One that a worker's new start overtook tells of a run that is no more. */
function endSynthesis(state: RunState, synthesis: Synthesis): RunState {
  return state.synthesis.kind === "running" ? { ...state, synthesis } : state;
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
