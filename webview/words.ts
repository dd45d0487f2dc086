import * as l10n from "@vscode/l10n";
import type { RunPhase } from "../src/core/state/view";
import type { SubtaskStatus } from "../src/core/state/subtask-view";

/** Names of the codicons the panel draws; the glyph always stands beside a word. */
export type IconName = keyof typeof ICONS;

/** Code points in the codicon font (codicon.csv of @vscode/codicons). */
export const ICONS = {
  "circle-large": "\uebb5",
  "circle-slash": "\ueabd",
  "chevron-down": "\ueab4",
  "chevron-right": "\ueab6",
  "debug-pause": "\uead1",
  "debug-step-over": "\uead6",
  "go-to-file": "\uea94",
  "pass-filled": "\uebb3",
  check: "\ueab2",
  close: "\uea76",
  error: "\uea87",
  eye: "\uea70",
  info: "\uea74",
  lightbulb: "\uea61",
  lock: "\uea75",
  question: "\ueb32",
  sync: "\uea77",
  warning: "\uea6c",
} as const;

/** How a status or phase is shown: a glyph, a word, and a tone that only repeats what the word says. */
export interface Shown {
  readonly icon: IconName;
  readonly word: string;
  readonly tone: "neutral" | "active" | "attention" | "good" | "bad";
}

/** Every subtask status in words. */
export const STATUS: Readonly<Record<SubtaskStatus, Shown>> = {
  queued: { icon: "circle-large", word: l10n.t("Queued"), tone: "neutral" },
  blocked: { icon: "lock", word: l10n.t("Blocked"), tone: "bad" },
  running: { icon: "sync", word: l10n.t("Running"), tone: "active" },
  asks: { icon: "question", word: l10n.t("Needs input"), tone: "attention" },
  review: { icon: "eye", word: l10n.t("Ready to review"), tone: "attention" },
  done: { icon: "check", word: l10n.t("Done"), tone: "good" },
  failed: { icon: "error", word: l10n.t("Failed"), tone: "bad" },
  accepted: { icon: "pass-filled", word: l10n.t("Accepted"), tone: "good" },
  rejected: { icon: "close", word: l10n.t("Rejected"), tone: "neutral" },
  cancelled: { icon: "circle-slash", word: l10n.t("Cancelled"), tone: "neutral" },
  interrupted: { icon: "debug-pause", word: l10n.t("Interrupted"), tone: "attention" },
  skipped: { icon: "debug-step-over", word: l10n.t("Skipped"), tone: "neutral" },
};

/** Whether a worker is at it. The one in core would bring the plan's schemas along. */
export function isAtWork({ status }: { readonly status: SubtaskStatus }): boolean {
  return status === "running" || status === "asks";
}

/** Every phase of a run in words. */
export const PHASE: Readonly<Record<RunPhase, Shown>> = {
  planning: { icon: "sync", word: l10n.t("Planning"), tone: "active" },
  proposed: { icon: "lightbulb", word: l10n.t("Plan waits for approval"), tone: "attention" },
  running: { icon: "sync", word: l10n.t("Running"), tone: "active" },
  paused: { icon: "debug-pause", word: l10n.t("Paused"), tone: "neutral" },
  amendment: { icon: "lightbulb", word: l10n.t("Amendment waits for approval"), tone: "attention" },
  review: { icon: "eye", word: l10n.t("Ready to review"), tone: "attention" },
  done: { icon: "check", word: l10n.t("Done"), tone: "good" },
  failed: { icon: "error", word: l10n.t("Failed"), tone: "bad" },
  cancelled: { icon: "circle-slash", word: l10n.t("Cancelled"), tone: "neutral" },
};
