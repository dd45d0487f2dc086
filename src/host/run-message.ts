import * as vscode from "vscode";
import type { RunView } from "../core/state/view";
import { describeHolder } from "../run/log/ownership";
import { asText, failureText } from "./as-text";
import type { ShownRun } from "./shown-run";

/** What the Run view says above its rows: the goal, and what to do next. `planning` is what the planner does now. */
export function messageOf(view: RunView | undefined, planning: string | undefined): string | undefined {
  if (view === undefined) return undefined;
  const { open, asking, failure } = view.amendments;
  const now = planning === undefined ? "" : ` — ${asText(planning)}`;
  const asked = view.questions.find((question) => question.subtask === null);
  if (asked !== undefined) return vscode.l10n.t("The planner asks: {0}", asText(asked.text));
  if (view.phase === "planning") return vscode.l10n.t("Planning: {0}{1}", asText(view.goal), now);
  if (view.phase === "proposed")
    return vscode.l10n.t("{0} — approve the plan to start, or open it to edit.", asText(view.planNote ?? view.goal));
  if (asking) return vscode.l10n.t("The planner looks at the plan again{0}", now);
  if (open !== null)
    return vscode.l10n.t("Amendment {0} waits for your decision: {1}", open.number, asText(open.reason));
  if (failure !== null) return vscode.l10n.t("No amendment: {0}", failureText(failure));
  if (view.phase === "running" && view.paused)
    return vscode.l10n.t("{0} — pausing: who is at work goes on, nothing else begins.", asText(view.goal));
  return view.failure === null ? asText(view.goal) : failureText(view.failure);
}

/** What the Run view says of a run that is only shown. */
export function shownMessage(shown: ShownRun | undefined): string | undefined {
  if (shown === undefined) return undefined;
  const goal = asText(shown.view.goal);
  const { holder } = shown;
  if (holder === null) return vscode.l10n.t("Read-only: {0}. Open it to decide about it or to go on.", goal);
  const who = describeHolder(holder);
  return holder.standing === "alive"
    ? vscode.l10n.t("Read-only, live from {0}: {1}", who, goal)
    : vscode.l10n.t("Read-only: {0}. {1} has not been heard of; the run can be taken over.", goal, who);
}
