import { valueAt, valuesOf } from "./chunked";
import { amendmentDue, isAskingPlanner, planningFailedOf } from "../amendment/amendment-due";
import { toAmendmentsView, type AmendmentsView } from "../amendment/amendment-view";
import type { Approval } from "../approval";
import type { Failure } from "../failure";
import { toWaves } from "../plan/graph";
import type { TreeWatch } from "../main-tree";
import type { Plan } from "../plan/plan";
import { openQuestions, type OpenQuestion } from "../question";
import type { Report } from "../report";
import type { Stretch } from "./history";
import { hindrancesOf } from "../plan/schedule";
import { usageOf } from "./spent";
import { timeLeftOf } from "../time-left";
import type { TimeLeft } from "../time-left-text";
import type { RunState } from "./state";
import { freshSubtask } from "./subtask-state";
import { isAtWork, toSubtaskView, type SubtaskStatus, type SubtaskView } from "./subtask-view";
import { addWeb, type WebDomains, type WebUse } from "../web";
import { cacheHitRate, type Usage } from "../usage";

/** Where a run stands, in one word. */
export type RunPhase =
  | "planning"
  | "proposed"
  | "running"
  | "paused"
  /** Nothing runs, and an amendment of the plan waits for a decision. */
  | "amendment"
  | "review"
  | "done"
  | "failed"
  | "cancelled";

/** A wave: subtasks whose dependencies all stand in earlier waves. Numbered from 1. */
export interface WaveView {
  readonly number: number;
  readonly subtasks: readonly SubtaskView[];
}

/** The one projection of a run that people are shown: tree, panel, status bar and command line alike. */
export interface RunView {
  readonly id: string;
  readonly goal: string;
  readonly target: string;
  readonly base: string;
  readonly phase: RunPhase;
  /** Whether the user stopped it; results may still wait for review. */
  readonly cancelled: boolean;
  /** Whether the user paused it: who is at work goes on, and nothing else begins. */
  readonly paused: boolean;
  readonly planNote: string | null;
  /** Stands for the plan as it was proposed last; an approval carries it. 0 before there is one. */
  readonly proposal: number;
  /** Why the planner or the synthesizer is taken for stuck; null while it gets on. */
  readonly stalled: string | null;
  readonly failure: Failure | null;
  readonly waves: readonly WaveView[];
  readonly counts: Readonly<Record<SubtaskStatus, number>>;
  /** The user's own tree since the run began; null before workers start. */
  readonly tree: TreeWatch | null;
  /** Commands that wait for the user's word, the oldest first. */
  readonly approvals: readonly Approval[];
  /** What agents want to know and nobody has answered yet. */
  readonly questions: readonly OpenQuestion[];
  /** Subtasks whose results are being merged and checked together now. */
  readonly merging: readonly string[];
  /** How many results wait for a decision. */
  readonly results: number;
  /** How many results, questions, commands and amendments wait for a human. */
  readonly waiting: number;
  readonly amendments: AmendmentsView;
  /** Whether the plan has all reports brought together in the end. */
  readonly synthesizes: boolean;
  /** Whether the synthesizer is at it. */
  readonly synthesizing: boolean;
  /** What the synthesizer made of all reports; null where there is none (yet). */
  readonly synthesis: Report | null;
  /** The commit its findings count lines in; null where there is no synthesis, or nobody knows. */
  readonly synthesisCommit: string | null;
  readonly synthesisFailure: Failure | null;
  readonly usage: Usage;
  /** Share of the input read from the prompt cache, 0 to 1; null before the first turn. */
  readonly cacheHitRate: number | null;
  /** Where agents may look in the web; null where they may not. */
  readonly webDomains: WebDomains | null;
  /** What they looked at, the planner and all subtasks together. */
  readonly web: WebUse;
  /** Answers of the model, and the time it took for them, in milliseconds; the planner and all subtasks together. */
  readonly turns: number;
  readonly modelMs: number;
  /** What the run may spend; null where nobody set a limit. */
  readonly budget: Plan["budget"] | null;
  /** Who worked when, in the order they began. */
  readonly history: readonly Stretch[];
  /** How long the workers will probably take; null while they do not work, or where there is nothing to go by. */
  readonly timeLeft: TimeLeft | null;
  readonly createdAt: number;
  readonly updatedAt: number;
}

/** Projects the state for people. */
export function toRunView(state: RunState): RunView {
  const hindrances = hindrancesOf(state);
  const waves = toWaves(state.plan?.subtasks ?? []).map((subtasks, i) => ({
    number: i + 1,
    subtasks: subtasks.map((subtask) => {
      const position = state.positions.get(subtask.id);
      const current = position === undefined ? undefined : valueAt(state.subtasks, position);
      return toSubtaskView(state, current ?? freshSubtask(subtask, "pending"), {
        wave: i + 1,
        hindrance: hindrances.get(subtask.id),
      });
    }),
  }));
  const all = waves.flatMap((wave) => wave.subtasks);
  const counts = {
    queued: 0,
    blocked: 0,
    running: 0,
    asks: 0,
    review: 0,
    done: 0,
    failed: 0,
    accepted: 0,
    rejected: 0,
    cancelled: 0,
    interrupted: 0,
    skipped: 0,
  };
  for (const subtask of all) counts[subtask.status] += 1;
  const questions = openQuestions(state.questions);
  const approvals = state.approvals.filter((approval) => approval.answer === null);
  const results = all.filter((s) => s.reviewable).length;
  return {
    id: state.id,
    goal: state.goal,
    target: state.target,
    base: state.base,
    cancelled: state.cancelled,
    paused: state.paused,
    stalled: state.stalled,
    phase: phaseOf(state, all),
    planNote: state.planNote ?? null,
    proposal: state.proposal,
    failure: state.planFailure ?? null,
    waves,
    counts,
    tree: state.tree.watch,
    approvals,
    questions,
    merging: state.queue,
    results,
    waiting: results + questions.length + approvals.length + (state.amendments.open === null ? 0 : 1),
    amendments: toAmendmentsView(state),
    synthesizes: state.plan?.integration !== undefined,
    synthesizing: state.synthesis.kind === "running",
    synthesis: state.synthesis.kind === "done" ? state.synthesis.report : null,
    synthesisCommit: state.synthesis.kind === "done" ? (state.synthesis.commit ?? null) : null,
    synthesisFailure: state.synthesis.kind === "failed" ? state.synthesis.failure : null,
    usage: usageOf(state),
    cacheHitRate: cacheHitRate(usageOf(state)),
    turns: valuesOf(state.subtasks).reduce((sum, s) => sum + s.turns, state.turns),
    modelMs: valuesOf(state.subtasks).reduce((sum, s) => sum + s.modelMs, state.modelMs),
    webDomains: state.options.web ?? null,
    web: valuesOf(state.subtasks).reduce((sum, s) => addWeb(sum, s.web), state.web),
    budget: state.plan?.budget ?? null,
    history: valuesOf(state.history),
    timeLeft: timeLeftOf(state, hindrances),
    createdAt: state.createdAt,
    updatedAt: state.updatedAt,
  };
}

/** Every subtask of a view, wave by wave. */
export function subtasksOf(view: RunView): readonly SubtaskView[] {
  return view.waves.flatMap((wave) => wave.subtasks);
}

function phaseOf(state: RunState, subtasks: readonly SubtaskView[]): RunPhase {
  if (!state.approved) {
    if (state.cancelled) return "cancelled";
    if (state.plan !== undefined) return "proposed";
    return state.planFailure === undefined ? "planning" : "failed";
  }
  if (state.synthesis.kind === "running" || isAskingPlanner(state) || subtasks.some(isAtWork)) return "running";
  // Braid was closed meanwhile: nobody is at work until somebody resumes the run.
  if (subtasks.some((s) => s.status === "interrupted")) return "paused";
  if (!state.cancelled && subtasks.some((s) => s.status === "queued")) return state.paused ? "paused" : "running";
  if (!state.cancelled && state.amendments.open !== null) return "amendment";
  // A level that ended is not the end of the run; subtasks that failed are, unless the planner finds a way on.
  const due = amendmentDue(state);
  if (due === "level" || due === "last-level") return state.paused ? "paused" : "running";
  if (planningFailedOf(state) && !state.cancelled) return "failed";
  if (subtasks.some((s) => s.status === "review")) return "review";
  if (state.cancelled || subtasks.some((s) => s.status === "cancelled")) return "cancelled";
  return subtasks.some((s) => s.status === "failed" || s.status === "blocked") ? "failed" : "done";
}
