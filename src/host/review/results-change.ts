import type * as vscode from "vscode";
import { subtasksOf } from "../../core/state/view";
import type { RunOwner } from "../run-owner";

/** Calls back where there are other results than before, or another decision about one; most events of a run are neither. */
export function onDidChangeResults(owner: Pick<RunOwner, "view" | "onDidChange">, then: () => void): vscode.Disposable {
  let before = resultsOf(owner);
  return owner.onDidChange(() => {
    const now = resultsOf(owner);
    if (now === before) return;
    before = now;
    then();
  });
}

function resultsOf({ view }: Pick<RunOwner, "view">): string {
  if (view === undefined) return "";
  const results = subtasksOf(view).map(({ commit, acceptedCommit, reviewable }) => [
    commit,
    acceptedCommit,
    reviewable,
  ]);
  return JSON.stringify([view.id, results]);
}
