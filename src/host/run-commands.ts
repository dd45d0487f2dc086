import * as vscode from "vscode";
import { BraidError, failure } from "../core/failure";
import { toRunView } from "../core/state/view";
import { resumeRun } from "../run/steering/steer";
import { listRuns } from "../run/log/store";
import { canResume } from "./can-resume";
import type { CommandContext, Commands } from "./command-context";
import { asText } from "./as-text";
import { workspaceRepository } from "./workspace-repository";

/** The run as a whole. */
export function runCommands(c: CommandContext): Commands {
  return {
    "braid.pauseRun": () => c.owner.require().pause(),
    "braid.resumeRun": () => resume(c),
    "braid.cancelRun": () => cancel(c),
    "braid.openRun": () => openRun(c),
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
  const stop = vscode.l10n.t("Cancel Run");
  const choice = await vscode.window.showWarningMessage(
    vscode.l10n.t("Stop all workers? What they have done so far is kept for review."),
    { modal: true },
    stop,
  );
  if (choice === stop) await run.cancel();
}

async function openRun(c: CommandContext): Promise<void> {
  const runs = await listRuns(await workspaceRepository());
  const items = runs.flatMap((run) => {
    if (!("state" in run)) return [];
    const view = toRunView(run.state);
    return [
      {
        label: asText(view.goal),
        description: `${run.id} · ${view.phase}`,
        detail: new Date(view.createdAt).toLocaleString(),
        id: run.id,
      },
    ];
  });
  if (items.length === 0)
    throw new BraidError(
      failure("run.unknown", "There are no earlier runs in this repository.", {
        hint: "Start with `Braid: Plan Goal…`.",
      }),
    );
  const choice = await vscode.window.showQuickPick(items, {
    title: vscode.l10n.t("Braid: Open Run"),
    matchOnDescription: true,
  });
  if (choice !== undefined) await c.owner.open(choice.id);
}
