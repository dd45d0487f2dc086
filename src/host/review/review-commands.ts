import * as vscode from "vscode";
import { rerunWithout } from "../../run/attempt/rerun-without";
import { subtasksOf, type RunView } from "../../core/state/view";
import type { SubtaskView } from "../../core/state/subtask-view";
import { acceptCommands } from "./accept-commands";
import { chooseSubtask } from "../choose-subtask";
import type { CommandContext, Commands } from "../command-context";
import { marksOf } from "./mark-store";
import { requestChanges } from "../../run/attempt/request-changes";
import { openAllDiffs, openFileDiff } from "./review-documents";
import { ReviewPanel } from "./review-panel";
import { shownSourceOf } from "./shown-source";
import { reviewSourceOf } from "./review-source";
import { stepCommands } from "./step-commands";
import { showSinceLast } from "./since-last";
import type { Row } from "../tree/run-rows";

/** Looking at results and deciding about them. */
export function reviewCommands(c: CommandContext): Commands {
  return {
    "braid.openReview": (row) => openReview(c, row),
    "braid.openChanges": async (row) => openAllDiffs(await chooseSubtask(c, row, "changed")),
    "braid.openFileDiff": (row) => openFile(c, row),
    ...acceptCommands(c),
    "braid.requestChanges": async (row) => askForChanges(c, await chooseSubtask(c, row, "reviewable")),
    "braid.showSinceLast": async (row) => showSinceLast(c.owner.require(), await chooseSubtask(c, row, "changed")),
    ...stepCommands(c),
    "braid.reject": async (row) => reject(c, await chooseSubtask(c, row, "reviewable")),
    "braid.rebase": async (row) => {
      const { id, commit } = await chooseSubtask(c, row, "cascaded");
      await c.owner.require().merges.rebase(id, commit ?? undefined);
    },
    "braid.rerunWithout": async (row) => rerunWithout(c.owner.require(), (await chooseSubtask(c, row, "freeable")).id),
    "braid.retrySubtask": async (row) => retry(c, await chooseSubtask(c, row, "ended")),
  };
}

async function openReview(c: CommandContext, row: Row | undefined): Promise<void> {
  const { shown } = c.owner;
  const subtask = row?.kind === "subtask" ? row.id : c.tree.subtaskOf(row)?.id;
  ReviewPanel.show({
    extensionUri: c.context.extensionUri,
    source: shown === undefined ? reviewSourceOf(c.owner, c.owner.require()) : shownSourceOf(c.owner, shown),
    ...(subtask === undefined ? {} : { subtask }),
  });
}

async function openFile(c: CommandContext, row: Row | undefined): Promise<void> {
  if (row?.kind !== "file") return;
  const subtask = c.tree.subtaskOf(row);
  const file = subtask?.files.find((f) => f.path === row.path);
  if (subtask !== undefined && file !== undefined) await openFileDiff(subtask, file);
}

async function reject(c: CommandContext, subtask: SubtaskView): Promise<void> {
  const reason = await vscode.window.showInputBox({
    title: vscode.l10n.t("Braid: Reject {0}", subtask.id),
    prompt: [
      ...restingOn(c.owner.require().view, subtask.id),
      vscode.l10n.t("Why? The reason is kept with the run. Enter alone rejects without one."),
    ].join(" "),
  });
  if (reason !== undefined) await c.owner.require().reject(subtask.id, reason, subtask.commit ?? undefined);
}

/** What a rejection would leave without its ground. */
function restingOn(view: RunView, id: string): readonly string[] {
  const above = subtasksOf(view).filter((s) => s.reviewable && s.restsOn.includes(id));
  if (above.length === 0) return [];
  return [
    vscode.l10n.t("Built on it: {0}; rebase or re-run that without it afterwards.", above.map((s) => s.id).join(", ")),
  ];
}

async function askForChanges(c: CommandContext, { id, commit }: SubtaskView): Promise<void> {
  const run = c.owner.require();
  const marks = marksOf(c.owner.memento, run);
  const count = commit === null ? 0 : marks.comments(commit).length;
  const text = await vscode.window.showInputBox({
    title: vscode.l10n.t("Braid: Request Changes of {0}", id),
    prompt:
      count === 0
        ? vscode.l10n.t("What should be different?")
        : count === 1
          ? vscode.l10n.t("What else should be different? 1 comment goes along; Enter alone sends it.")
          : vscode.l10n.t("What else should be different? {0} comments go along; Enter alone sends them.", count),
  });
  if (text !== undefined && commit !== null) await requestChanges(run, id, { commit, text, marks });
}

async function retry(c: CommandContext, subtask: SubtaskView): Promise<void> {
  const note = await vscode.window.showInputBox({
    title: vscode.l10n.t("Braid: Retry {0}", subtask.id),
    prompt: vscode.l10n.t("A note for the next attempt, or nothing."),
  });
  if (note !== undefined) await c.owner.require().retry(subtask.id, note.trim() === "" ? undefined : note.trim());
}
