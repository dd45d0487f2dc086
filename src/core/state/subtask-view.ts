import { plannedOverlaps, type PlannedOverlap } from "../gate/planned-overlap";
import { overlapsOf } from "../review/radar";
import type { ChangedFile, CheckResult } from "./events";
import type { ContextUse } from "../context-use";
import type { Failure } from "../failure";
import { objectiveOf } from "../plan/plan";
import type { LeftOut } from "../review/left-out";
import type { Finding, Report, ReviewRound } from "../report";
import { questionOf } from "../question";
import { rejectedBeneath } from "../review/decide-rebase";
import { restsOnRejected } from "../review/rests-on-rejected";
import { risksOf } from "../review/risk";
import type { Risk } from "../review/risk-order";
import { toRole } from "../role";
import type { Hindrance } from "../plan/schedule";
import { subtaskState, type RunState } from "./state";
import type { Setup } from "../setup";
import type { SubtaskState } from "./subtask-state";
import type { WebUse } from "../web";
import { cacheHitRate, type Usage } from "../usage";

/** What people see of a subtask, in one word. */
export type SubtaskStatus =
  | "queued"
  | "blocked"
  | "running"
  | "asks"
  | "review"
  | "done"
  | "failed"
  | "accepted"
  | "rejected"
  | "cancelled"
  | "interrupted"
  | "skipped";

/** A subtask as every front end shows it. */
export interface SubtaskView {
  readonly id: string;
  readonly objective: string;
  readonly role: string;
  readonly model: string | null;
  /** Paths of the instructions its worker was given. */
  readonly instructions: readonly string[];
  /** What its worktree got beside the tracked files; null where there was nothing to do, or not yet. */
  readonly setup: Setup | null;
  readonly wave: number;
  readonly status: SubtaskStatus;
  /** Why it stands where it stands, where there is a reason to give. */
  readonly reason: string | null;
  /** Whether its agent has stood still for long; `reason` says how. */
  readonly stalled: boolean;
  readonly attempt: number;
  readonly dependencies: readonly string[];
  /** What the last amendment that named it did to it. */
  readonly amended: SubtaskState["amended"];
  /** What it may change, as the plan says; empty when the plan does not. */
  readonly scope: readonly string[];
  /** Commands that will be run to verify it; part of what an approval approves. */
  readonly verify: readonly string[];
  readonly files: readonly ChangedFile[];
  readonly report: Report | null;
  readonly failure: Failure | null;
  /** Whether that is what the last accept or undo came to, and says how things stood then. */
  readonly isPastDecision: boolean;
  /** Whether there is a diff to accept or reject now. */
  readonly reviewable: boolean;
  readonly checks: readonly CheckResult[];
  /** What the user told this attempt to do otherwise, if anything. */
  readonly asked: string | null;
  /** Names of the notes it wrote, in any attempt. */
  readonly notes: readonly string[];
  readonly reviews: readonly ReviewRound[];
  /** What the last round of review left to be done or said; empty where there was no review. */
  readonly openFindings: readonly Finding[];
  readonly usage: Usage;
  /** Share of the input read from the prompt cache, 0 to 1; null before the first turn. */
  readonly cacheHitRate: number | null;
  readonly turns: number;
  /** Time the model took for its answers, in milliseconds. */
  readonly modelMs: number;
  /** What was looked at in the web, in all attempts. */
  readonly web: WebUse;
  /** How often a conversation of this attempt grew too long and was made shorter. */
  readonly compactions: number;
  /** How full its worker's conversation is, or was at the end; null before the first answer. */
  readonly context: ContextUse | null;
  /** Milliseconds since the epoch. */
  readonly startedAt: number | null;
  readonly endedAt: number | null;
  readonly worktree: string | null;
  readonly base: string | null;
  readonly commit: string | null;
  readonly acceptedCommit: string | null;
  /** What to know before deciding, the gravest first; empty once it is decided. A review of the diff may know more. */
  readonly risks: readonly Risk[];
  /** Others that change the same files: results that wait, and workers at work. */
  readonly overlaps: ReturnType<typeof overlapsOf>;
  /** Whether its conflict stands in a folder to be resolved by hand. */
  readonly byHand: boolean;
  /** Whether the last undo can be taken back. */
  readonly redoable: boolean;
  /** Others that may come to change the same files, as the plan has it; while it has no result. */
  readonly plannedOverlaps: readonly PlannedOverlap[];
  /** What the user keeps out of it. */
  readonly leftOut: readonly LeftOut[];
  /** Subtasks whose results are in its base. */
  readonly restsOn: readonly string[];
  /** Rejected subtasks whose work it was built on. */
  readonly restsOnRejected: readonly string[];
  /** Rejected subtasks it could do without: those, or what it waits for in vain. */
  readonly rejectedBeneath: readonly string[];
}

/** Projects one subtask for people; `hindrance` is what keeps it from starting, where it waits. */
export function toSubtaskView(
  state: RunState,
  s: SubtaskState,
  { wave, hindrance }: { readonly wave: number; readonly hindrance: Hindrance | undefined },
): SubtaskView {
  const { status, reason } = statusOf(state, s, hindrance);
  return {
    id: s.subtask.id,
    objective: objectiveOf(s.subtask),
    role: toRole(s.subtask.agent) ?? s.subtask.agent,
    model: s.model ?? s.subtask.model ?? null,
    instructions: s.instructions,
    setup: s.setup,
    wave,
    status,
    reason,
    stalled: s.status === "running" && s.stalled !== null && !s.stopping && status === "running",
    attempt: s.attempt,
    dependencies: s.subtask.dependencies,
    amended: s.amended,
    scope: s.subtask.files,
    verify: s.subtask.verify,
    files: s.result?.files ?? [],
    report: s.report,
    failure: s.acceptFailure ?? s.failure,
    isPastDecision: s.acceptFailure !== null,
    reviewable: isReviewable(s),
    checks: s.checks,
    asked: s.note,
    notes: state.notes.filter((note) => note.subtask === s.subtask.id).map((note) => note.name),
    reviews: s.reviews,
    openFindings: s.reviews.at(-1)?.findings ?? [],
    usage: s.usage,
    cacheHitRate: cacheHitRate(s.usage),
    turns: s.turns,
    modelMs: s.modelMs,
    web: s.web,
    compactions: s.compactions,
    context: s.context,
    startedAt: s.startedAt,
    endedAt: s.endedAt,
    worktree: s.worktree,
    base: s.base,
    commit: s.result?.commit ?? null,
    acceptedCommit: s.decision.kind === "accepted" ? s.decision.commit : null,
    risks: isReviewable(s) ? risksOf(state, s) : [],
    overlaps: isReviewable(s) || s.status === "running" ? overlapsOf(state, s.subtask.id) : [],
    plannedOverlaps:
      (s.status === "pending" || s.status === "running") && state.plan !== undefined
        ? (plannedOverlaps(state.plan).get(s.subtask.id) ?? [])
        : [],
    byHand: s.byHand !== null && s.decision.kind === "open",
    redoable: s.undone !== null && (s.decision.kind === "open" || s.decision.kind === "accepted"),
    leftOut: s.leftOut,
    restsOn: s.restsOn,
    restsOnRejected: s.result === null ? [] : restsOnRejected(state, s.subtask.id),
    rejectedBeneath: s.decision.kind === "open" ? rejectedBeneath(state, s.subtask.id) : [],
  };
}

/** Whether a worker is at it, be it that it waits for an answer. */
export function isAtWork({ status }: { readonly status: SubtaskStatus }): boolean {
  return status === "running" || status === "asks";
}

function reviewReason(state: RunState, s: SubtaskState): string | null {
  if (state.queue.includes(s.subtask.id)) return "is being merged and checked";
  if (s.acceptFailure !== null) return s.acceptFailure.message;
  const [rejected] = restsOnRejected(state, s.subtask.id);
  if (rejected !== undefined) return `was built on ${rejected}, which was rejected`;
  return conflictReason(state, s);
}

function conflictReason(state: RunState, s: SubtaskState): string | null {
  const conflict = overlapsOf(state, s.subtask.id).find(({ kind }) => kind === "conflict");
  return conflict === undefined ? null : `conflicts with ${conflict.with} in ${conflict.files.join(", ")}`;
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
  if (s.decision.kind === "accepted")
    return { status: "accepted", reason: s.decision.how === "stage" ? "is staged for you to commit" : null };
  if (s.decision.kind === "rejected") return { status: "rejected", reason: s.decision.reason || null };
  if (s.decision.kind === "accepting") return { status: "review", reason: "is being accepted" };
  if (s.decision.kind === "undoing") return { status: "accepted", reason: "is being undone" };
  switch (s.status) {
    case "pending": {
      if (!state.approved) return { status: "queued", reason: null };
      if (hindrance?.kind === "blocked" && !(isCutOff(state, hindrance.by) && !state.cancelled))
        return { status: "blocked", reason: `${hindrance.by} did not finish` };
      if (state.cancelled) return { status: "cancelled", reason: null };
      if (hindrance?.kind === "blocked") return { status: "queued", reason: `waits for ${hindrance.by}` };
      if (hindrance?.kind === "waiting") return { status: "queued", reason: `waits for ${hindrance.on.join(", ")}` };
      if (hindrance?.kind === "overlap") return { status: "queued", reason: `shares a file with ${hindrance.by}` };
      return { status: "queued", reason: s.lastFailure === null ? null : `again after: ${s.lastFailure.message}` };
    }
    case "running": {
      if (s.stopping) return { status: "running", reason: "is being stopped" };
      const question = questionOf(state.questions, s.subtask.id);
      if (question !== undefined) return { status: "asks", reason: question.text };
      if (s.stalled !== null) return { status: "running", reason: `may be stuck: ${s.stalled}` };
      return { status: "running", reason: conflictReason(state, s) };
    }
    case "finished":
      if (isReviewable(s)) return { status: "review", reason: reviewReason(state, s) };
      return { status: "done", reason: null };
    case "failed":
      if (!isCutOff(state, s.subtask.id)) return { status: "failed", reason: s.failure?.message ?? null };
      return { status: state.cancelled ? "cancelled" : "interrupted", reason: cutOffReason(s) };
    case "cancelled":
      return { status: "cancelled", reason: s.stopping ? (s.failure?.message ?? null) : null };
    case "skipped":
      return {
        status: "skipped",
        reason: s.amended?.how === "dropped" ? `dropped by amendment ${s.amended.number}` : null,
      };
  }
}

/** Whether a subtask was at work when Braid was closed, and nobody has decided about it since. */
function isCutOff(state: RunState, id: string): boolean {
  const s = subtaskState(state, id);
  return s?.status === "failed" && s.decision.kind === "open" && s.failure?.code === "run.interrupted";
}

/** Where its work could not be kept, that is said; else what becomes of it. */
function cutOffReason({ failure }: SubtaskState): string | null {
  return failure?.detail === undefined ? "goes on when the run is resumed" : (failure.hint ?? failure.message);
}
