import * as vscode from "vscode";
import type { UndoOptions } from "../../run/accept/undo";
import type { Run } from "../../run/run";
import { showWhenSlow } from "../slow-progress";

/** Takes an accept back, with progress that can be stopped where checks or hooks take their time. Throws what an undo throws. */
export function undoInWindow(run: Run, id: string, options: UndoOptions): Promise<void> {
  const title = vscode.l10n.t("Braid: Undoing the accept of {0}", id);
  return showWhenSlow({ title, cancel: () => run.merges.cancel() }, () => run.merges.undo(id, options));
}

/** Brings again what the last undo took back, with the same progress. Throws what a redo throws. */
export function redoInWindow(run: Run, id: string): Promise<void> {
  const title = vscode.l10n.t("Braid: Accepting {0} again", id);
  return showWhenSlow({ title, cancel: () => run.merges.cancel() }, () => run.merges.redo(id));
}
