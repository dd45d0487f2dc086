import * as vscode from "vscode";

/** What an input box for a goal says. */
export interface GoalWords {
  readonly title: string;
  readonly prompt: string;
  readonly placeHolder: string;
}

/** The words of the box that asks for any goal. */
export function planGoalWords(): GoalWords {
  return {
    title: vscode.l10n.t("Braid: Plan Goal"),
    prompt: vscode.l10n.t(
      "What should be different when the run is done? The planner reads the repository and proposes a plan; nothing changes yet.",
    ),
    placeHolder: vscode.l10n.t("Add expiring links with tests and documentation"),
  };
}

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
