import { randomBytes } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import * as vscode from "vscode";
import { panelPage, problemPage } from "../protocol/panel-page";
import { toFailure } from "../core/failure";
import { failureText } from "./as-text";

/** A page of ours: what it is called, the program it runs, of those built into `folder`, and what it draws first. */
export interface Page {
  readonly title: string;
  readonly folder: vscode.Uri;
  readonly program: "panel.js" | "preview.js";
  readonly first?: string | undefined;
}

/** Its document; where Braid's own files cannot be read (an update takes those of the version that runs away), one that says so. */
export async function loadPage(webview: vscode.Webview, { title, folder, program, first }: Page): Promise<string> {
  const read = (name: string): Promise<string> => readFile(join(folder.fsPath, name), "utf8");
  try {
    const [text, style] = await Promise.all([read(program), read("styles.css")]);
    return panelPage({
      title,
      program: text,
      style,
      folder: `${webview.asWebviewUri(folder).toString()}/`,
      nonce: randomBytes(16).toString("hex"),
      source: webview.cspSource,
      language: vscode.env.language,
      words: vscode.l10n.bundle,
      first,
    });
  } catch (error) {
    const why = failureText(toFailure(error));
    return problemPage(title, vscode.l10n.t("Braid's own files cannot be read: {0} Reload the window.", why));
  }
}
