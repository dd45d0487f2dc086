import * as vscode from "vscode";
import { gateLine } from "../../core/gate/gate-text";
import type { CheckedPlan } from "../../core/plan/plan-check";
import type { PlanDiagnostic } from "../../core/plan/plan-file";
import { explanationAt, suggestionsAt } from "../../core/plan/plan-words";
import { MODEL_ALIASES } from "../../model/models";
import { asText, asTooltip } from "../as-text";

/** What is known about a plan's repository; undefined for a document that is no plan. */
type FactsOf = (
  document: vscode.TextDocument,
) => { readonly ownRoles: ReadonlyMap<string, string>; readonly scripts: ReadonlySet<string> | undefined } | undefined;

/** Completion of keys, roles, models, ids and whatever else the schema lists. */
export function planCompletion(factsOf: FactsOf): vscode.CompletionItemProvider {
  return {
    provideCompletionItems(document, position) {
      const facts = factsOf(document);
      if (facts === undefined) return [];
      const { ownRoles, scripts = [] } = facts;
      const words = { models: MODEL_ALIASES, ownRoles, scripts: [...scripts] };
      const suggestions = suggestionsAt(document.getText(), document.offsetAt(position), words);
      return suggestions.map((s, i) => {
        const kind = s.kind === "key" ? vscode.CompletionItemKind.Property : vscode.CompletionItemKind.Value;
        const item = new vscode.CompletionItem(s.label, kind);
        item.insertText = new vscode.SnippetString(s.insert);
        item.range = new vscode.Range(document.positionAt(s.from), document.positionAt(s.to));
        item.sortText = String(i).padStart(4, "0");
        if (s.description !== undefined) item.documentation = s.description;
        return item;
      });
    },
  };
}

/** The schema's words about the key or value under the pointer, which are ours and may be Markdown, and about a user's own role its file's. */
export function planHover(factsOf: FactsOf): vscode.HoverProvider {
  return {
    provideHover(document, position) {
      const facts = factsOf(document);
      const found =
        facts === undefined
          ? undefined
          : explanationAt(document.getText(), document.offsetAt(position), facts.ownRoles);
      if (found === undefined) return undefined;
      const range = new vscode.Range(document.positionAt(found.from), document.positionAt(found.to));
      const text = new vscode.MarkdownString(`**${found.title}**\n\n${found.description}`);
      // What a file says about a role is somebody's text.
      if (found.quoted !== undefined) text.appendMarkdown("\n\n").appendText(asTooltip(found.quoted));
      return new vscode.Hover(text, range);
    },
  };
}

/** Above the first line: what can be done with the plan, and the gate's judgement of it. */
export function planLenses(checked: CheckedPlan | undefined): vscode.CodeLens[] {
  if (checked === undefined) return [];
  const first = new vscode.Range(0, 0, 0, 0);
  if (checked.gate === undefined) {
    const errors = checked.diagnostics.filter((d) => d.severity === "error").length;
    const title =
      errors === 1
        ? vscode.l10n.t("$(error) 1 problem keeps this plan from running")
        : vscode.l10n.t("$(error) {0} problems keep this plan from running", errors);
    return [new vscode.CodeLens(first, { title, command: "workbench.actions.view.problems" })];
  }
  const { gate } = checked;
  return [
    new vscode.CodeLens(first, { title: vscode.l10n.t("$(play) Run this plan"), command: "braid.runPlan" }),
    // No command: there is nothing to do but read.
    new vscode.CodeLens(first, {
      title: asText(gateLine(gate)),
      command: "",
      tooltip: asTooltip(gate.recommendation.reason),
    }),
  ];
}

/** A diagnostic on the word it is about. */
export function toDiagnostic(document: vscode.TextDocument, d: PlanDiagnostic): vscode.Diagnostic {
  const start = document.validatePosition(new vscode.Position(d.line - 1, d.column - 1));
  const range = document.getWordRangeAtPosition(start, WORD) ?? new vscode.Range(start, start.translate(0, 1));
  const severity = d.severity === "error" ? vscode.DiagnosticSeverity.Error : vscode.DiagnosticSeverity.Warning;
  const diagnostic = new vscode.Diagnostic(range, asTooltip(d.message), severity);
  diagnostic.source = "Braid";
  return diagnostic;
}

/** A quoted text, or whatever stands between spaces and brackets. */
const WORD = /"[^"\n]*"|'[^'\n]*'|[^\s,[\]{}"':]+/u;
