import { randomBytes } from "node:crypto";
import { realpath } from "node:fs/promises";
import { basename, relative, sep } from "node:path";
import * as vscode from "vscode";
import { BraidError, failure } from "../../core/failure";
import { writeOrigin } from "../../core/review/origin";
import { pullRequestText } from "../../core/review/pull-request";
import { findOrigin } from "../../run/accept/origin";
import type { CommandContext, Commands } from "../command-context";
import { repositoryAround } from "../workspace-repository";

/** Scheme of the documents that tell a line's origin. */
const ORIGIN_SCHEME = "braid-origin";

/**
 * What they say, by number; it does not stand in their address, which a link in anybody's text could make up. The oldest go, as
 * VS Code does not tell when nobody will ask again.
 */
const texts = new Map<string, string>();
const MAX_TEXTS = 50;

/** Serves those documents. */
export function registerOrigins(): vscode.Disposable {
  return vscode.workspace.registerTextDocumentContentProvider(ORIGIN_SCHEME, {
    provideTextDocumentContent: (uri) => texts.get(uri.query) ?? "",
  });
}

/** From code back to who made it, and from a run on to a pull request. */
export function originCommands(c: CommandContext): Commands {
  return {
    "braid.showOrigin": () => showOrigin(),
    "braid.copyPullRequest": async () => {
      const { title, body } = pullRequestText(c.owner.view ?? c.owner.require().view);
      await vscode.env.clipboard.writeText(`${title}\n\n${body}`);
      vscode.window.setStatusBarMessage(vscode.l10n.t("Braid: pull request text copied"), COPIED_MS);
    },
  };
}

/** How long the status bar says so, in milliseconds. */
const COPIED_MS = 4_000;

/** Shows where the line with the cursor comes from. Throws `run.state`, and what {@link findOrigin} throws. */
export async function showOrigin(): Promise<void> {
  const editor = vscode.window.activeTextEditor;
  if (editor === undefined || editor.document.uri.scheme !== "file")
    throw new BraidError(
      failure("run.state", "No file is open in the editor.", {
        hint: "Put the cursor on a line of a file, then ask again.",
      }),
    );
  const { uri: at } = editor.document;
  const repo = await repositoryAround(at);
  const file = await realpath(at.fsPath).catch(() => {
    throw new BraidError(failure("run.state", `${at.fsPath} is not on the disk any more.`, { hint: "Save it first." }));
  });
  const path = relative(await realpath(repo.dir), file)
    .split(sep)
    .join("/");
  const line = editor.selection.active.line + 1;
  const text = writeOrigin(await findOrigin(repo, { path, line, contents: editor.document.getText() }));
  const uri = vscode.Uri.from({
    scheme: ORIGIN_SCHEME,
    path: `/${vscode.l10n.t("Origin of {0}", `${basename(path)}:${line}`)}.md`,
    query: keep(text),
  });
  const document = await vscode.workspace.openTextDocument(uri);
  const markdown = vscode.extensions.getExtension("vscode.markdown-language-features");
  if (markdown === undefined) await vscode.window.showTextDocument(document, { preview: true });
  else await vscode.commands.executeCommand("markdown.showPreviewToSide", uri);
}

function keep(text: string): string {
  const key = randomBytes(8).toString("hex");
  texts.set(key, text);
  for (const oldest of texts.keys()) if (texts.size > MAX_TEXTS) texts.delete(oldest);
  return key;
}
