import type { CheckResult, Resolving, Result } from "./events";
import type { ContextUse } from "../context-use";
import type { Failure, FailureCode } from "../failure";
import type { ChangeRequest } from "../review/change-request";
import type { LeftOut, Taken } from "../review/left-out";
import type { PartLeft } from "../review/part-undone";
import type { MergeKind } from "../review/merge-kind";
import type { Subtask } from "../plan/plan";
import type { Report, ReviewRound } from "../report";
import type { Setup } from "../setup";
import { NO_WEB, type WebUse } from "../web";
import { NO_USAGE, type Usage } from "../usage";

/** Where the work on a subtask stands. What the user decided about it is `decision`. */
export type WorkStatus = "pending" | "running" | "finished" | "failed" | "cancelled" | "skipped";

/** What the user said about a result. `accepting` means the branch may be half-way moved. */
export type Decision =
  | { readonly kind: "open" }
  | ({ readonly kind: "accepting"; readonly seen: string; readonly tip: string } & Accepted)
  | ({ readonly kind: "accepted" } & Accepted)
  | {
      readonly kind: "undoing";
      readonly seen: string;
      readonly commit: string;
      /** Only index and files go back. */
      readonly how?: "stage";
      /** What will be left of it; nothing where absent. */
      readonly part?: PartLeft;
      readonly redo?: true;
      readonly accepted: Accepted;
    }
  | { readonly kind: "rejected"; readonly reason: string };

/** How a result went in. */
export interface Accepted {
  readonly commit: string;
  /** What `commit` was made on; the same where there was nothing left to change. Null in logs that do not say. */
  readonly onto: string | null;
  /** Null where the whole result was taken. */
  readonly taken: Taken | null;
  readonly how: MergeKind;
  /** Once a part was taken back: a commit on `onto` with what is left of `commit`. */
  readonly left: string | null;
}

/** An accept, or a part of one, that was taken back and can be brought again. */
export interface Undone {
  /** How it stood before. */
  readonly accepted: Accepted;
  readonly leftOut: readonly LeftOut[];
}

/** A subtask as the log tells it. */
export interface SubtaskState {
  readonly subtask: Subtask;
  readonly status: WorkStatus;
  /** The current or last attempt, from 1; 0 before the first. */
  readonly attempt: number;
  /** Whether a pending subtask goes on with that attempt. */
  readonly continues: boolean;
  /** The worker's last complete turn in this attempt. */
  readonly lastTurn: number;
  /** The last complete turn of the review under way. */
  readonly lastReviewTurn: number;
  /** How often the worker's conversation of this attempt was made shorter, and that of the review under way. */
  readonly workerCompactions: number;
  readonly reviewCompactions: number;
  readonly base: string | null;
  /** Subtasks whose results are in the base. */
  readonly restsOn: readonly string[];
  /** Rejected subtasks beneath those whose work is not in the base all the same. */
  readonly without: readonly string[];
  readonly worktree: string | null;
  readonly model: string | null;
  /** Paths of the instructions its worker was given. */
  readonly instructions: readonly string[];
  /** What its worktree got beside the tracked files; null where there was nothing to do, or not yet. */
  readonly setup: Setup | null;
  readonly result: Result | null;
  readonly report: Report | null;
  readonly failure: Failure | null;
  /** What the attempt before failed with, and the user's note; told to the next attempt. */
  readonly lastFailure: Failure | null;
  readonly note: string | null;
  /** What the user told the worker of this attempt while it ran. */
  readonly messages: readonly string[];
  /** The user has stopped this attempt; it ends as soon as its worker has let go. */
  readonly stopping: boolean;
  /** Why its agent is taken for stuck, in words; null while it gets on. */
  readonly stalled: string | null;
  readonly checks: readonly CheckResult[];
  /** What the reviewer of this attempt said, round by round. */
  readonly reviews: readonly ReviewRound[];
  readonly usage: Usage;
  readonly turns: number;
  /** Time the model took for its answers, in milliseconds. */
  readonly modelMs: number;
  /** What was looked at in the web, in all attempts. */
  readonly web: WebUse;
  /** How often a conversation of this attempt grew too long and was made shorter. */
  readonly compactions: number;
  /** How full the conversation of this attempt's worker is; null before its first answer. */
  readonly context: ContextUse | null;
  readonly startedAt: number | null;
  readonly endedAt: number | null;
  readonly decision: Decision;
  /** What the user keeps out of it, through undo and further attempts. */
  readonly leftOut: readonly LeftOut[];
  /** What the user asked of the result before; its next, current or last attempt is the answer. */
  readonly request: ChangeRequest | null;
  /** The commit whose files this attempt began with; null where those were the base's. */
  readonly from: string | null;
  /** The conflict its next or current attempt is to resolve. */
  readonly resolving: Resolving | null;
  /** Files with a conflict that this result, or one it was made from, was to resolve. */
  readonly conflicted: readonly string[];
  /** What the last undo took back, until the next decision or attempt. */
  readonly undone: Undone | null;
  /** The conflict somebody is resolving by hand, and the worktree it stands in. */
  readonly byHand: { readonly worktree: string; readonly resolving: Resolving } | null;
  /** Why the last accept did not land, until the next one. */
  readonly acceptFailure: Failure | null;
  /** What the last amendment that named it did to it. */
  readonly amended: { readonly number: number; readonly how: "added" | "changed" | "dropped" } | null;
}

/** Ends of an attempt that were no fault of its worker's: Braid was closed, somebody stopped it, the model fell silent, the run's budget was used up. */
const INTERRUPTIONS: ReadonlySet<FailureCode> = new Set([
  "run.interrupted",
  "cancelled",
  "stall.turn",
  "budget.reached",
]);

/** Whether an attempt was cut short, and can be gone on with after its last complete turn. */
export function isInterrupted({ failure }: Pick<SubtaskState, "failure">): boolean {
  return failure !== null && INTERRUPTIONS.has(failure.code);
}

/** Why the user turned the last result down; the next attempt is told. */
export function rejectionOf(s: SubtaskState): string | null {
  return s.decision.kind === "rejected" && s.decision.reason !== ""
    ? `The last result was rejected: ${s.decision.reason}`
    : null;
}

/** A subtask nothing has happened to yet. */
export function freshSubtask(subtask: Subtask, status: WorkStatus): SubtaskState {
  return {
    subtask,
    status,
    attempt: 0,
    continues: false,
    lastTurn: 0,
    lastReviewTurn: 0,
    workerCompactions: 0,
    reviewCompactions: 0,
    base: null,
    restsOn: [],
    without: [],
    worktree: null,
    model: null,
    instructions: [],
    setup: null,
    result: null,
    report: null,
    failure: null,
    lastFailure: null,
    note: null,
    messages: [],
    stopping: false,
    stalled: null,
    checks: [],
    reviews: [],
    usage: NO_USAGE,
    turns: 0,
    modelMs: 0,
    web: NO_WEB,
    compactions: 0,
    context: null,
    startedAt: null,
    endedAt: null,
    decision: { kind: "open" },
    leftOut: [],
    request: null,
    from: null,
    resolving: null,
    conflicted: [],
    undone: null,
    byHand: null,
    acceptFailure: null,
    amended: null,
  };
}
