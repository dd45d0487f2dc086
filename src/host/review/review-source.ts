import * as vscode from "vscode";
import { BraidError, failure } from "../../core/failure";
import { staleRefusal } from "../../core/review/decide-accept";
import { subtasksOf } from "../../core/state/view";
import { readHead, warmReview } from "../../run/accept/read-head";
import { readReview } from "../../run/accept/read-review";
import { resultDiff, resultImages, resultTexts } from "../../run/accept/result-diff";
import { conflictToResolve } from "../../run/accept/resolving";
import type { Run } from "../../run/run";
import { approveAmendment } from "../amendment-commands";
import { acceptAllPassing } from "./accept-passing";
import { acceptChoice } from "./accept-in-window";
import { marksOf } from "./mark-store";
import type { ReviewSource } from "../../protocol/review-source";
import { ReviewPanel } from "./review-panel";
import { readNote } from "../../run/attempt/notes";
import { rerunWithout } from "../../run/attempt/rerun-without";
import { requestChanges } from "../../run/attempt/request-changes";
import { shownSourceOf } from "./shown-source";
import { showSinceLast } from "./since-last";
import { redoInWindow, undoInWindow } from "./undo-in-window";
import { RunPreview } from "../plan/run-preview";
import { openAllDiffs, openFileDiff } from "./review-documents";
import type { RunOwner } from "../run-owner";

const sources = new WeakMap<Run, ReviewSource>();

/** A run as the review panel sees it; the same object for the same run. */
export function reviewSourceOf(owner: RunOwner, run: Run): ReviewSource {
  const known = sources.get(run);
  if (known !== undefined) return known;
  const subtask = (id: string) => {
    const found = subtasksOf(run.view).find((s) => s.id === id);
    if (found === undefined) throw new BraidError(failure("run.state", `There is no subtask "${id}" in this run.`));
    return found;
  };
  const preview = new RunPreview();
  const source: ReviewSource = {
    get view() {
      return run.view;
    },
    get preview() {
      return preview.of(run);
    },
    readOnly: null,
    onDidChange: (listener) => bothOf(run.onDidRecord(listener), preview.onDidChange(listener)),
    onDidAct: (listener) => owner.onDidAct(listener),
    marks: marksOf(owner.memento, run),
    async review(id, commit) {
      const review = await readReview(run.ports.repo, run.state(), id);
      if (review.commit !== commit) throw new BraidError(staleRefusal(id));
      return review;
    },
    async head(id, commit, count) {
      if (subtask(id).commit !== commit) throw new BraidError(staleRefusal(id));
      return readHead(run.ports.repo, run.state(), id, count);
    },
    warm: (id, commit) => warmReview(run.ports.repo, run.state(), id, commit),
    async diff(id, commit) {
      const { base, commit: now } = subtask(id);
      if (base === null || now !== commit) throw new BraidError(staleRefusal(id));
      return resultDiff(run.ports.repo, base, commit);
    },
    async images(id, commit, path) {
      const { base, commit: now } = subtask(id);
      if (base === null || now !== commit) throw new BraidError(staleRefusal(id));
      return resultImages(run.ports.repo, { base, commit }, path);
    },
    async texts(id, commit, paths) {
      const { base, commit: now } = subtask(id);
      if (base === null || now !== commit) throw new BraidError(staleRefusal(id));
      return resultTexts(run.ports.repo, { base, commit }, paths);
    },
    accept: (id, commit, choice) => acceptChoice(run, id, { commit, choice, marks: source.marks }),
    requestChanges: (id, commit, text) => requestChanges(run, id, { commit, text, marks: source.marks }),
    acceptPassing: (shown) => acceptAllPassing(run, shown),
    cancelMerge: () => run.merges.cancel(),
    async undo(id, shown, { customs, part: files } = {}) {
      const { base, commit } = subtask(id);
      if (files === undefined) return undoInWindow(run, id, { shown, customs });
      if (base === null || commit === null) throw new BraidError(staleRefusal(id));
      await undoInWindow(run, id, { shown, customs, part: { base, commit, files, exact: true } });
    },
    redo: (id) => redoInWindow(run, id),
    async resolve(id) {
      await run.retry(id, undefined, "user", { resolve: await conflictToResolve(run.ports.repo, run.state(), id) });
    },
    async resolveByHand(id) {
      void vscode.commands.executeCommand("braid.resolveByHand", { kind: "subtask", id });
    },
    rebase: (id, commit) => run.merges.rebase(id, commit),
    rerunWithout: (id) => rerunWithout(run, id),
    reject: (id, commit, reason) => run.reject(id, reason, commit),
    retry: (id, note) => run.retry(id, note),
    approve: (proposal) => owner.approveShown(run, proposal),
    approveAmendment: (number) => approveAmendment(run, number),
    async declineAmendment(number, reason) {
      await run.amendments.decline(number, reason);
      run.releaseWorkers();
    },
    answer: (question, answer) => run.answer(question, answer),
    allow: (key, answer) => run.command({ type: "allow", key, answer }),
    stop: (id) => run.stop(id),
    message: (id, text) => run.message(id, text),
    note: (id, name) => readNote(run, id, name),
    async openDiff(id, path) {
      const view = subtask(id);
      const file = view.files.find((f) => f.path === path);
      if (file !== undefined) await openFileDiff(view, file);
    },
    openAll: (id) => openAllDiffs(subtask(id)),
    openSince: (id) => showSinceLast(run, subtask(id)),
  };
  sources.set(run, source);
  return source;
}

function bothOf(...disposables: readonly { dispose(): void }[]): { dispose(): void } {
  return { dispose: () => disposables.forEach((disposable) => disposable.dispose()) };
}

/** Keeps an open panel on the window's run: a new run takes the old one's place, without a run the panel closes. */
export function keepPanelOnRun(owner: RunOwner, extensionUri: vscode.Uri): { dispose(): void } {
  return owner.onDidChange(() => {
    const source = currentSource(owner);
    if (source === undefined) ReviewPanel.open?.dispose();
    else ReviewPanel.open?.serve({ extensionUri, source });
  });
}

/** The run of this window, or the one it shows, as the panel sees it; undefined where there is neither. */
export function currentSource(owner: RunOwner): ReviewSource | undefined {
  if (owner.run !== undefined) return reviewSourceOf(owner, owner.run);
  return owner.shown === undefined ? undefined : shownSourceOf(owner, owner.shown);
}
