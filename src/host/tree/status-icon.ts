import * as vscode from "vscode";
import type { SubtaskStatus } from "../../core/state/subtask-view";

/** The icon of a status, the same as in the review panel. */
export function statusIcon(status: SubtaskStatus): vscode.ThemeIcon {
  const icon = (name: string, color?: string) =>
    new vscode.ThemeIcon(name, color === undefined ? undefined : new vscode.ThemeColor(color));
  switch (status) {
    case "queued":
      return icon("circle-large");
    case "blocked":
      return icon("lock", "testing.iconFailed");
    case "running":
      return icon("sync~spin", "testing.runAction");
    case "asks":
      return icon("question", "list.warningForeground");
    case "review":
      return icon("eye", "list.warningForeground");
    case "done":
      return icon("pass", "testing.iconPassed");
    case "failed":
      return icon("error", "testing.iconFailed");
    case "accepted":
      return icon("pass-filled", "testing.iconPassed");
    case "rejected":
      return icon("close", "testing.iconSkipped");
    case "cancelled":
      return icon("circle-slash", "testing.iconSkipped");
    case "interrupted":
      return icon("debug-pause", "list.warningForeground");
    case "skipped":
      return icon("debug-step-over", "testing.iconSkipped");
  }
}

/** The icon of one whose agent stands still. */
export function stalledIcon(): vscode.ThemeIcon {
  return new vscode.ThemeIcon("warning", new vscode.ThemeColor("list.warningForeground"));
}

/** The word people read for a status. */
export function statusWord(status: SubtaskStatus): string {
  switch (status) {
    case "queued":
      return vscode.l10n.t("queued");
    case "blocked":
      return vscode.l10n.t("blocked");
    case "running":
      return vscode.l10n.t("running");
    case "asks":
      return vscode.l10n.t("needs input");
    case "review":
      return vscode.l10n.t("ready to review");
    case "done":
      return vscode.l10n.t("done");
    case "failed":
      return vscode.l10n.t("failed");
    case "accepted":
      return vscode.l10n.t("accepted");
    case "rejected":
      return vscode.l10n.t("rejected");
    case "cancelled":
      return vscode.l10n.t("cancelled");
    case "interrupted":
      return vscode.l10n.t("interrupted");
    case "skipped":
      return vscode.l10n.t("skipped");
  }
}
