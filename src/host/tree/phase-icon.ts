import * as vscode from "vscode";
import type { RunPhase } from "../../core/state/view";

/** The icon of where a run stands; the word stands beside it. */
export function phaseIcon(phase: RunPhase): vscode.ThemeIcon {
  return new vscode.ThemeIcon(PHASE_ICONS[phase]);
}

/** Where a run stands, in a word. */
export function phaseWord(phase: RunPhase): string {
  switch (phase) {
    case "planning":
      return vscode.l10n.t("planning");
    case "proposed":
      return vscode.l10n.t("proposed");
    case "running":
      return vscode.l10n.t("running");
    case "paused":
      return vscode.l10n.t("paused");
    case "amendment":
      return vscode.l10n.t("amendment");
    case "review":
      return vscode.l10n.t("review");
    case "done":
      return vscode.l10n.t("done");
    case "failed":
      return vscode.l10n.t("failed");
    case "cancelled":
      return vscode.l10n.t("cancelled");
  }
}

/** Codicons by phase. */
export const PHASE_ICONS: Readonly<Record<RunPhase, string>> = {
  planning: "sync",
  running: "sync",
  proposed: "eye",
  amendment: "eye",
  review: "eye",
  paused: "debug-pause",
  done: "check",
  failed: "error",
  cancelled: "circle-slash",
};
