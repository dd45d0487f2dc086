import * as vscode from "vscode";
import { BraidError, failure } from "../../core/failure";
import { describeHolder } from "../../run/log/ownership";
import { listRunsInShort } from "../../run/log/store";
import { asText } from "../as-text";
import type { CommandContext, Commands } from "../command-context";
import { showReportOf } from "../run-report-document";
import { phaseWord } from "../tree/phase-icon";
import { workspaceRepository } from "../workspace-repository";
import { pickTranscriptOf, showPlanOf } from "./history-documents";
import type { HistoryTree, PastRow } from "./history-tree";

/** Looking at runs, whoever has them. `row` is a row of the History view, where a command was called on one. */
export function historyCommands(c: CommandContext & { readonly history: HistoryTree }): Commands {
  const about = async (row: unknown): Promise<string> => idOf(row) ?? c.owner.view?.id ?? (await pickRun());
  return {
    "braid.showRun": async (row) => {
      await c.owner.show(idOf(row) ?? (await pickRun()));
      await vscode.commands.executeCommand("braid.run.focus");
    },
    "braid.openRun": async (row) => {
      await c.owner.open(idOf(row) ?? (await pickRun()));
      await vscode.commands.executeCommand("braid.run.focus");
    },
    "braid.takeOverRun": () => takeOver(c),
    "braid.showPlan": async (row) => showPlanOf(await about(row)),
    "braid.showTranscript": async (row) => pickTranscriptOf(await about(row)),
    "braid.showReport": async (row) => showReportOf(await about(row)),
    "braid.refreshHistory": async () => c.history.refresh(),
  };
}

function idOf(row: unknown): string | undefined {
  const past = row as Partial<PastRow> | undefined;
  return past?.kind === "run" ? past.id : undefined;
}

/** Takes the run on show for this window: at once where nobody has it, after a word where its owner has gone silent. */
async function takeOver({ owner }: CommandContext): Promise<void> {
  const { shown } = owner;
  if (shown === undefined)
    throw new BraidError(failure("run.state", "No run is shown that another process could have."));
  const { holder } = shown;
  if (holder?.standing === "alive") throw shown.refusal();
  if (holder !== null) {
    const yes = vscode.l10n.t("Take Over");
    const choice = await vscode.window.showWarningMessage(
      vscode.l10n.t("Take the run over from {0}?", describeHolder(holder)),
      {
        modal: true,
        detail: vscode.l10n.t(
          "It has not been heard of for {0} seconds. Should it wake up, nothing it does counts any more, and it is told so.",
          Math.round(holder.heardMs / 1000),
        ),
      },
      yes,
    );
    if (choice !== yes) return;
  }
  await owner.takeOver(shown.id);
}

async function pickRun(): Promise<string> {
  const runs = await listRunsInShort(await workspaceRepository(), Date.now());
  const items = runs.flatMap((run) => {
    if (!("past" in run)) return [];
    const view = run.past;
    const open = run.owner === null ? "" : ` · ${vscode.l10n.t("open in {0}", describeHolder(run.owner))}`;
    return [
      {
        label: asText(view.goal),
        description: `${run.id} · ${phaseWord(view.phase)}${open}`,
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
  if (choice === undefined) throw new BraidError(failure("cancelled", "Cancelled."));
  return choice.id;
}
