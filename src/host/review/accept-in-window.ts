import * as vscode from "vscode";
import { BraidError, failure } from "../../core/failure";
import type { Along, TakenAlong } from "../../core/review/along";
import type { FileChoice, Selection } from "../../core/review/selection";
import { subtaskState } from "../../core/state/state";
import { takeOf, withTicks } from "../../core/review/ticks";
import type { AcceptChoice } from "../../protocol/review-messages";
import type { ReviewMarks } from "../../protocol/review-marks";
import type { AcceptOptions } from "../../run/accept/accept";
import { readAlong } from "../../run/accept/read-along";
import { readReview } from "../../run/accept/read-review";
import type { Run } from "../../run/run";
import { asText, asTooltip } from "../as-text";

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
  const { files, base, commit, along, merge } = review;
  const choices = withTicks(files, review.choices, marks.ticks(commit));
  if (along.length > 0) await agreeTo(id, along);
  const dependencies = await tickedAlong(run, along, marks);
  const withDependencies = along.length > 0;
  const options: AcceptOptions = { shown, target: merge?.target, message, customs, withDependencies, dependencies };
  const executable = files.flatMap((file) => (file.executable === null ? [] : [file.executable]));
  const selection: Selection = { base, commit, files: choices };
  if (executable.length === 0) return run.accept(id, { ...options, selection });
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
    selection: { ...selection, files: taken },
    config: ticked.map(({ path, blob }) => ({ path, blob })),
  });
}

/**
 * Accepts what was ticked in the panel, which names what goes along; where something speaks against that it is asked about. Throws
 * `cancelled` and what an accept throws.
 */
export async function acceptChoice(
  run: Run,
  id: string,
  { commit, choice, marks }: { readonly commit: string; readonly choice: AcceptChoice; readonly marks: ReviewMarks },
): Promise<void> {
  const { files, dependencies: shown = [], ...rest } = choice;
  const along = choice.withDependencies === true ? await readAlong(run.ports.repo, run.state(), id) : [];
  // One that was not on screen is none that was agreed to, whatever is said now.
  const named = along.filter(({ subtask }) => shown.some((each) => each.subtask === subtask));
  if (named.some(({ concern }) => concern !== null)) await agreeTo(id, named);
  const ticked = await tickedAlong(run, named, marks);
  const dependencies = ticked.map((each) => ({ ...each, ...shown.find(({ subtask }) => subtask === each.subtask) }));
  const base = subtaskState(run.state(), id)?.base ?? "";
  await run.accept(id, { ...rest, dependencies, shown: commit, selection: { base, commit, files } });
}

/** Asks about all that goes along, in one step, with what speaks against it. Throws `cancelled`. */
async function agreeTo(id: string, along: readonly Along[]): Promise<void> {
  const together = vscode.l10n.t("Accept All of Them");
  const names = along.map(({ subtask }) => subtask).join(", ");
  const concerns = along.flatMap(({ subtask, concern }) => (concern === null ? [] : [`${subtask}: ${concern}`]));
  const choice = await vscode.window.showWarningMessage(
    vscode.l10n.t('"{0}" rests on {1}, not decided yet. Accept that first, in one step?', id, names),
    { modal: true, detail: asTooltip(concerns.join("\n")) },
    together,
  );
  if (choice !== together) throw cancelled();
}

/** What goes along, each with what is ticked of it where somebody ticked. */
function tickedAlong(run: Run, along: readonly Along[], marks: ReviewMarks): Promise<readonly TakenAlong[]> {
  return Promise.all(
    along.map(async ({ subtask, commit }): Promise<TakenAlong> => {
      const ticks = marks.ticks(commit);
      if (ticks.length === 0) return { subtask, commit };
      const { files, choices } = await readReview(run.ports.repo, run.state(), subtask);
      return { subtask, commit, files: withTicks(files, choices, ticks) };
    }),
  );
}

function cancelled(): BraidError {
  return new BraidError(failure("cancelled", "Cancelled."));
}
