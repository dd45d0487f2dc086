import * as vscode from "vscode";
import { BraidError, failure } from "../../core/failure";
import { subtasksOf } from "../../core/state/view";
import type { CommandContext, Commands } from "../command-context";
import { resultOnScreen } from "./on-screen";
import { openAllDiffs, openFileDiff } from "./review-documents";

/** From one changed file to another, and from one result that waits to another, in VS Code's own editors. */
export function stepCommands(c: CommandContext): Commands {
  return {
    "braid.nextChange": () => stepFile(c, 1),
    "braid.previousChange": () => stepFile(c, -1),
    "braid.nextResult": () => stepResult(c, 1),
    "braid.previousResult": () => stepResult(c, -1),
  };
}

/** The changed file beside the one on screen; behind the last of a subtask comes the first of the next that waits. */
async function stepFile(c: CommandContext, step: 1 | -1): Promise<void> {
  const view = c.owner.view ?? c.owner.require().view;
  const at = resultOnScreen();
  const stops = subtasksOf(view)
    .filter((s) => s.files.length > 0 && (s.reviewable || s.id === at?.subtask))
    .flatMap((subtask) => subtask.files.map((file) => ({ subtask, file })));
  const now = stops.findIndex(({ subtask, file }) => subtask.id === at?.subtask && file.path === at.path);
  const next = stops[now === -1 && step === -1 ? stops.length - 1 : now + step];
  if (next === undefined) throw noMore(step, vscode.l10n.t("changed file"));
  await openFileDiff(next.subtask, next.file);
}

/** The result that waits beside the one on screen, all of its files. */
async function stepResult(c: CommandContext, step: 1 | -1): Promise<void> {
  const view = c.owner.view ?? c.owner.require().view;
  const at = resultOnScreen();
  const stops = subtasksOf(view).filter((s) => s.files.length > 0 && (s.reviewable || s.id === at?.subtask));
  const now = stops.findIndex(({ id }) => id === at?.subtask);
  const next = stops[now === -1 && step === -1 ? stops.length - 1 : now + step];
  if (next === undefined) throw noMore(step, vscode.l10n.t("result"));
  await openAllDiffs(next);
}

function noMore(step: 1 | -1, what: string): BraidError {
  return new BraidError(
    failure(
      "run.state",
      step === 1 ? vscode.l10n.t("This is the last {0}.", what) : vscode.l10n.t("This is the first {0}.", what),
      { hint: vscode.l10n.t("Accept or reject it.") },
    ),
  );
}
