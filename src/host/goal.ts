import * as vscode from "vscode";

/** The text selected in the active editor, or undefined. */
export function selectedText(): string | undefined {
  const editor = vscode.window.activeTextEditor;
  const text = editor?.document.getText(editor.selection).trim();
  return text === "" ? undefined : text;
}

/** The whole text of the active document, or undefined. */
export function documentText(): string | undefined {
  const text = vscode.window.activeTextEditor?.document.getText().trim();
  return text === "" ? undefined : text;
}
