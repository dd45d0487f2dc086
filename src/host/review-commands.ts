import * as vscode from "vscode";
import type { SubtaskView } from "../core/subtask-view";
import { acceptCommands } from "./accept-commands";
import { chooseSubtask } from "./choose-subtask";
import type { CommandContext, Commands } from "./command-context";
import { openAllDiffs, openFileDiff } from "./review-documents";
import { ReviewPanel } from "./review-panel";
import { reviewSourceOf } from "./review-source";
import type { Row } from "./run-rows";

/** Looking at results and deciding about them. */
export function reviewCommands(c: CommandContext): Commands {
  return {
    "braid.openReview": (row) => openReview(c, row),
    "braid.openChanges": async (row) => openAllDiffs(await chooseSubtask(c, row, "changed")),
    "braid.openFileDiff": (row) => openFile(c, row),
    ...acceptCommands(c),
    "braid.reject": async (row) => reject(c, await chooseSubtask(c, row, "reviewable")),
    "braid.retrySubtask": async (row) => retry(c, await chooseSubtask(c, row, "ended")),
  };
}

async function openReview(c: CommandContext, row: Row | undefined): Promise<void> {
  const run = c.owner.require();
  const subtask = row?.kind === "subtask" ? row.id : c.tree.subtaskOf(row)?.id;
  ReviewPanel.show({
    extensionUri: c.context.extensionUri,
    source: reviewSourceOf(c.owner, run),
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
    prompt: vscode.l10n.t("Why? The reason is kept with the run. Enter alone rejects without one."),
  });
  if (reason !== undefined) await c.owner.require().reject(subtask.id, reason, subtask.commit ?? undefined);
}

async function retry(c: CommandContext, subtask: SubtaskView): Promise<void> {
  const note = await vscode.window.showInputBox({
    title: vscode.l10n.t("Braid: Retry {0}", subtask.id),
    prompt: vscode.l10n.t("A note for the next attempt, or nothing."),
  });
  if (note !== undefined) await c.owner.require().retry(subtask.id, note.trim() === "" ? undefined : note.trim());
}
