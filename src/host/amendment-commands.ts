import * as vscode from "vscode";
import { BraidError, failure } from "../core/failure";
import { asText } from "./as-text";
import type { CommandContext, Commands } from "./command-context";
import type { Row } from "./tree/run-rows";
import type { Run } from "../run/run";

/** Changes of the plan while a run is under way. */
export function amendmentCommands(c: CommandContext): Commands {
  return {
    "braid.amendPlan": () => amend(c),
    "braid.approveAmendment": (row) => {
      const run = c.owner.require();
      return approveAmendment(run, shownNumber(run, row));
    },
    "braid.declineAmendment": (row) => decline(c, row),
  };
}

/** Approves what was shown as this number, and lets the workers go on. */
export async function approveAmendment(run: Run, number: number): Promise<void> {
  await run.amendments.approve(number);
  run.releaseWorkers();
}

async function amend(c: CommandContext): Promise<void> {
  const run = c.owner.require();
  const note = await vscode.window.showInputBox({
    title: vscode.l10n.t("Braid: Amend Plan"),
    prompt: vscode.l10n.t(
      "What should be different? The planner sees all reports and proposes a change of the plan; nothing changes yet. Enter alone leaves it to the planner.",
    ),
    ignoreFocusOut: true,
  });
  if (note === undefined) return;
  await vscode.commands.executeCommand("braid.run.focus");
  await vscode.window.withProgress({ location: { viewId: "braid.run" } }, () => run.amendments.ask(note));
  const { request } = run.state().amendments;
  if (request.kind === "failed") throw new BraidError(request.failure);
  // The workers may be waiting since a reload; what the setting has applied is to be carried out.
  if (request.kind === "none" && run.state().amendments.open === null) run.releaseWorkers();
  if (request.kind === "unneeded")
    void vscode.window.showInformationMessage(
      vscode.l10n.t("Braid: the plan stays as it is. {0}", asText(request.reason)),
    );
}

async function decline(c: CommandContext, row: Row | undefined): Promise<void> {
  const run = c.owner.require();
  const number = shownNumber(run, row);
  const reason = await vscode.window.showInputBox({
    title: vscode.l10n.t("Braid: Decline Amendment {0}", number),
    prompt: vscode.l10n.t("Why? The reason is kept with the run. Enter alone declines without one."),
  });
  if (reason === undefined) return;
  await run.amendments.decline(number, reason);
  run.releaseWorkers();
}

function shownNumber(run: Run, row: Row | undefined): number {
  const number = row?.kind === "amendment" ? row.number : run.view.amendments.open?.number;
  if (number !== undefined) return number;
  throw new BraidError(
    failure("run.state", "No amendment waits for a decision.", { hint: "Ask for one with `Braid: Amend Plan…`." }),
  );
}
