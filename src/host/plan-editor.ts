import * as vscode from "vscode";
import { BraidError, failure } from "../core/failure";
import { formatDiagnostic, readPlanFile } from "../core/plan-file";
import { writePlanFile } from "../core/plan-text";
import type { Plan } from "../core/plan";

/** Shows a plan as an untitled YAML document that can be edited, saved and run. */
export async function openPlanDocument(plan: Plan): Promise<void> {
  const document = await vscode.workspace.openTextDocument({ language: "yaml", content: writePlanFile(plan) });
  await vscode.window.showTextDocument(document, { preview: false });
}

/** The plan in the active editor. Throws `plan.invalid` with the first problem at its place. */
export function planInEditor(): Plan {
  const document = vscode.window.activeTextEditor?.document;
  if (document === undefined)
    throw new BraidError(
      failure("plan.unreadable", "No plan is open.", { hint: "Open a plan file, or start with `Braid: Plan Goal…`." }),
    );
  const { plan, diagnostics } = readPlanFile(document.getText());
  const lines = diagnostics.map((d) => formatDiagnostic(vscode.workspace.asRelativePath(document.uri), d));
  if (plan === undefined)
    throw new BraidError(
      failure("plan.invalid", lines[0] ?? "This is not a plan.", {
        hint: "Mend the plan, then run it again.",
        detail: lines.join("\n"),
      }),
    );
  return plan;
}
