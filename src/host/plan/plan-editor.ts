import * as vscode from "vscode";
import { BraidError, failure } from "../../core/failure";
import type { Plan } from "../../core/plan/plan";
import { formatDiagnostic, readPlanFile } from "../../core/plan/plan-file";
import { planFacts } from "./plan-facts";

/** A plan a user wrote, and where. */
export interface EditedPlan {
  readonly plan: Plan;
  readonly text: string;
  readonly document: vscode.TextDocument;
}

/** The plan in the active editor. Throws `plan.invalid` with the first problem at its place. */
export async function planInEditor(): Promise<EditedPlan> {
  const document = vscode.window.activeTextEditor?.document;
  if (document === undefined)
    throw new BraidError(
      failure("plan.unreadable", "No plan is open.", { hint: "Open a plan file, or start with `Braid: Plan Goal…`." }),
    );
  const { knownRoles } = await planFacts(document.uri);
  const plan = planIn(document, { knownRoles, hint: "Mend the plan, then run it again." });
  return { plan, text: document.getText(), document };
}

/** The plan in a document. Throws `plan.invalid` with the first problem at its place. */
export function planIn(
  document: vscode.TextDocument,
  { knownRoles, hint }: { readonly knownRoles: readonly string[]; readonly hint: string },
): Plan {
  const { plan, diagnostics } = readPlanFile(document.getText(), () => [], knownRoles);
  if (plan !== undefined) return plan;
  const lines = diagnostics.map((d) => formatDiagnostic(vscode.workspace.asRelativePath(document.uri), d));
  throw new BraidError(failure("plan.invalid", lines[0] ?? "This is not a plan.", { hint, detail: lines.join("\n") }));
}
