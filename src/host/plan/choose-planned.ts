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

/** The subtask an edit means: the row it was called on, the one selected in the view, the only one, or one the user picks. Throws `run.state`, `cancelled`. */
export async function choosePlanned(c: CommandContext, row: Row | undefined): Promise<Planned> {
  const run = c.owner.require();
  const { plan } = run.state();
  if (plan === undefined || run.view.phase !== "proposed")
    throw new BraidError(
      failure("run.state", "No plan waits for approval.", { hint: "Open the plan, edit it there and run it again." }),
    );
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
