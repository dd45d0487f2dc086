import { valuesOf } from "../state/chunked";
import type { AnsweredComment } from "./comment-fate";
import type { Conflict, ConflictHunk } from "./conflict";
import type { Along } from "./along";
import { executableChangesOf, undecidedDependencies } from "./decide-accept";
import type { FileDiff } from "./diff";
import type { ChangedFile, ExecutableChange } from "../state/events";
import { lineCountsOf } from "./hunks";
import { defaultChoices, leftOutBefore, type LeftOut } from "./left-out";
import { restsOnRejected } from "./rests-on-rejected";
import { isInScope, risksOf } from "./risk";
import type { Risk } from "./risk-order";
import { beneath } from "../plan/schedule";
import { partsOf, wholeReason, type FileChoice } from "./selection";
import type { RunState } from "../state/state";
import type { SubtaskState } from "../state/subtask-state";

/** A changed file as a reviewer decides about it. Its hunks count from 1, in order; 0 is a new name or mode. */
export interface ReviewFile extends FileDiff {
  /** Numbers that can be chosen; empty where only the whole file can. */
  readonly parts: readonly number[];
  /** Why it goes only whole, in words; null where its parts can be chosen. */
  readonly whole: string | null;
  readonly added: number;
  readonly deleted: number;
  /** Set where something executes it later: it goes in only by name, with this content. */
  readonly executable: ExecutableChange | null;
  readonly outOfScope: boolean;
  /** Numbers of what was left out before, in this or an earlier attempt. */
  readonly leftOut: readonly number[];
}

/** All that a decision about a result is made on. */
export interface SubtaskReview {
  readonly subtask: string;
  readonly attempt: number;
  readonly base: string;
  /** The result; a decision carries it, so that it cannot meet another one. */
  readonly commit: string;
  readonly files: readonly ReviewFile[];
  /** What is ticked to begin with: not what was left out before, nor executable configuration. Once accepted, what was taken. */
  readonly choices: readonly FileChoice[];
  /** What of it the accept took and no undo took back; null where it is not accepted. */
  readonly taken: readonly FileChoice[] | null;
  readonly risks: readonly Risk[];
  readonly leftOut: readonly LeftOut[];
  /** What would go in first: what it rests on and nobody has decided about, roots first. */
  readonly undecided: readonly string[];
  /** What was built on it. */
  readonly dependents: readonly string[];
  /** Rejected subtasks it was built on. */
  readonly restsOnRejected: readonly string[];
}

/** What a result that was asked for changed of the one before it. */
export interface SinceLast {
  /** The attempt before, and a commit with what it left, on the base there is now. */
  readonly attempt: number;
  readonly commit: string;
  /** What the user wrote beside the comments. */
  readonly text: string;
  readonly files: readonly ChangedFile[];
  readonly comments: readonly AnsweredComment[];
}

/** A review, with how merging the whole result into the target as it stands would go. */
export interface MergedReview extends SubtaskReview {
  /** Null where the result answers no request for changes. */
  readonly since: SinceLast | null;
  /** What is `undecided`, and what speaks against each of it. */
  readonly along: readonly Along[];
  /** Null once it is decided, and where the target is gone. */
  readonly merge: {
    /** Where the target is; a decision carries it as well. */
    readonly target: string;
    readonly conflicts: readonly Conflict[];
    /** The conflicting places of files that could be merged in part. */
    readonly conflictHunks: readonly { readonly path: string; readonly hunks: readonly ConflictHunk[] }[];
  } | null;
}

/** The first files of a result, and what is ticked of them: to look at while the rest is read. Nothing is decided on it. */
export type ReviewHead = Pick<SubtaskReview, "files" | "choices" | "taken">;

/** The head of a review, given the diffs of its first files. */
export function toReviewHead(subtask: SubtaskState, files: readonly FileDiff[]): ReviewHead {
  const { leftOut } = subtask;
  const { files: scope } = subtask.subtask;
  const executable = new Map(executableChangesOf(subtask).map((change) => [change.path, change]));
  const taken = takenOf(subtask, files);
  return {
    files: files.map((file) => ({
      ...file,
      ...lineCountsOf(file),
      parts: partsOf(file).map((part) => part.number),
      whole: wholeReason(file) ?? null,
      executable: executable.get(file.path) ?? null,
      outOfScope: !isInScope(file.path, scope) || (file.from !== undefined && !isInScope(file.from, scope)),
      leftOut: leftOutBefore(file, leftOut),
    })),
    choices: taken ?? defaultChoices(files, leftOut, new Set(executable.keys())),
    taken,
  };
}

/** The review of a subtask's result, given its diff; undefined where it has none. */
export function toReview(
  state: RunState,
  subtask: SubtaskState,
  files: readonly FileDiff[],
): SubtaskReview | undefined {
  const { base, result, leftOut, attempt } = subtask;
  const { id } = subtask.subtask;
  if (base === null || result === null) return undefined;
  return {
    subtask: id,
    attempt,
    base,
    commit: result.commit,
    ...toReviewHead(subtask, files),
    risks: risksOf(state, subtask, files),
    leftOut,
    undecided: undecidedDependencies(state, id),
    dependents: valuesOf(state.subtasks).flatMap((s) => (beneath(state, s.subtask.id).has(id) ? [s.subtask.id] : [])),
    restsOnRejected: restsOnRejected(state, id),
  };
}

function takenOf({ decision }: SubtaskState, files: readonly FileDiff[]): readonly FileChoice[] | null {
  if (decision.kind !== "accepted") return null;
  const takes =
    decision.taken === null ? undefined : new Map(decision.taken.files.map(({ path, take }) => [path, take]));
  return files.map(({ path }) => ({ path, take: takes === undefined ? "all" : (takes.get(path) ?? "none") }));
}
