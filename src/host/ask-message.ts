import * as vscode from "vscode";
import { subtaskState } from "../core/state/state";
import { BraidError, failure } from "../core/failure";
import { reportMessage } from "../run/accept/accept-message";
import type { Run } from "../run/run";
import { asText } from "./as-text";

/** Asks for the words of an accept's commit, beginning with the report's. Throws `cancelled`. */
export async function askMessage(run: Run, id: string): Promise<string> {
  const subtask = subtaskState(run.state(), id);
  const [first = "", ...rest] = (subtask === undefined ? "" : reportMessage(subtask)).split("\n");
  const body = rest.join("\n").trim();
  const value = await vscode.window.showInputBox({
    title: vscode.l10n.t("Braid: Message of the Commit for {0}", asText(id)),
    value: first,
    prompt:
      body === ""
        ? vscode.l10n.t("The commit's message.")
        : vscode.l10n.t("The commit's first line. The rest of the report stays below it."),
    ignoreFocusOut: true,
    validateInput: (text) => (text.trim() === "" ? vscode.l10n.t("A commit needs a message.") : undefined),
  });
  if (value === undefined) throw new BraidError(failure("cancelled", "Cancelled."));
  return body === "" ? value.trim() : `${value.trim()}\n\n${body}`;
}
