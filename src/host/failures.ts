import * as vscode from "vscode";
import { describeFailure, toFailure } from "../core/failure";
import { failureText } from "./as-text";

/** Runs what a user asked for; a failure is shown once, with the one action that helps most. */
export async function reportFailures(log: vscode.LogOutputChannel, action: () => Promise<unknown>): Promise<void> {
  try {
    await action();
  } catch (error) {
    const failure = toFailure(error);
    if (failure.code === "cancelled") return;
    log.error(`${failure.code}: ${describeFailure(failure)}\n${failure.detail ?? ""}`);
    const fix = fixFor(failure.code);
    const showLog = vscode.l10n.t("Show Log");
    const text = failureText(failure);
    const choice = await vscode.window.showErrorMessage(
      text.startsWith("Braid ") ? text : `Braid: ${text}`,
      ...(fix === undefined ? [] : [fix.title]),
      ...(failure.detail === undefined ? [] : [showLog]),
    );
    if (choice === showLog) log.show();
    else if (choice !== undefined && fix !== undefined) await vscode.commands.executeCommand(fix.command);
  }
}

function fixFor(code: string): { readonly title: string; readonly command: string } | undefined {
  // Before trust nothing else helps.
  if (!vscode.workspace.isTrusted)
    return { title: vscode.l10n.t("Manage Workspace Trust"), command: "workbench.trust.manage" };
  switch (code) {
    case "model.no-key":
    case "model.auth":
      return { title: vscode.l10n.t("Set API Key"), command: "braid.setApiKey" };
    case "repo.missing":
      return { title: vscode.l10n.t("Initialize Repository"), command: "git.init" };
    default:
      return undefined;
  }
}
