import * as vscode from "vscode";

const SECRET = "braid.apiKey";

/** The stored key, or undefined. */
export function readApiKey(context: vscode.ExtensionContext): Thenable<string | undefined> {
  return context.secrets.get(SECRET);
}

/** Asks for the key and stores it in the system's keychain; an empty answer forgets it. */
export async function askApiKey(context: vscode.ExtensionContext): Promise<void> {
  const stored = (await readApiKey(context)) !== undefined;
  const key = await vscode.window.showInputBox({
    title: vscode.l10n.t("Braid: Set API Key"),
    prompt: stored
      ? vscode.l10n.t("A key is stored. Enter another one, or nothing to forget it.")
      : vscode.l10n.t("Your Anthropic API key. It is kept in the system's keychain and sent to the API only."),
    placeHolder: "sk-ant-…",
    password: true,
    ignoreFocusOut: true,
  });
  if (key === undefined) return;
  if (key.trim() === "") await context.secrets.delete(SECRET);
  else await context.secrets.store(SECRET, key.trim());
}

/** Tells when the key was stored or forgotten, in this window or another. */
export function onDidChangeApiKey(context: vscode.ExtensionContext, listener: () => void): vscode.Disposable {
  return context.secrets.onDidChange(({ key }) => {
    if (key === SECRET) listener();
  });
}
