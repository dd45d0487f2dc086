import * as vscode from "vscode";
import { BraidError, failure } from "../core/failure";
import { formatDiagnostic, readPlanFile } from "../core/plan-file";
import { writePlanFile } from "../core/plan-text";
import type { Plan } from "../core/plan";
import type { WrittenPlan } from "../core/plan-edit-text";
import type { Run } from "../run/run";

/** The document a run's plan was opened in, and what was written there. */
interface PlanDocument {
  readonly document: vscode.TextDocument;
  readonly written: string;
}

const opened = new WeakMap<Run, PlanDocument>();

/** Shows the plan of a run as an untitled YAML document that can be edited, saved, approved and run. */
export async function openPlanDocument(run: Run): Promise<void> {
  const written = writePlanFile(planOf(run));
  const known = opened.get(run);
  // One that is open keeps what the user made of it.
  const document =
    known === undefined || known.document.isClosed || known.written !== written
      ? await vscode.workspace.openTextDocument({ language: "yaml", content: written })
      : known.document;
  opened.set(run, { document, written });
  await vscode.window.showTextDocument(document, { preview: false });
}

/** The plan an approval means: what the user made of it in the document Braid opened, else as proposed. Throws `plan.invalid`. */
export function planToApprove(run: Run): Plan {
  const plan = planOf(run);
  const known = opened.get(run);
  if (known === undefined || known.document.isClosed) return plan;
  return known.document.getText() === known.written
    ? plan
    : planIn(known.document, "Mend the plan, then approve it again.");
}

/** The plan in the active editor. Throws `plan.invalid` with the first problem at its place. */
export function planInEditor(): WrittenPlan {
  const document = vscode.window.activeTextEditor?.document;
  if (document === undefined)
    throw new BraidError(
      failure("plan.unreadable", "No plan is open.", { hint: "Open a plan file, or start with `Braid: Plan Goal…`." }),
    );
  return { plan: planIn(document, "Mend the plan, then run it again."), text: document.getText() };
}

function planOf(run: Run): Plan {
  const { plan } = run.state();
  if (plan === undefined)
    throw new BraidError(failure("run.state", "The run has no plan yet.", { hint: "Wait for the planner." }));
  return plan;
}

function planIn(document: vscode.TextDocument, hint: string): Plan {
  const { plan, diagnostics } = readPlanFile(document.getText());
  const lines = diagnostics.map((d) => formatDiagnostic(vscode.workspace.asRelativePath(document.uri), d));
  if (plan === undefined)
    throw new BraidError(
      failure("plan.invalid", lines[0] ?? "This is not a plan.", {
        hint,
        detail: lines.join("\n"),
      }),
    );
  return plan;
}
