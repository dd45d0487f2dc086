import * as vscode from "vscode";
import { ageText } from "../../core/age-text";
import { chooseRuns } from "../../core/clean/choose-runs";
import { archiveText, standing } from "../../core/clean/clean-text";
import { bytesOf, needsArchive, type RunStock, type Stock } from "../../core/clean/stock";
import { BraidError, describeFailure, failure } from "../../core/failure";
import { sizeText } from "../../core/size-text";
import { cleanRuns } from "../../run/clean/clean-run";
import { restoreRun } from "../../run/clean/restore-run";
import { takeStock } from "../../run/clean/take-stock";
import type { RunPorts } from "../../run/ports";
import { asText } from "../as-text";
import type { CommandContext, Commands } from "../command-context";
import { workspaceRepository } from "../workspace-repository";

/** `Braid: Clean Up…` and `Braid: Restore Archived Run…`. */
export function cleanCommands(c: Pick<CommandContext, "owner" | "history">): Commands {
  const thenRefresh = (action: Promise<void>): Promise<void> => action.finally(() => c.history.refresh());
  return {
    "braid.cleanUp": () => thenRefresh(cleanUp(c)),
    "braid.restoreRun": () => thenRefresh(restore(c)),
  };
}

async function cleanUp({ owner }: Pick<CommandContext, "owner">): Promise<void> {
  const ports = await owner.ports.of(await workspaceRepository());
  const stock = await look(ports);
  const now = Date.now();
  // What may go at all, and of that what is old enough to be ticked from the start.
  const { clean } = chooseRuns(stock.runs, { olderThanMs: 0 }, now);
  const old = new Set(chooseRuns(stock.runs, {}, now).clean);
  const total = sizeText(stock.runs.reduce((sum, run) => sum + bytesOf(run), 0));
  if (clean.length === 0) {
    const held = stock.runs.length;
    await vscode.window.showInformationMessage(
      held === 0
        ? vscode.l10n.t("Braid: No run has left anything here.")
        : vscode.l10n.t("Braid: Nothing to clean up; open runs use {0}.", total),
    );
    return;
  }
  const chosen = await vscode.window.showQuickPick(
    clean.map((run) => ({ ...itemOf(run, now), picked: old.has(run), run })),
    {
      title: vscode.l10n.t("Braid: Clean Up"),
      placeHolder: vscode.l10n.t("{0} in use. Choose what to delete; you are asked once more.", total),
      canPickMany: true,
      matchOnDetail: true,
    },
  );
  if (chosen === undefined || chosen.length === 0) return;
  const runs = chosen.map(({ run }) => run);
  if (!(await isSure(runs))) return;
  await remove(ports, runs);
}

function itemOf(run: RunStock, now: number): vscode.QuickPickItem {
  const archive = archiveText(run);
  return {
    label: asText(run.log === null ? run.id : (run.log.goal.split("\n", 1)[0] ?? run.id)),
    description: [sizeText(bytesOf(run)), ageText(now - run.lastMs)].join(" · "),
    detail: asText([run.id, standing(run), archive].filter((part) => part !== "").join(" · ")),
  };
}

async function isSure(runs: readonly RunStock[]): Promise<boolean> {
  const archived = runs.filter(needsArchive).length;
  const freed = sizeText(runs.reduce((sum, run) => sum + bytesOf(run), 0));
  const yes = vscode.l10n.t("Delete");
  const choice = await vscode.window.showWarningMessage(
    runs.length === 1
      ? vscode.l10n.t("Delete 1 run and free about {0}?", freed)
      : vscode.l10n.t("Delete {0} runs and free about {1}?", runs.length, freed),
    {
      modal: true,
      detail:
        archived === 0
          ? vscode.l10n.t("All they made is in your branches. Your files and branches stay as they are.")
          : runs.length === 1
            ? vscode.l10n.t(
                "It holds work that is in no branch: that is archived first, and `Braid: Restore Archived Run…` brings it back.",
              )
            : vscode.l10n.t(
                "{0} of them hold work that is in no branch: it is archived first, and `Braid: Restore Archived Run…` brings it back.",
                archived,
              ),
    },
    yes,
  );
  return choice === yes;
}

async function remove(ports: RunPorts, runs: readonly RunStock[]): Promise<void> {
  const outcomes = await vscode.window.withProgress(
    { location: vscode.ProgressLocation.Notification, title: vscode.l10n.t("Braid: Cleaning up"), cancellable: true },
    async (progress, token) => {
      const stop = new AbortController();
      token.onCancellationRequested(() => stop.abort());
      const increment = 100 / runs.length;
      return cleanRuns(ports, runs, {
        signal: stop.signal,
        onStep: (run, step) => {
          if (step === "settled") progress.report({ message: run });
          if (step === "deleted") progress.report({ increment });
        },
      });
    },
  );
  const left = outcomes.flatMap((outcome) => (outcome.kind === "left" ? [outcome] : []));
  const [first] = left;
  if (first === undefined) {
    const done = vscode.l10n.t("Braid: {0} cleaned up", outcomes.length);
    vscode.window.setStatusBarMessage(done, TOLD_MS);
    return;
  }
  throw new BraidError(
    failure(
      first.failure.code,
      vscode.l10n.t("{0} of {1} runs are left. {2}", left.length, outcomes.length, first.failure.message),
      { ...(first.failure.hint === undefined ? {} : { hint: first.failure.hint }), detail: detailOf(left) },
    ),
  );
}

function detailOf(left: readonly { readonly run: string; readonly failure: Parameters<typeof describeFailure>[0] }[]) {
  return left.map(({ run, failure: why }) => `${run}: ${describeFailure(why)}`).join("\n");
}

async function restore({ owner }: Pick<CommandContext, "owner">): Promise<void> {
  const ports = await owner.ports.of(await workspaceRepository());
  const { archived } = await look(ports);
  if (archived.length === 0)
    throw new BraidError(
      failure("run.unknown", "No run of this repository is archived.", {
        hint: "See `Braid: Open Run…` for those there are.",
      }),
    );
  const now = Date.now();
  const chosen = await vscode.window.showQuickPick(
    archived.map(({ id, goal, archivedMs, refs }) => ({
      label: asText(goal === "" ? id : goal),
      description: vscode.l10n.t("archived {0}", ageText(now - archivedMs)),
      detail: vscode.l10n.t("{0} · {1} refs", id, refs.length),
      id,
    })),
    { title: vscode.l10n.t("Braid: Restore Archived Run"), matchOnDetail: true },
  );
  if (chosen === undefined) return;
  const { snapshots } = await restoreRun(ports, chosen.id);
  if (snapshots.length === 0) {
    vscode.window.setStatusBarMessage(vscode.l10n.t("Braid: {0} is back", chosen.label), TOLD_MS);
    return;
  }
  // Nobody waits for it to be dismissed: the run is in the history by then.
  void vscode.window.showInformationMessage(
    vscode.l10n.t("Braid: {0} is back. What stood in its worktrees is under {1}.", chosen.label, snapshots.join(", ")),
  );
}

function look(ports: RunPorts): Thenable<Stock> {
  return vscode.window.withProgress(
    { location: vscode.ProgressLocation.Window, title: vscode.l10n.t("Braid: Looking at what runs have left…") },
    () => takeStock(ports.repo, ports.worktreeRoot, new AbortController().signal),
  );
}

const TOLD_MS = 5_000;
