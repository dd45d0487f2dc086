import * as vscode from "vscode";

/** Shows a Markdown document as it reads best: rendered where VS Code can. */
export async function showMarkdown(uri: vscode.Uri): Promise<void> {
  const document = await vscode.workspace.openTextDocument(uri);
  const markdown = vscode.extensions.getExtension("vscode.markdown-language-features");
  // Without VS Code's own Markdown the text itself reads well enough.
  if (markdown === undefined) await vscode.window.showTextDocument(document, { preview: true });
  else await vscode.commands.executeCommand("markdown.showPreview", uri);
}
