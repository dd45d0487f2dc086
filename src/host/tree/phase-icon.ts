import * as vscode from "vscode";
import type { RunPhase } from "../../core/state/view";

/** The icon of where a run stands; the word stands beside it. */
export function phaseIcon(phase: RunPhase): vscode.ThemeIcon {
  return new vscode.ThemeIcon(ICONS[phase]);
}

const ICONS: Readonly<Record<RunPhase, string>> = {
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
