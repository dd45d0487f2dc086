import * as vscode from "vscode";
import { BraidError, failure } from "../../core/failure";
import type { FileChoice, Selection } from "../../core/review/selection";
import { subtaskState } from "../../core/state/state";
import { takeOf, withTicks } from "../../core/review/ticks";
import type { AcceptChoice } from "../../protocol/review-messages";
import type { ReviewMarks } from "../../protocol/review-marks";
import type { AcceptOptions } from "../../run/accept/accept";
import { readReview } from "../../run/accept/read-review";
import type { Run } from "../../run/run";
import { asText } from "../as-text";

/**
 * Accepts of a result what is ticked, from a click outside of the panel. Executable configuration in it is never part of one click: the user ticks what was
 * looked at, or it stays out. What it rests on is offered in the same step. Throws `cancelled` and what an accept throws.
 */
export async function acceptInWindow(
  run: Run,
  id: string,
  {
    shown,
    marks,
    message,
    customs,
  }: {
    readonly shown: string | undefined;
    readonly marks: ReviewMarks;
    readonly message?: string;
    readonly customs?: "off";
  },
): Promise<void> {
  const review = await readReview(run.ports.repo, run.state(), id);
  const { files, base, commit, undecided, merge } = review;
  const choices = withTicks(files, review.choices, marks.ticks(commit));
  const options: AcceptOptions = { shown, target: merge?.target, message, customs };
  const withDependencies = undecided.length > 0 && (await dependenciesToo(id, undecided));
  const executable = files.flatMap((file) => (file.executable === null ? [] : [file.executable]));
  const selection: Selection = { base, commit, files: choices };
  if (executable.length === 0) return run.accept(id, { ...options, withDependencies, selection });
  const ticked = await vscode.window.showQuickPick(
    executable.map(({ path, reason, blob }) => ({
      label: asText(path),
      detail: asText(reason),
      path,
      blob,
      picked: takeOf(choices, path) !== "none",
    })),
    {
      canPickMany: true,
      title: vscode.l10n.t("Braid: Configuration that runs later"),
      placeHolder: vscode.l10n.t("Tick what you have looked at. What is not ticked stays out."),
      ignoreFocusOut: true,
    },
  );
  if (ticked === undefined) throw cancelled();
  const named = new Set(ticked.map(({ path }) => path));
  const apart = new Set(executable.map(({ path }) => path));
  const taken = choices.map((choice): FileChoice => {
    if (!apart.has(choice.path)) return choice;
    if (!named.has(choice.path)) return { path: choice.path, take: "none" };
    return choice.take === "none" ? { path: choice.path, take: "all" } : choice;
  });
  return run.accept(id, {
    ...options,
    withDependencies,
    selection: { ...selection, files: taken },
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
