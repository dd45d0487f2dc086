import type { ApprovalAnswer } from "../core/approval";
import type { PlanPreview } from "../core/plan/plan-preview";
import type { FileDiff } from "../core/review/diff";
import type { MergedReview, ReviewHead } from "../core/review/review";
import type { FileChoice } from "../core/review/selection";
import type { RunView } from "../core/state/view";
import type { Disposable } from "../util/disposable";
import type { ReviewMarks } from "./review-marks";
import type { AcceptChoice, FileTexts } from "./review-messages";

/** A run as the review panel needs it. Everything that fails throws a {@link BraidError}, shown as message and hint. */
export interface ReviewSource {
  readonly view: RunView;
  /** The plan with its estimate, while it waits for approval. */
  readonly preview: PlanPreview | null;
  /** Why nothing can be decided here, in words; null where it can. */
  readonly readOnly: string | null;
  readonly onDidChange: (listener: () => void) => Disposable;
  /** One line of what a worker is doing now. */
  readonly onDidAct: (listener: (activity: { readonly subtask: string; readonly line: string }) => void) => Disposable;
  readonly marks: ReviewMarks;
  /** The review of this result, and of no other. */
  review(subtask: string, commit: string): Promise<MergedReview>;
  /** The first files of this result, at most `count`, before all of it is there. */
  head(subtask: string, commit: string, count: number): Promise<ReviewHead>;
  /** Reads what a review of this result will need, so that it is at hand by then. Tells nobody what fails. */
  warm(subtask: string, commit: string): Promise<void>;
  /** The diff of this result alone. Asked for often: it had better be at hand. */
  diff(subtask: string, commit: string): Promise<readonly FileDiff[]>;
  /** Those of its files, by path and in order, as they were and as they are. */
  texts(subtask: string, commit: string, paths: readonly string[]): Promise<readonly FileTexts[]>;
  /** An image among them on both sides, as `data:` addresses; null where there is none that is safe to show. */
  images(subtask: string, commit: string, path: string): Promise<FileTexts>;
  /** Puts exactly this on the target. */
  accept(subtask: string, commit: string, choice: AcceptChoice): Promise<void>;
  /** Another attempt, which is told of the remarks on this result and of `text`. */
  requestChanges(subtask: string, commit: string, text: string): Promise<void>;
  /** Of these results, by subtask, those that pass. */
  acceptPassing(shown: ReadonlyMap<string, string>): Promise<void>;
  cancelMerge(): void;
  /** `commit` is the one on the target that is to be taken back. */
  undo(
    subtask: string,
    commit: string,
    how?: {
      readonly customs?: "off" | undefined;
      /** What of the result goes back; all where it is not said. */
      readonly part?: readonly FileChoice[] | undefined;
    },
  ): Promise<void>;
  /** Brings again what the last undo took back. */
  redo(subtask: string): Promise<void>;
  resolve(subtask: string): Promise<void>;
  /** Opens the conflict; does not wait for what becomes of it. */
  resolveByHand(subtask: string): Promise<void>;
  rebase(subtask: string, commit: string): Promise<void>;
  rerunWithout(subtask: string): Promise<void>;
  reject(subtask: string, commit: string, reason: string): Promise<void>;
  retry(subtask: string, note?: string): Promise<void>;
  /** `proposal` is the plan that was shown. */
  approve(proposal: number): Promise<void>;
  /** `number` is the amendment that was shown. */
  approveAmendment(number: number): Promise<void>;
  declineAmendment(number: number, reason: string): Promise<void>;
  answer(question: number, answer: string): Promise<void>;
  /** The user's word on the commands with this key. */
  allow(key: string, answer: ApprovalAnswer): Promise<void>;
  /** Stops one worker. */
  stop(subtask: string): Promise<void>;
  /** Says something to a running worker. */
  message(subtask: string, text: string): Promise<void>;
  openDiff(subtask: string, path: string): Promise<void>;
  /** All files of a result at once. */
  openAll(subtask: string): Promise<void>;
  /** What a result changed since the attempt before it. */
  openSince(subtask: string): Promise<void>;
  /** The text of a note a subtask wrote. */
  note(subtask: string, name: string): Promise<string>;
}
