import type * as vscode from "vscode";
import { isPlanDocument } from "../../core/plan/plan-name";

/** Whether an open document is a plan. Reads its text only where the name does not say. */
export function isPlan(document: vscode.TextDocument): boolean {
  const untitled = document.uri.scheme === "untitled";
  if (!untitled && document.uri.scheme !== "file") return false;
  return isPlanDocument({
    name: document.uri.path,
    untitledYaml: untitled && document.languageId === "yaml",
    get text() {
      return document.getText();
    },
  });
}
