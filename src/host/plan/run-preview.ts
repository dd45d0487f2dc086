import * as vscode from "vscode";
import { judgePlan } from "../../core/gate/gate";
import type { Plan } from "../../core/plan/plan";
import { previewOf, type PlanPreview } from "../../core/plan/plan-preview";
import type { Run } from "../../run/run";
import { Emitter } from "../../util/emitter";
import { planFacts, type PlanFacts } from "./plan-facts";

/** The estimated plan of a run that waits for approval. The repository is asked when somebody looks, and the picture comes after. */
export class RunPreview {
  readonly #changed = new Emitter<void>();
  #facts: PlanFacts | "asked" | undefined;
  #last: { readonly plan: Plan; readonly preview: PlanPreview } | undefined;

  readonly onDidChange = this.#changed.event;

  of(run: Run): PlanPreview | null {
    const { plan } = run.state();
    if (plan === undefined || run.view.phase !== "proposed") return null;
    if (this.#facts === undefined || this.#facts === "asked") {
      if (this.#facts === undefined) void this.#ask(run);
      return null;
    }
    if (this.#last?.plan !== plan) this.#last = { plan, preview: previewOf(plan, judgePlan(plan, this.#facts)) };
    return this.#last.preview;
  }

  async #ask(run: Run): Promise<void> {
    this.#facts = "asked";
    this.#facts = await planFacts(vscode.Uri.file(run.ports.repo.dir));
    this.#changed.fire();
  }
}
