import * as vscode from "vscode";
import { isAtWork, type SubtaskView } from "../core/subtask-view";

/** A row of the Run view for a wave; `proposed` where its plan waits for approval. */
export function waveItem(number: number, subtasks: readonly SubtaskView[], proposed: boolean): vscode.TreeItem {
  const item = new vscode.TreeItem(vscode.l10n.t("Wave {0}", number), vscode.TreeItemCollapsibleState.Expanded);
  const settled = subtasks.filter((s) => s.status !== "queued" && !isAtWork(s) && s.status !== "blocked").length;
  item.id = `wave-${number}`;
  item.description = proposed ? proposedWave(subtasks.length) : `${settled}/${subtasks.length}`;
  item.contextValue = "wave";
  item.accessibilityInformation = {
    label: vscode.l10n.t("Wave {0}, {1} of {2} subtasks ended", number, settled, subtasks.length),
  };
  return item;
}

function proposedWave(count: number): string {
  return count === 1 ? vscode.l10n.t("1 subtask") : vscode.l10n.t("{0} in parallel", count);
}
