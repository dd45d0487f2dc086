import { BraidError, failure } from "../../core/failure";
import { staleRefusal } from "../../core/review/decide-accept";
import { subtaskIn } from "../../core/state/read-only-view";
import type { SubtaskView } from "../../core/state/subtask-view";
import type { ReviewSource } from "../../protocol/review-source";
import { readHead, warmReview } from "../../run/accept/read-head";
import { readReview } from "../../run/accept/read-review";
import { resultDiff, resultImages, resultTexts } from "../../run/accept/result-diff";
import { readNoteOf } from "../../run/attempt/notes";
import type { RunOwner } from "../run-owner";
import type { ShownRun } from "../shown-run";
import { marksOf } from "./mark-store";
import { openAllDiffs, openFileDiff } from "./review-documents";

const sources = new WeakMap<ShownRun, ReviewSource>();

/** A run this window only looks at, as the review panel sees it: all can be read, nothing decided. */
export function shownSourceOf(owner: RunOwner, shown: ShownRun): ReviewSource {
  const known = sources.get(shown);
  if (known !== undefined) return known;
  const subtask = (id: string): SubtaskView => {
    const found = subtaskIn(shown.view, id);
    if (found === undefined) throw new BraidError(failure("run.state", `There is no subtask "${id}" in this run.`));
    return found;
  };
  const refuse = (): Promise<never> => Promise.reject(shown.refusal());
  const source: ReviewSource = {
    get view() {
      return shown.view;
    },
    preview: null,
    get readOnly() {
      const { message, hint } = shown.refusal().failure;
      return `${message} ${hint ?? ""}`.trim();
    },
    onDidChange: (listener) => shown.onDidChange(listener),
    onDidAct: () => ({ dispose: () => undefined }),
    marks: marksOf(owner.memento, shown),
    async review(id, commit) {
      const review = await readReview(shown.repo, shown.state(), id);
      if (review.commit !== commit) throw new BraidError(staleRefusal(id));
      return review;
    },
    async head(id, commit, count) {
      if (subtask(id).commit !== commit) throw new BraidError(staleRefusal(id));
      return readHead(shown.repo, shown.state(), id, count);
    },
    warm: (id, commit) => warmReview(shown.repo, shown.state(), id, commit),
    async diff(id, commit) {
      const { base, commit: now } = subtask(id);
      if (base === null || now !== commit) throw new BraidError(staleRefusal(id));
      return resultDiff(shown.repo, base, commit);
    },
    async images(id, commit, path) {
      const { base, commit: now } = subtask(id);
      if (base === null || now !== commit) throw new BraidError(staleRefusal(id));
      return resultImages(shown.repo, { base, commit }, path);
    },
    async texts(id, commit, paths) {
      const { base, commit: now } = subtask(id);
      if (base === null || now !== commit) throw new BraidError(staleRefusal(id));
      return resultTexts(shown.repo, { base, commit }, paths);
    },
    cancelMerge: () => undefined,
    accept: refuse,
    requestChanges: refuse,
    acceptPassing: refuse,
    undo: refuse,
    redo: refuse,
    resolve: refuse,
    resolveByHand: refuse,
    rebase: refuse,
    rerunWithout: refuse,
    reject: refuse,
    retry: refuse,
    approve: refuse,
    approveAmendment: refuse,
    declineAmendment: refuse,
    answer: refuse,
    allow: refuse,
    stop: refuse,
    message: refuse,
    openSince: refuse,
    note: (id, name) => readNoteOf(shown.repo, shown.state(), id, name),
    async openDiff(id, path) {
      const view = subtask(id);
      const file = view.files.find((f) => f.path === path);
      if (file !== undefined) await openFileDiff(view, file);
    },
    openAll: (id) => openAllDiffs(subtask(id)),
  };
  sources.set(shown, source);
  return source;
}
