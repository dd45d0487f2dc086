import * as vscode from "vscode";
import { costText, totalTokens } from "../core/usage";
import type { RunView } from "../core/state/view";
import { asTooltip } from "./as-text";
import type { RunOwner } from "./run-owner";
import { PHASE_ICONS, phaseWord } from "./tree/phase-icon";
import { dollarText, totalsOf } from "./totals";

/** One item on the left: what the run is doing, and how much of it is done. Hidden while there is no run. */
export function createStatusBar(owner: RunOwner): vscode.Disposable {
  const item = vscode.window.createStatusBarItem("braid.status", vscode.StatusBarAlignment.Left, 10);
  item.name = "Braid";
  const show = (): void => {
    const { view } = owner;
    if (view === undefined) return item.hide();
    // Nothing of a run that is only shown waits for this window.
    const text = owner.shown === undefined ? statusText(view) : vscode.l10n.t("{0}, read-only", phaseWord(view.phase));
    const asks = view.questions.length > 0 || view.approvals.length > 0;
    item.text = `${asks ? "$(question)" : iconOf(view)} Braid: ${text}`;
    item.command = commandOf(view);
    item.tooltip = `${asTooltip(view.goal)}\n${countsOf(view)}\n${totalsOf(view, Date.now())}`;
    item.accessibilityInformation = { label: `Braid: ${text}` };
    item.show();
  };
  const listener = owner.onDidChange(show);
  show();
  return vscode.Disposable.from(item, listener);
}

function commandOf({ questions, approvals }: RunView): string {
  if (questions.length > 0) return "braid.answerQuestion";
  return approvals.length > 0 ? "braid.answerApproval" : "braid.openReview";
}

/** Where it stands, and what it has cost once it has; what waits for the user while others go on, too. */
export function statusText(view: RunView): string {
  const waits = view.phase === "running" && view.results > 0 ? [vscode.l10n.t("{0} to review", view.results)] : [];
  const lost =
    view.phase === "review" && view.counts.failed > 0 ? [vscode.l10n.t("{0} failed", view.counts.failed)] : [];
  const cost = totalTokens(view.usage) === 0 ? [] : [costText(view.usage, dollarText)];
  return [describe(view), ...waits, ...lost, ...cost].join(" · ");
}

/** All counts, for whoever points at it. */
function countsOf(view: RunView): string {
  const { total, ended } = progressOf(view);
  const parts = [
    vscode.l10n.t("{0} of {1} subtasks ended", ended, total),
    ...(view.counts.running > 0 ? [vscode.l10n.t("{0} at work", view.counts.running)] : []),
    ...(view.waiting > 0 ? [vscode.l10n.t("{0} wait for you", view.waiting)] : []),
  ];
  return parts.join(" · ");
}

function progressOf({ counts }: RunView): { readonly total: number; readonly ended: number } {
  const total = Object.values(counts).reduce((sum, count) => sum + count, 0);
  const { queued, running, asks, blocked, interrupted } = counts;
  return { total, ended: total - queued - running - asks - blocked - interrupted };
}

function describe(view: RunView): string {
  const { total, ended } = progressOf(view);
  if (view.questions.length > 0) return vscode.l10n.t("needs input");
  if (view.approvals.length > 0) return vscode.l10n.t("waits for your word");
  switch (view.phase) {
    case "planning":
      return vscode.l10n.t("planning");
    case "proposed":
      return vscode.l10n.t("plan waits for approval");
    case "running":
      if (view.synthesizing) return vscode.l10n.t("bringing the reports together");
      if (view.paused) return vscode.l10n.t("pausing, {0}/{1}", ended, total);
      return vscode.l10n.t("{0} running, {1}/{2}", view.counts.running + view.counts.asks, ended, total);
    case "paused":
      return vscode.l10n.t("paused {0}/{1}", ended, total);
    case "amendment":
      return vscode.l10n.t("amendment waits for approval");
    case "review":
      return vscode.l10n.t("{0} to review", view.results);
    case "done":
      return vscode.l10n.t("done");
    case "failed":
      return vscode.l10n.t("failed");
    case "cancelled":
      return vscode.l10n.t("cancelled");
  }
}

function iconOf({ phase }: RunView): string {
  return `$(${PHASE_ICONS[phase]}${phase === "planning" || phase === "running" ? "~spin" : ""})`;
}
