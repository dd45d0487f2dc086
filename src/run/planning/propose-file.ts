import type { Plan } from "../../core/plan/plan";
import { keptText } from "../../core/plan/plan-now";
import type { Run } from "../run";

/** Puts a plan from a file before the user; `text` is what the file says. */
export function proposeFile(run: Run, { plan, text }: { readonly plan: Plan; readonly text: string }): Promise<void> {
  return run.record({ type: "plan.proposed", plan, by: "file", ...keptText(text) });
}
