import * as vscode from "vscode";
import { BraidError, failure } from "../core/failure";
import { resumeRun } from "../run/steering/steer";
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
  if (!canResume(run.view, c.owner.isPlanning))
    throw new BraidError(failure("run.state", "There is nothing to resume.", { hint: "See the Run view." }));
  if (run.state().plan === undefined) {
    await run.resume();
    await vscode.window.withProgress({ location: { viewId: "braid.run" } }, () => c.owner.plan(run));
    return;
  }
  await resumeRun(run);
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
