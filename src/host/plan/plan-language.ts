import * as vscode from "vscode";
import { checkPlanText, type CheckedPlan } from "../../core/plan/plan-check";
import { isPlan } from "./is-plan";
import { planFacts, type PlanFacts } from "./plan-facts";
import { planCompletion, planHover, planLenses, toDiagnostic } from "./plan-providers";

/** A change is judged when nothing more has come for this long, in milliseconds. */
const QUIET_MS = 250;

/**
 * Makes plan documents speak: diagnostics, the gate above the first line, completion and hover. Until the first plan is
 * opened it only looks at names.
 */
export class PlanLanguage implements vscode.Disposable {
  readonly #open = new Map<string, OpenPlan>();
  readonly #judged = new vscode.EventEmitter<void>();
  readonly #listeners: vscode.Disposable[];
  #diagnostics: vscode.DiagnosticCollection | undefined;
  #activeIsPlan = false;

  constructor() {
    this.#listeners = [
      this.#judged,
      vscode.workspace.onDidOpenTextDocument((document) => this.#look(document)),
      vscode.workspace.onDidChangeTextDocument(({ document }) => this.#look(document)),
      vscode.workspace.onDidCloseTextDocument((document) => this.#forget(document)),
      vscode.workspace.onDidSaveTextDocument((document) => this.#saved(document)),
      vscode.workspace.onDidGrantWorkspaceTrust(() => this.#readAnew()),
      vscode.window.onDidChangeActiveTextEditor(() => this.#tellActive()),
    ];
    for (const document of vscode.workspace.textDocuments) this.#look(document);
  }

  /** Fires when a plan was read anew, and when one is closed. */
  get onDidJudge(): vscode.Event<void> {
    return this.#judged.event;
  }

  /** Whether an open document is a plan. */
  isPlan(document: vscode.TextDocument): boolean {
    return this.#open.has(document.uri.toString());
  }

  /** What the last reading of a plan came to; undefined before the first. */
  checkedOf(document: vscode.TextDocument): CheckedPlan | undefined {
    return this.#open.get(document.uri.toString())?.checked;
  }

  dispose(): void {
    for (const plan of this.#open.values()) clearTimeout(plan.timer);
    this.#open.clear();
    for (const listener of this.#listeners) listener.dispose();
  }

  /** Once a plan, a document stays one until it is closed: halfway through an edit it may not look like one. */
  #look(document: vscode.TextDocument): void {
    const known = this.#open.get(document.uri.toString());
    if (known !== undefined) {
      clearTimeout(known.timer);
      known.timer = setTimeout(() => this.#judge(known), QUIET_MS);
      return;
    }
    if (!isPlan(document)) return;
    this.#begin();
    const plan: OpenPlan = { document, options: undefined, checked: undefined, timer: undefined };
    this.#open.set(document.uri.toString(), plan);
    this.#tellActive();
    void this.#readOptions(plan);
  }

  /** Keeps the context key `braid.planInEditor`, for what a name alone does not show. */
  #tellActive(): void {
    const document = vscode.window.activeTextEditor?.document;
    const isPlan = document !== undefined && this.isPlan(document);
    if (isPlan === this.#activeIsPlan) return;
    this.#activeIsPlan = isPlan;
    void vscode.commands.executeCommand("setContext", "braid.planInEditor", isPlan);
  }

  /** What costs something is set up with the first plan. */
  #begin(): void {
    if (this.#diagnostics !== undefined) return;
    this.#diagnostics = vscode.languages.createDiagnosticCollection("braid");
    const plans: vscode.DocumentSelector = [{ language: "yaml" }, { pattern: "**/*.{yml,yaml}" }];
    const factsOf = (document: vscode.TextDocument) => {
      const plan = this.#open.get(document.uri.toString());
      return plan === undefined
        ? undefined
        : { ownRoles: plan.options?.ownRoles ?? NONE, scripts: plan.options?.scripts };
    };
    this.#listeners.push(
      this.#diagnostics,
      vscode.languages.registerCompletionItemProvider(plans, planCompletion(factsOf), " ", "[", "{", ","),
      vscode.languages.registerHoverProvider(plans, planHover(factsOf)),
      vscode.languages.registerCodeLensProvider(plans, {
        onDidChangeCodeLenses: this.#judged.event,
        provideCodeLenses: (document) => planLenses(this.#open.get(document.uri.toString())?.checked),
      }),
    );
  }

  #judge(plan: OpenPlan): void {
    const { document, options } = plan;
    plan.timer = undefined;
    if (options === undefined || this.#open.get(document.uri.toString()) !== plan) return;
    plan.checked = checkPlanText(document.getText(), options);
    this.#diagnostics?.set(
      document.uri,
      plan.checked.diagnostics.map((d) => toDiagnostic(document, d)),
    );
    this.#judged.fire();
  }

  async #readOptions(plan: OpenPlan): Promise<void> {
    plan.options = await planFacts(plan.document.uri);
    this.#judge(plan);
  }

  #readAnew(): void {
    for (const plan of this.#open.values()) void this.#readOptions(plan);
  }

  /** A saved package.json may name other scripts; with a saved plan the runs since it was opened count too. */
  #saved(document: vscode.TextDocument): void {
    const plan = this.#open.get(document.uri.toString());
    if (plan !== undefined) void this.#readOptions(plan);
    else if (document.uri.path.endsWith("/package.json")) this.#readAnew();
  }

  #forget(document: vscode.TextDocument): void {
    const key = document.uri.toString();
    clearTimeout(this.#open.get(key)?.timer);
    if (!this.#open.delete(key)) return;
    this.#diagnostics?.delete(document.uri);
    this.#judged.fire();
  }
}

interface OpenPlan {
  readonly document: vscode.TextDocument;
  options: PlanFacts | undefined;
  checked: CheckedPlan | undefined;
  timer: NodeJS.Timeout | undefined;
}

/** Until the repository has been asked. */
const NONE: ReadonlyMap<string, string> = new Map();
