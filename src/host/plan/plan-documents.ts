import * as vscode from "vscode";
import { BraidError, failure } from "../../core/failure";
import type { Plan } from "../../core/plan/plan";
import type { PlanEdit } from "../../core/plan/plan-edit";
import { editPlanText, type WrittenPlan } from "../../core/plan/plan-edit-text";
import { readPlanFile } from "../../core/plan/plan-file";
import { changedLines } from "../../core/plan/plan-lines";
import { planTextNow } from "../../core/plan/plan-now";
import type { Run } from "../../run/run";
import { inTurn } from "../../util/in-turn";
import { planIn } from "./plan-editor";
import type { RunOwner } from "../run-owner";
import { failureText } from "../as-text";

/** A plan that was typed is put before the user anew when nothing more has come for this long, in milliseconds. */
const QUIET_MS = 300;

/** The most edits that can be taken back while no document shows the plan. */
const MAX_UNDO = 50;

/** What was last taken from, or written to, the text of a run's plan. */
interface Written {
  /** Where the plan is shown, if anywhere. */
  readonly document: vscode.TextDocument | undefined;
  readonly text: string;
}

/**
 * A run's plan as a text, in a document or not. Until the approval both are one thing: what is typed there is proposed anew as soon
 * as it is sound, and what is changed in the tree is changed there. Nothing but the run's log holds the plan.
 */
export class PlanDocuments implements vscode.Disposable {
  readonly #owner: RunOwner;
  readonly #written = new WeakMap<Run, Written>();
  readonly #undo = new WeakMap<Run, WrittenPlan[]>();
  readonly #inTurn = inTurn();
  readonly #listeners: readonly vscode.Disposable[];
  #timer: NodeJS.Timeout | undefined;

  constructor(owner: RunOwner, onFailed: (take: () => Promise<void>) => void) {
    this.#owner = owner;
    this.#listeners = [
      vscode.workspace.onDidChangeTextDocument(({ document }) => {
        const { run } = owner;
        if (run === undefined || this.#documentOf(run) !== document) return;
        clearTimeout(this.#timer);
        this.#timer = setTimeout(() => onFailed(() => this.#inTurn(() => this.#take(run, document))), QUIET_MS);
      }),
      vscode.workspace.onDidOpenTextDocument((document) => this.#follow(document)),
    ];
  }

  /** The plan's document, if one is open. */
  documentOf(run: Run): vscode.TextDocument | undefined {
    return this.#documentOf(run);
  }

  /** Whether an editor shows the plan, as it stands there. */
  isOnScreen(run: Run): boolean {
    const document = this.#documentOf(run);
    return vscode.window.visibleTextEditors.some((editor) => editor.document === document);
  }

  /** Shows the plan; a document that is open keeps what the user made of it. Resolves to that document's editor. */
  async open(run: Run, options: { readonly preserveFocus?: boolean } = {}): Promise<vscode.TextEditor> {
    const text = textNow(run);
    const known = this.#documentOf(run);
    const isCurrent = known !== undefined && (!run.state().approved || this.#written.get(run)?.text === text);
    const document = isCurrent ? known : await vscode.workspace.openTextDocument({ language: "yaml", content: text });
    if (!isCurrent) this.adopt(run, document);
    return vscode.window.showTextDocument(document, { preview: false, ...options });
  }

  /** From now on the run's plan is what stands in this document. */
  adopt(run: Run, document: vscode.TextDocument): void {
    this.#written.set(run, { document, text: document.getText() });
  }

  /** Changes the plan: in its document where one is open, and in the run. Throws `plan.invalid` or `run.state`, and then nothing has changed. */
  edit(run: Run, edits: readonly PlanEdit[]): Promise<void> {
    return this.#inTurn(async () => {
      requireProposed(run);
      const before = this.#current(run);
      const after = editPlanText(before.text, edits, run.knownRoles);
      if (after.text === before.text) return;
      await this.#write(run, after);
      this.#undo.set(run, [...(this.#undo.get(run) ?? []), before].slice(-MAX_UNDO));
    });
  }

  /** What an edit would be refused for; undefined where it would not. */
  refusalOf(run: Run, edit: PlanEdit): string | undefined {
    try {
      editPlanText(this.#current(run).text, [edit], run.knownRoles);
      return undefined;
    } catch (error) {
      if (error instanceof BraidError) return failureText(error.failure);
      throw error;
    }
  }

  /** Takes the last edit back; in a document that is open, the document's own undo does the same. */
  undo(run: Run): Promise<void> {
    return this.#inTurn(async () => {
      requireProposed(run);
      const before = this.#undo.get(run)?.pop();
      if (before === undefined)
        throw new BraidError(
          failure("run.state", "There is no edit of the plan to take back.", { hint: "Undo in the plan's document." }),
        );
      await this.#write(run, before);
    });
  }

  /** The plan an approval means: what document and tree show. Throws `plan.invalid` while the document is broken. */
  toApprove(run: Run): Promise<Plan> {
    return this.#inTurn(async () => {
      const document = this.#documentOf(run);
      if (document !== undefined && !run.state().approved && document.getText() !== this.#written.get(run)?.text) {
        const plan = planIn(document, { knownRoles: run.knownRoles, hint: "Mend the plan, then approve it again." });
        await this.#record(run, { plan, text: document.getText() });
      }
      return planOf(run);
    });
  }

  dispose(): void {
    clearTimeout(this.#timer);
    for (const listener of this.#listeners) listener.dispose();
  }

  #documentOf(run: Run): vscode.TextDocument | undefined {
    const document = this.#written.get(run)?.document;
    return document === undefined || document.isClosed ? undefined : document;
  }

  #current(run: Run): WrittenPlan {
    return { plan: planOf(run), text: this.#documentOf(run)?.getText() ?? textNow(run) };
  }

  async #write(run: Run, written: WrittenPlan): Promise<void> {
    const document = this.#documentOf(run);
    if (document !== undefined) await replaceText(document, written.text);
    await this.#record(run, { ...written, text: document?.getText() ?? written.text });
  }

  async #record(run: Run, { plan, text }: WrittenPlan): Promise<void> {
    await run.edit(plan, text);
    this.#written.set(run, { document: this.#documentOf(run), text });
  }

  /** What was typed, once it is a plan again. */
  async #take(run: Run, document: vscode.TextDocument): Promise<void> {
    const text = document.getText();
    if (this.#owner.run !== run || document.isClosed || text === this.#written.get(run)?.text) return;
    if (run.state().approved) return;
    const { plan } = readPlanFile(text, () => [], run.knownRoles);
    if (plan !== undefined) await this.#record(run, { plan, text });
  }

  /** A document without a name becomes another one when it is saved. */
  #follow(document: vscode.TextDocument): void {
    const { run } = this.#owner;
    const known = run === undefined ? undefined : this.#written.get(run);
    if (run === undefined || known?.document?.isUntitled !== true || document.uri.scheme !== "file") return;
    if (document.getText() === known.document.getText() && document !== known.document)
      this.#written.set(run, { ...known, document });
  }
}

/** Replaces what differs and nothing else, so that cursor, folds and the document's undo stay. */
async function replaceText(document: vscode.TextDocument, text: string): Promise<void> {
  const { from, to, text: words } = changedLines(document.getText(), text);
  const edit = new vscode.WorkspaceEdit();
  edit.replace(document.uri, new vscode.Range(document.positionAt(from), document.positionAt(to)), words);
  if (!(await vscode.workspace.applyEdit(edit)))
    throw new BraidError(
      failure("plan.unreadable", "The plan's document cannot be changed.", { hint: "Close it, then try again." }),
    );
}

function requireProposed(run: Run): void {
  if (run.view.phase !== "proposed")
    throw new BraidError(
      failure("run.state", "No plan waits for approval.", { hint: "Open the plan, edit it there and run it again." }),
    );
}

function planOf(run: Run): Plan {
  const { plan } = run.state();
  if (plan === undefined)
    throw new BraidError(failure("run.state", "The run has no plan yet.", { hint: "Wait for the planner." }));
  return plan;
}

function textNow(run: Run): string {
  planOf(run);
  return planTextNow(run.state()) ?? "";
}
