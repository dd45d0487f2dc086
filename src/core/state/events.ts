import type { AmendmentPolicy } from "../amendment/amendment-policy";
import type { AmendmentEvent } from "../amendment/amendment-event";
import type { ApiCall, ToolRun } from "../api-call";
import type { ApprovalEvent } from "../approval";
import type { BudgetChanged } from "../budget";
import type { ContextUse } from "../context-use";
import type { Efforts } from "../effort";
import type { Failure } from "../failure";
import type { ChangeRequest } from "../review/change-request";
import type { LeftOut } from "../review/left-out";
import type { TreeEvent } from "../main-tree";
import type { CheckResult, ExecutableChange, MergeEvent, Resolving } from "../review/merge-event";
import type { MergeKind } from "../review/merge-kind";
import type { PatternChoice } from "../plan/patterns";
import type { Plan } from "../plan/plan";
import type { PlanApproved } from "../plan/plan-approved";
import type { OverlapEvent } from "../review/live-overlap";
import type { Finding, Report, ReviewVerdict } from "../report";
import type { Stall } from "../stall";
import type { SetupStep } from "../setup";
import type { WebDomains, WebStep } from "../web";
import type { Usage } from "../usage";

export type { CheckResult, ExecutableChange, Resolving } from "../review/merge-event";

/** What a run was started with; fixed for its life. */
export interface RunOptions {
  /** Workers at the same time. */
  readonly concurrency: number;
  /** Attempts a subtask gets before its failure is left to the user. */
  readonly attempts: number;
  /** What happens to amendments of the plan; "ask" where the log does not say. */
  readonly amendments?: AmendmentPolicy;
  /** The pattern the planner keeps to; absent where it is free. */
  readonly pattern?: PatternChoice;
  /** How hard roles think, where the user said so. */
  readonly efforts?: Efforts;
  /** Where agents may look in the web; not at all where absent. */
  readonly web?: WebDomains;
  /** How results go in; what the front end is set to where the log does not say. */
  readonly merge?: MergeKind;
  /** What the user handed over with the goal. */
  readonly images?: readonly GivenImage[];
}

/** An image that came with a goal; its bytes are in the run's folder, under their hash. */
export interface GivenImage {
  readonly name: string;
  readonly sha256: string;
  readonly mediaType: string;
  readonly bytes: number;
}

/** How one path differs between base and result. */
export interface ChangedFile {
  readonly path: string;
  readonly status: "added" | "modified" | "deleted" | "renamed" | "type-changed";
  /** The old path of a rename. */
  readonly from?: string;
  /** Lines added and deleted; absent for binary files. */
  readonly added?: number;
  readonly deleted?: number;
}

/** What an attempt left behind in git: one commit on its base. */
export interface Result {
  readonly commit: string;
  readonly tree: string;
  readonly files: readonly ChangedFile[];
  /** Absent in logs of before it was looked for. */
  readonly executable?: readonly ExecutableChange[];
}

/** Facts of a run, in the past tense, in the order they became true. Nothing else changes a run. */
export type RunEvent =
  | {
      readonly type: "run.created";
      readonly run: string;
      readonly goal: string;
      /** Full ref name of the branch results are merged into. */
      readonly target: string;
      /** Commit the run starts from. */
      readonly base: string;
      readonly options: RunOptions;
    }
  | {
      readonly type: "plan.proposed";
      readonly plan: Plan;
      /** The user's own are what an edit before the approval made of the plan; a pattern's own had no planner. */
      readonly by: "planner" | "file" | "fallback" | "user" | "pattern";
      /** The words of the file or document it was written in, comments and all. */
      readonly text?: string;
      readonly note?: string;
    }
  | { readonly type: "plan.failed"; readonly failure: Failure }
  | PlanApproved
  | {
      readonly type: "subtask.started";
      readonly subtask: string;
      readonly attempt: number;
      readonly base: string;
      /** Subtasks whose results went into the base: the dependencies, and those that change the same file. */
      readonly restsOn: readonly string[];
      /** Rejected subtasks beneath those whose work is not in the base. */
      readonly without?: readonly string[];
      readonly worktree: string;
      readonly model: string;
      /** Paths of the instructions the worker was given. */
      readonly instructions?: readonly string[];
      /** The worker goes on where it was interrupted, in the same attempt. */
      readonly continues?: true;
      /** The commit whose files it begins with, where those are not the base's. */
      readonly from?: string;
    }
  /** What the worktree of an attempt, or the one a merge is checked in, got beside its tracked files. */
  | {
      readonly type: "setup.completed";
      readonly subtask: string;
      readonly attempt: number;
      readonly by?: "merge";
      readonly steps: readonly SetupStep[];
      readonly durationMs: number;
    }
  | {
      readonly type: "turn.completed";
      readonly subtask: string | null;
      readonly attempt: number;
      readonly turn: number;
      /** Whose turn it was, where it was neither the planner's nor the subtask's own worker's. */
      readonly by?: "reviewer" | "synthesizer";
      readonly model: string;
      readonly stopReason: string;
      readonly usage: Usage;
      readonly durationMs: number;
      /** What was looked for and at in the web. */
      readonly web?: readonly WebStep[];
      /** The requests it took, the last one answered; absent in logs of before they were kept. */
      readonly calls?: readonly ApiCall[];
      /** How full the conversation is with it. */
      readonly context?: ContextUse;
    }
  /** Tools an agent called in one turn, once all of them have ended. */
  | {
      readonly type: "tools.called";
      readonly subtask: string | null;
      readonly attempt: number;
      readonly turn: number;
      readonly by?: "reviewer" | "synthesizer";
      readonly tools: readonly ToolRun[];
    }
  /** What an agent looked for and at in the web, in one turn; in logs of before a turn told it itself. */
  | {
      readonly type: "web.used";
      readonly subtask: string | null;
      readonly attempt: number;
      readonly steps: readonly WebStep[];
    }
  /** A conversation too long for its model's context window was made shorter; sizes in tokens, `after` by estimate. */
  | {
      readonly type: "context.compacted";
      readonly subtask: string | null;
      readonly attempt: number;
      /** Whose it was, where it was neither the planner's nor the subtask's own worker's. */
      readonly by?: "reviewer" | "synthesizer";
      readonly before: number;
      readonly after: number;
      /** Of the call that summed it up; nothing where old tool results were dropped. */
      readonly usage: Usage;
      readonly durationMs: number;
    }
  /** A call that came to nothing but was paid for, as far as is known. */
  | {
      readonly type: "call.failed";
      readonly subtask: string | null;
      readonly failure: Failure;
      readonly usage: Usage;
      readonly calls?: readonly ApiCall[];
    }
  /** How many requests may be in flight at once, after the API slowed us down or let us go on. */
  | { readonly type: "pace.changed"; readonly inFlight: number; readonly reason: string }
  | {
      readonly type: "check.completed";
      readonly subtask: string;
      readonly attempt: number;
      readonly check: CheckResult;
    }
  | {
      readonly type: "note.written";
      readonly subtask: string;
      readonly attempt: number;
      /** The model's own words; a name to people and models, never to a file system. */
      readonly name: string;
      /** File in the run's `notes` folder. */
      readonly file: string;
      readonly bytes: number;
    }
  | {
      readonly type: "review.completed";
      readonly subtask: string;
      readonly attempt: number;
      /** From 1; one more than the rounds of the plan where the last changes were looked at again. */
      readonly round: number;
      readonly decision: ReviewVerdict["decision"];
      readonly findings: readonly Finding[];
    }
  | {
      readonly type: "subtask.finished";
      readonly subtask: string;
      readonly attempt: number;
      readonly report: Report;
      readonly result: Result | null;
    }
  | {
      readonly type: "subtask.failed";
      readonly subtask: string;
      readonly attempt: number;
      readonly failure: Failure;
      readonly result: Result | null;
    }
  | {
      readonly type: "subtask.retried";
      readonly subtask: string;
      readonly by: "policy" | "user";
      readonly note?: string;
      /** The same attempt goes on after its last complete turn. */
      readonly continues?: true;
      /** Another role or model for this subtask from now on. */
      readonly agent?: string;
      readonly model?: string;
      /** Rejected subtasks it no longer rests on. */
      readonly without?: readonly string[];
      /** Parts of the last result the user does not want to see again. */
      readonly leftOut?: readonly LeftOut[];
      /** It is to resolve what keeps the last result from going in. */
      readonly resolve?: Resolving;
      /** It is to change the last result. */
      readonly request?: ChangeRequest;
    }
  | {
      readonly type: "worker.messaged";
      readonly subtask: string;
      readonly attempt: number;
      readonly text: string;
    }
  | AmendmentEvent
  | ApprovalEvent
  /** An agent stands still; in milliseconds. It goes on, is stopped, or has been shown to be slow. */
  | ({
      readonly type: "worker.stalled";
      readonly subtask: string | null;
      readonly attempt: number;
      readonly by?: "reviewer" | "synthesizer";
      readonly ms: number;
    } & Stall)
  | { readonly type: "worker.moved"; readonly subtask: string | null; readonly attempt: number }
  /** The user stops this worker alone; how its attempt ended follows. */
  | { readonly type: "worker.stopped"; readonly subtask: string; readonly attempt: number }
  | {
      readonly type: "question.asked";
      /** From 1, one after the other over the whole run. */
      readonly question: number;
      /** Null for the planner. */
      readonly subtask: string | null;
      readonly attempt: number;
      readonly text: string;
      readonly options: readonly string[];
      readonly why?: string;
    }
  | {
      readonly type: "question.answered";
      readonly question: number;
      /** Empty where nobody could be asked: the agent decides itself. */
      readonly answer: string;
      readonly by: "user" | "nobody";
    }
  | { readonly type: "synthesis.started" }
  | {
      readonly type: "synthesis.completed";
      readonly report: Report;
      /** The commit it looked at, where all results were together. */
      readonly commit?: string;
    }
  | { readonly type: "synthesis.failed"; readonly failure: Failure }
  | { readonly type: "subtask.rejected"; readonly subtask: string; readonly reason: string }
  | MergeEvent
  | OverlapEvent
  | TreeEvent
  | BudgetChanged
  | { readonly type: "run.paused" }
  | { readonly type: "run.resumed" }
  | { readonly type: "run.cancelled" };

/** An event with its place in the log. `at` is milliseconds since the epoch. */
export interface RecordedEvent {
  readonly seq: number;
  readonly at: number;
  readonly event: RunEvent;
}
