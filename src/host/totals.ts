import * as vscode from "vscode";
import { timeText } from "../core/gate/gate-text";
import type { RunView } from "../core/state/view";
import { msLeft, SOON_MS, type TimeLeft } from "../core/time-left-text";
import { costText } from "../core/usage";
import { phaseWord } from "./tree/phase-icon";

/** The same in a few words, for beside the view's name, where its buttons leave little room: while workers are at it their rows say so. */
export function briefTotalsOf(view: RunView, now: number): string {
  const ms = view.timeLeft === null ? null : msLeft(view.timeLeft, now);
  const cost = costText(view.usage, dollarText);
  if (view.phase !== "running" || ms === null) return [phaseWord(view.phase), cost].join(" · ");
  return [cost, ms < SOON_MS ? "<1 min" : `~${timeText(ms)}`].join(" · ");
}

/** A run's totals in one line: where it stands, what it has cost, how long it will take. `now` is milliseconds since the epoch. */
export function totalsOf(view: RunView, now: number): string {
  const left = view.timeLeft === null ? [] : leftTexts(view.timeLeft, now);
  return [phaseWord(view.phase), costText(view.usage, dollarText), ...left].join(" · ");
}

function leftTexts(left: TimeLeft, now: number): readonly string[] {
  const ms = msLeft(left, now);
  if (ms === null) return [];
  const isSoon = ms < SOON_MS;
  if (left.waits)
    return [
      isSoon
        ? vscode.l10n.t("less than a minute left once you have answered")
        : vscode.l10n.t("about {0} left once you have answered", timeText(ms)),
    ];
  return [isSoon ? vscode.l10n.t("less than a minute left") : vscode.l10n.t("about {0} left", timeText(ms))];
}

/** Dollars to the cent; what rounds to nothing is said to be less than a cent. */
export function dollarText(usd: number): string {
  return usd > 0 && usd < 0.01 ? "<$0.01" : `$${usd.toFixed(2)}`;
}
