import * as vscode from "vscode";
import type { RunView } from "../core/state/view";
import { asText, failureText } from "./as-text";

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
  return view.failure === null ? asText(view.goal) : failureText(view.failure);
}
