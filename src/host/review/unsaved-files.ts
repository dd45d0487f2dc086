import * as vscode from "vscode";

/** Paths on disk of what has unsaved changes in this window: text, notebooks, and what custom editors show. */
export function unsavedFiles(): readonly string[] {
  const documents = [...vscode.workspace.textDocuments, ...vscode.workspace.notebookDocuments]
    .filter((document) => document.isDirty)
    .map((document) => document.uri);
  // After a reload a tab may hold unsaved words of a document nobody has opened yet.
  const tabs = vscode.window.tabGroups.all
    .flatMap((group) => group.tabs)
    .filter((tab) => tab.isDirty)
    .flatMap(({ input }) =>
      input instanceof vscode.TabInputText ||
      input instanceof vscode.TabInputCustom ||
      input instanceof vscode.TabInputNotebook
        ? [input.uri]
        : [],
    );
  return [...new Set([...documents, ...tabs].filter((uri) => uri.scheme === "file").map((uri) => uri.fsPath))];
}
