import type { ChangedFile, CheckResult } from "./events";
import type { Failure } from "./failure";
import { toWaves } from "./graph";
import { objectiveOf, type Plan } from "./plan";
import type { Finding, Report, ReviewRound } from "./report";
import { toRole } from "./role";
import { hindrancesOf, type Hindrance } from "./schedule";
import { usageOf } from "./spent";
import type { RunState } from "./state";
import { freshSubtask, type SubtaskState } from "./subtask-state";
import { cacheHitRate, type Usage } from "./usage";

/** What people see of a subtask, in one word. */
export type SubtaskStatus =
  | "queued"
  | "blocked"
  | "running"
  | "review"
  | "done"
  | "failed"
  | "accepted"
  | "rejected"
  | "cancelled"
  | "skipped";

/** Where a run stands, in one word. */
export type RunPhase = "planning" | "proposed" | "running" | "paused" | "review" | "done" | "failed" | "cancelled";

/** A subtask as every front end shows it. */
export interface SubtaskView {
  readonly id: string;
  readonly objective: string;
  readonly role: string;
  readonly model: string | null;
  /** Paths of the instructions its worker was given. */
  readonly instructions: readonly string[];
  readonly wave: number;
  readonly status: SubtaskStatus;
  /** Why it stands where it stands, where there is a reason to give. */
  readonly reason: string | null;
  readonly attempt: number;
  readonly dependencies: readonly string[];
  /** What it may change, as the plan says; empty when the plan does not. */
  readonly scope: readonly string[];
  /** Commands that will be run to verify it; part of what an approval approves. */
  readonly verify: readonly string[];
  readonly files: readonly ChangedFile[];
  readonly report: Report | null;
  readonly failure: Failure | null;
  /** Whether there is a diff to accept or reject now. */
  readonly reviewable: boolean;
  readonly checks: readonly CheckResult[];
  /** Names of the notes it wrote, in any attempt. */
  readonly notes: readonly string[];
  readonly reviews: readonly ReviewRound[];
  /** What the last round of review left to be done or said; empty where there was no review. */
  readonly openFindings: readonly Finding[];
  readonly usage: Usage;
  /** Share of the input read from the prompt cache, 0 to 1; null before the first turn. */
  readonly cacheHitRate: number | null;
  readonly turns: number;
  /** Milliseconds since the epoch. */
  readonly startedAt: number | null;
  readonly endedAt: number | null;
  readonly worktree: string | null;
  readonly base: string | null;
  readonly commit: string | null;
  readonly acceptedCommit: string | null;
}

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
  readonly planNote: string | null;
  readonly failure: Failure | null;
  readonly waves: readonly WaveView[];
  readonly counts: Readonly<Record<SubtaskStatus, number>>;
  /** How many results wait for a human. */
  readonly waiting: number;
  /** What the synthesizer made of all reports; null where there is none (yet). */
  readonly synthesis: Report | null;
  readonly synthesisFailure: Failure | null;
  readonly usage: Usage;
  /** Share of the input read from the prompt cache, 0 to 1; null before the first turn. */
  readonly cacheHitRate: number | null;
  /** What the run may spend; null where nobody set a limit. */
  readonly budget: Plan["budget"] | null;
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
      const current = position === undefined ? undefined : state.subtasks[position];
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
    review: 0,
    done: 0,
    failed: 0,
    accepted: 0,
    rejected: 0,
    cancelled: 0,
    skipped: 0,
  };
  for (const subtask of all) counts[subtask.status] += 1;
  return {
    id: state.id,
    goal: state.goal,
    target: state.target,
    base: state.base,
    cancelled: state.cancelled,
    phase: phaseOf(state, all),
    planNote: state.planNote ?? null,
    failure: state.planFailure ?? null,
    waves,
    counts,
    waiting: all.filter((s) => s.reviewable).length,
    synthesis: state.synthesis.kind === "done" ? state.synthesis.report : null,
    synthesisFailure: state.synthesis.kind === "failed" ? state.synthesis.failure : null,
    usage: usageOf(state),
    cacheHitRate: cacheHitRate(usageOf(state)),
    budget: state.plan?.budget ?? null,
    createdAt: state.createdAt,
    updatedAt: state.updatedAt,
  };
}

/** Every subtask of a view, wave by wave. */
export function subtasksOf(view: RunView): readonly SubtaskView[] {
  return view.waves.flatMap((wave) => wave.subtasks);
}

interface Place {
  readonly wave: number;
  readonly hindrance: Hindrance | undefined;
}

function toSubtaskView(state: RunState, s: SubtaskState, { wave, hindrance }: Place): SubtaskView {
  const { status, reason } = statusOf(state, s, hindrance);
  return {
    id: s.subtask.id,
    objective: objectiveOf(s.subtask),
    role: toRole(s.subtask.agent) ?? s.subtask.agent,
    model: s.model ?? s.subtask.model ?? null,
    instructions: s.instructions,
    wave,
    status,
    reason,
    attempt: s.attempt,
    dependencies: s.subtask.dependencies,
    scope: s.subtask.files,
    verify: s.subtask.verify,
    files: s.result?.files ?? [],
    report: s.report,
    failure: s.acceptFailure ?? s.failure,
    reviewable: isReviewable(s),
    checks: s.checks,
    notes: state.notes.filter((note) => note.subtask === s.subtask.id).map((note) => note.name),
    reviews: s.reviews,
    openFindings: s.reviews.at(-1)?.findings ?? [],
    usage: s.usage,
    cacheHitRate: cacheHitRate(s.usage),
    turns: s.turns,
    startedAt: s.startedAt,
    endedAt: s.endedAt,
    worktree: s.worktree,
    base: s.base,
    commit: s.result?.commit ?? null,
    acceptedCommit: s.decision.kind === "accepted" ? s.decision.commit : null,
  };
}

function isReviewable(s: SubtaskState): boolean {
  const ended = s.status === "finished" || s.status === "failed" || s.status === "cancelled";
  return ended && s.decision.kind === "open" && s.result !== null && s.result.files.length > 0;
}

function statusOf(
  state: RunState,
  s: SubtaskState,
  hindrance: Hindrance | undefined,
): { readonly status: SubtaskStatus; readonly reason: string | null } {
  if (s.decision.kind === "accepted") return { status: "accepted", reason: null };
  if (s.decision.kind === "rejected") return { status: "rejected", reason: s.decision.reason || null };
  if (s.decision.kind === "accepting") return { status: "review", reason: "is being accepted" };
  switch (s.status) {
    case "pending": {
      if (!state.approved) return { status: "queued", reason: null };
      if (hindrance?.kind === "blocked") return { status: "blocked", reason: `${hindrance.by} did not finish` };
      if (state.cancelled) return { status: "cancelled", reason: null };
      if (hindrance?.kind === "waiting") return { status: "queued", reason: `waits for ${hindrance.on.join(", ")}` };
      if (hindrance?.kind === "overlap") return { status: "queued", reason: `shares a file with ${hindrance.by}` };
      return { status: "queued", reason: s.lastFailure === null ? null : `again after: ${s.lastFailure.message}` };
    }
    case "running":
      return { status: "running", reason: null };
    case "finished":
      if (isReviewable(s)) return { status: "review", reason: s.acceptFailure?.message ?? null };
      return { status: "done", reason: null };
    case "failed":
      return { status: "failed", reason: s.failure?.message ?? null };
    case "cancelled":
      return { status: "cancelled", reason: null };
    case "skipped":
      return { status: "skipped", reason: null };
  }
}

function phaseOf(state: RunState, subtasks: readonly SubtaskView[]): RunPhase {
  if (!state.approved) {
    if (state.cancelled) return "cancelled";
    if (state.plan !== undefined) return "proposed";
    return state.planFailure === undefined ? "planning" : "failed";
  }
  if (state.synthesis.kind === "running" || subtasks.some((s) => s.status === "running")) return "running";
  if (!state.cancelled && subtasks.some((s) => s.status === "queued")) return state.paused ? "paused" : "running";
  if (subtasks.some((s) => s.status === "review")) return "review";
  if (state.cancelled || subtasks.some((s) => s.status === "cancelled")) return "cancelled";
  return subtasks.some((s) => s.status === "failed" || s.status === "blocked") ? "failed" : "done";
}
