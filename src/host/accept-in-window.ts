import * as vscode from "vscode";
import { BraidError, failure } from "../core/failure";
import { subtaskState } from "../core/state";
import type { AcceptChoice } from "../protocol/review-messages";
import type { AcceptOptions } from "../run/accept";
import { readReview } from "../run/read-review";
import type { Run } from "../run/run";
import { asText } from "./as-text";

/**
 * Accepts a result from a click. Executable configuration in it is never part of one click: the user ticks what was
 * looked at, or it stays out. What it rests on is offered in the same step. Throws `cancelled` and what an accept throws.
 */
export async function acceptInWindow(run: Run, id: string, shown: string | undefined): Promise<void> {
  const { files, choices, base, commit, undecided, merge } = await readReview(run.ports.repo, run.state(), id);
  const options: AcceptOptions = { shown, target: merge?.target };
  const withDependencies = undecided.length > 0 && (await dependenciesToo(id, undecided));
  const executable = files.flatMap((file) => (file.executable === null ? [] : [file.executable]));
  if (executable.length === 0) return run.accept(id, { ...options, withDependencies });
  const ticked = await vscode.window.showQuickPick(
    executable.map(({ path, reason, blob }) => ({ label: asText(path), detail: reason, path, blob })),
    {
      canPickMany: true,
      title: vscode.l10n.t("Braid: Configuration that runs later"),
      placeHolder: vscode.l10n.t("Tick what you have looked at. What is not ticked stays out."),
      ignoreFocusOut: true,
    },
  );
  if (ticked === undefined) throw cancelled();
  const named = new Set(ticked.map(({ path }) => path));
  const taken = choices.map((choice) =>
    named.has(choice.path) ? { path: choice.path, take: "all" as const } : choice,
  );
  return run.accept(id, {
    ...options,
    withDependencies,
    selection: { base, commit, files: taken },
    config: ticked.map(({ path, blob }) => ({ path, blob })),
  });
}

/** Accepts what was ticked in the panel. Throws what an accept throws. */
export function acceptChoice(run: Run, id: string, commit: string, choice: AcceptChoice): Promise<void> {
  const { files, ...rest } = choice;
  const base = subtaskState(run.state(), id)?.base ?? "";
  return run.accept(id, { ...rest, shown: commit, selection: { base, commit, files } });
}

async function dependenciesToo(id: string, undecided: readonly string[]): Promise<boolean> {
  const together = vscode.l10n.t("Accept All of Them");
  const choice = await vscode.window.showWarningMessage(
    vscode.l10n.t('"{0}" rests on {1}, not decided yet. Accept that first, in one step?', id, undecided.join(", ")),
    { modal: true },
    together,
  );
  if (choice !== together) throw cancelled();
  return true;
}

function cancelled(): BraidError {
  return new BraidError(failure("cancelled", "Cancelled."));
}
