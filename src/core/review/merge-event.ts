import type { Result } from "../state/events";
import type { Failure } from "../failure";
import type { Report } from "../report";
import type { LeftOut, Taken } from "./left-out";
import type { PartLeft } from "./part-undone";
import type { MergeKind } from "./merge-kind";

/** One verification command and how it went. */
export interface CheckResult {
  readonly command: string;
  readonly passed: boolean;
  /** Null when the command was killed. */
  readonly exitCode: number | null;
  readonly durationMs: number;
  /** The end of its output, plain text. */
  readonly output: string;
}

/** A change to configuration that something executes later; it goes in only when somebody names it. */
export interface ExecutableChange {
  readonly path: string;
  /** What executes it, in words. */
  readonly reason: string;
  /** Git's id of the content, all zeros where the file goes; an approval is for this content only. */
  readonly blob: string;
}

/** A conflict that an attempt starts from. */
export interface Resolving {
  /** Where the target was; the attempt's base. */
  readonly onto: string;
  /** What could be merged, with markers where it could not. */
  readonly tree: string;
  /** In words, one a line. */
  readonly conflicts: readonly string[];
  readonly files: readonly string[];
}

/** Facts of results on their way to the target, and back. */
export type MergeEvent =
  | {
      readonly type: "accept.started";
      readonly subtask: string;
      /** Where the target was. */
      readonly seen: string;
      /** The commit that carries this subtask to the target; `onto` itself where there was nothing left to change. */
      readonly commit: string;
      /** What that commit was made on; `seen` where it is not said. */
      readonly onto?: string;
      /** What the target moves to, several accepts together; `commit` where it is not said. */
      readonly tip?: string;
      /** How it goes in; "squash" where it is not said. With "stage" the target stays where it was. */
      readonly how?: MergeKind;
      /** Absent where the whole result was taken. */
      readonly taken?: Taken;
      /** What the user keeps out of it, now and from earlier. */
      readonly leftOut?: readonly LeftOut[];
      /** Executable configuration the user named and so let in. */
      readonly config?: readonly ExecutableChange[];
    }
  | { readonly type: "accept.completed"; readonly subtask: string; readonly commit: string }
  | { readonly type: "accept.abandoned"; readonly subtask: string; readonly failure: Failure }
  /** The commit `commit` on the target takes an accept back. */
  | {
      readonly type: "undo.started";
      readonly subtask: string;
      readonly seen: string;
      readonly commit: string;
      /** Only a part goes back, and this is what is left. */
      readonly part?: PartLeft;
      /** What the last undo of a part took back comes again. */
      readonly redo?: true;
      /** The target stays: index and files go back from `seen`, which was staged, to `commit`. */
      readonly how?: "stage";
    }
  | { readonly type: "undo.completed"; readonly subtask: string; readonly commit: string }
  | { readonly type: "undo.abandoned"; readonly subtask: string; readonly failure: Failure }
  /** A conflict stands in a worktree for somebody to resolve. */
  | {
      readonly type: "conflict.opened";
      readonly subtask: string;
      readonly worktree: string;
      readonly resolving: Resolving;
    }
  /** What they made of it is the subtask's result now, as of an attempt of its own. */
  | {
      readonly type: "conflict.resolved";
      readonly subtask: string;
      readonly attempt: number;
      readonly base: string;
      readonly result: Result;
      readonly report: Report;
      readonly checks: readonly CheckResult[];
    }
  /** A result was put on a base without what was rejected beneath it; no worker was asked. */
  | {
      readonly type: "subtask.rebased";
      readonly subtask: string;
      readonly attempt: number;
      readonly base: string;
      readonly restsOn: readonly string[];
      readonly without: readonly string[];
      readonly result: Result;
      /** How its checks went on it; absent where none was run. */
      readonly checks?: readonly CheckResult[];
    }
  /** Several accepts go in together, or checks run on what one would make of the branch. */
  | { readonly type: "queue.started"; readonly subtasks: readonly string[] }
  | {
      readonly type: "queue.checked";
      /** Those whose changes are in `commit`, beside what the target has already. */
      readonly subtasks: readonly string[];
      readonly commit: string;
      readonly checks: readonly CheckResult[];
    }
  | { readonly type: "queue.ended" };
