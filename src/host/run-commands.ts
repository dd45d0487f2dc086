import * as vscode from "vscode";
import { overspent, reachedLimit, type ReachedLimit } from "../core/budget";
import { BraidError, failure } from "../core/failure";
import type { BudgetLimits } from "../core/plan/plan";
import type { Run } from "../run/run";
import { resumeRun } from "../run/steering/steer";
import { assertNever } from "../util/assert-never";
import { asText } from "./as-text";
import { canResume } from "./can-resume";
import type { CommandContext, Commands } from "./command-context";

/** The run as a whole. */
export function runCommands(c: CommandContext): Commands {
  return {
    "braid.pauseRun": () => c.owner.require().pause(),
    "braid.resumeRun": () => resume(c),
    "braid.cancelRun": () => cancel(c),
  };
}

async function resume(c: CommandContext): Promise<void> {
  const run = c.owner.require();
  // One that is stopped by its budget may have workers that are about to be.
  if (!canResume(run.view, c.owner.isPlanning) && run.overBudget() === undefined)
    throw new BraidError(failure("run.state", "There is nothing to resume.", { hint: "See the Run view." }));
  if (run.state().plan === undefined) {
    await run.resume();
    await vscode.window.withProgress({ location: { viewId: "braid.run" } }, () => c.owner.plan(run));
    return;
  }
  const budget = await askForBudget(run);
  if (budget !== undefined) await resumeRun(run, budget);
}

/** Asks for a larger limit in place of each that is used up; undefined where the user leaves it. */
async function askForBudget(run: Run): Promise<BudgetLimits | undefined> {
  let budget: BudgetLimits = run.state().plan?.budget ?? {};
  for (;;) {
    const reached = reachedLimit(run.state(), run.ports.now(), budget);
    if (reached === undefined) return budget;
    const said = await vscode.window.showInputBox({
      title: limitTitle(reached.what),
      prompt: asText(overspent(run.id, reached).message),
      value: String(reached.limit),
      ignoreFocusOut: true,
      validateInput: (text) =>
        isMore(text, reached) ? undefined : vscode.l10n.t("Give a number above what is spent already."),
    });
    if (said === undefined) return undefined;
    budget = { ...budget, [reached.what]: Number(said) };
  }
}

function isMore(text: string, { what, spent }: ReachedLimit): boolean {
  const number = text.trim() === "" ? NaN : Number(text);
  return Number.isFinite(number) && number > spent && (what !== "tokens" || Number.isInteger(number));
}

function limitTitle(what: ReachedLimit["what"]): string {
  switch (what) {
    case "usd":
      return vscode.l10n.t("What may the run spend from now on, all in all, in US dollars?");
    case "tokens":
      return vscode.l10n.t("How many tokens may the run spend from now on, all in all?");
    case "minutes":
      return vscode.l10n.t("How many minutes may the run work from now on, all in all?");
    default:
      return assertNever(what);
  }
}

async function cancel(c: CommandContext): Promise<void> {
  const run = c.owner.require();
  // VS Code puts a button "Cancel" beside it.
  const stop = vscode.l10n.t("Stop All Workers");
  const choice = await vscode.window.showWarningMessage(
    vscode.l10n.t("End this run? Its workers stop; what they have done so far is kept for review."),
    { modal: true },
    stop,
  );
  if (choice === stop) await run.cancel();
}
