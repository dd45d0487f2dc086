import * as vscode from "vscode";
import { BraidError, failure } from "../../core/failure";
import type { Subtask } from "../../core/plan/plan";
import type { Run } from "../../run/run";
import type { CommandContext } from "../command-context";
import type { Row } from "../tree/run-rows";
import { asText } from "../as-text";

/** A subtask of a plan that waits for approval. */
export interface Planned {
  readonly run: Run;
  readonly subtask: Subtask;
}

/** What an edit is called on: a row by its menu or button, {@link FOCUSED} by a key, nothing from the palette. */
export type EditedRow = Row | typeof FOCUSED | undefined;

/** What keys in package.json say instead of a row. */
const FOCUSED = "focused";

/** The subtask an edit means: the row it was called on, the one selected in the view, the only one, or one the user picks. Throws `run.state`, `cancelled`. */
export async function choosePlanned(c: CommandContext, on: EditedRow): Promise<Planned> {
  const run = c.owner.require();
  const { plan } = run.state();
  if (plan === undefined || run.view.phase !== "proposed")
    throw new BraidError(
      failure("run.state", "No plan waits for approval.", { hint: "Open the plan, edit it there and run it again." }),
    );
  const row = on === FOCUSED ? await c.tree.focused() : on;
  const named = row === undefined ? c.tree.selected?.id : c.tree.subtaskOf(row)?.id;
  const [only, ...others] = plan.subtasks;
  const found =
    plan.subtasks.find((s) => s.id === named) ?? (row === undefined && others.length === 0 ? only : undefined);
  if (found !== undefined) return { run, subtask: found };
  const choice = await vscode.window.showQuickPick(
    plan.subtasks.map((s) => ({
      label: asText(s.id),
      description: asText(s.agent),
      detail: asText(s.description ?? ""),
      id: s.id,
    })),
    { title: vscode.l10n.t("Braid: Which subtask?") },
  );
  const picked = plan.subtasks.find((s) => s.id === choice?.id);
  if (picked === undefined) throw new BraidError(failure("cancelled", "Cancelled."));
  return { run, subtask: picked };
}
