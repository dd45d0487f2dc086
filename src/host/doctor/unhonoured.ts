import * as vscode from "vscode";
import { AMENDMENT_POLICIES } from "../../core/amendment/amendment-policy";
import type { Unhonoured } from "../../core/doctor/judge-tools";
import { toFailure } from "../../core/failure";
import { MERGE_KINDS } from "../../core/review/merge-kind";
import { readModelSettings } from "../settings";

/** Settings that only count in the user's own settings: what decides where the key goes, what is spent and what runs unasked. */
const USERS_ONLY = [
  "model.baseUrl",
  "model.prices",
  "run.amendments",
  "roles.effort",
  "web.allowedDomains",
  "worktree.directory",
  "worktree.setup",
];

/** Settings that take a number, and its bounds; what is outside of them is taken as the nearest. */
const BOUNDS: Readonly<Record<string, readonly [least: number, most: number]>> = {
  "run.concurrency": [1, 64],
  "run.attempts": [1, 10],
};

const CHOICES: Readonly<Record<string, readonly string[]>> = {
  "run.amendments": AMENDMENT_POLICIES,
  "review.merge": MERGE_KINDS,
};

/** Settings that are not taken as they stand, and why. */
export function readUnhonoured(): readonly Unhonoured[] {
  const settings = vscode.workspace.getConfiguration("braid");
  const correct = vscode.l10n.t("Correct it in your user settings.");
  const found: Unhonoured[] = [];
  for (const key of USERS_ONLY) {
    const set = settings.inspect(key);
    if (set?.workspaceValue !== undefined || set?.workspaceFolderValue !== undefined)
      found.push({
        setting: `braid.${key}`,
        why: vscode.l10n.t("The folder's settings set it, and only your own count."),
        way: vscode.l10n.t("Set it in your user settings if you want it."),
      });
  }
  for (const [key, [least, most]] of Object.entries(BOUNDS)) {
    const value: unknown = settings.get(key);
    if (typeof value !== "number" || !Number.isInteger(value) || value < least || value > most)
      found.push({
        setting: `braid.${key}`,
        why: vscode.l10n.t(
          "It is a whole number from {0} to {1}; another is taken as the nearest of them.",
          least,
          most,
        ),
        way: correct,
      });
  }
  for (const [key, choices] of Object.entries(CHOICES)) {
    const value: unknown = settings.get(key);
    if (typeof value !== "string" || !choices.includes(value))
      found.push({
        setting: `braid.${key}`,
        why: vscode.l10n.t("It is one of {0}; another is taken as the first.", choices.join(", ")),
        way: correct,
      });
  }
  try {
    readModelSettings();
  } catch (error) {
    const { message, hint } = toFailure(error);
    const setting = /braid\.[\w.]+/u.exec(message)?.[0] ?? "braid";
    found.push({ setting: setting.replace(/\.$/u, ""), why: message, way: hint ?? correct, fatal: true });
  }
  return found;
}
