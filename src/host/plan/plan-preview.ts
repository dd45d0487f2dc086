import * as vscode from "vscode";
import { BraidError, failure } from "../../core/failure";
import { subtaskOffsets } from "../../core/plan/plan-outline";
import { servePreview } from "../../protocol/serve-preview";
import { loadPage } from "../load-page";
import type { PlanLanguage } from "./plan-language";

/** The pictures of plans beside their documents: at most one a document, gone with it. */
export class PlanPreviews implements vscode.Disposable {
  static readonly viewType = "braid.planPreview";
  readonly #extensionUri: vscode.Uri;
  readonly #language: PlanLanguage;
  readonly #open = new Map<string, vscode.WebviewPanel>();

  constructor(extensionUri: vscode.Uri, language: PlanLanguage) {
    this.#extensionUri = extensionUri;
    this.#language = language;
  }

  /** Shows the plan in the active editor as a picture beside it. Throws `plan.unreadable` where there is no plan. */
  show(): void {
    const document = vscode.window.activeTextEditor?.document;
    if (document === undefined || !this.#language.isPlan(document))
      throw new BraidError(
        failure("plan.unreadable", "There is no plan in the editor.", {
          hint: "Open one (plan.yml, NAME.plan.yml, NAME.braid.yml), or run `Braid: Open Plan`.",
        }),
      );
    const open = this.#open.get(document.uri.toString());
    if (open === undefined) this.#create(document);
    else open.reveal(undefined, true);
  }

  dispose(): void {
    for (const panel of this.#open.values()) panel.dispose();
  }

  #create(document: vscode.TextDocument): void {
    const key = document.uri.toString();
    const name = document.uri.path.replace(/^.*\//u, "");
    const panel = vscode.window.createWebviewPanel(
      PlanPreviews.viewType,
      vscode.l10n.t("Preview {0}", name),
      { viewColumn: vscode.ViewColumn.Beside, preserveFocus: true },
      this.#webviewOptions(),
    );
    const service = servePreview({
      name,
      // Resolves to false while the panel is hidden: it asks anew when it is shown again.
      // oxlint-disable-next-line unicorn/require-post-message-target-origin -- not a window: it has no target origin
      post: (message) => void panel.webview.postMessage(message),
      open: (subtask) => reveal(document, subtaskOffsets(document.getText()).get(subtask)),
      openLine: (line) => reveal(document, document.offsetAt(new vscode.Position(line - 1, 0))),
    });
    const refresh = (): void => {
      if (!this.#language.isPlan(document)) return panel.dispose();
      const checked = this.#language.checkedOf(document);
      if (checked !== undefined) service.show(checked);
    };
    const listeners = [
      this.#language.onDidJudge(refresh),
      panel.webview.onDidReceiveMessage((message: unknown) => service.receive(message)),
    ];
    this.#open.set(key, panel);
    panel.onDidDispose(() => {
      this.#open.delete(key);
      service.dispose();
      for (const listener of listeners) listener.dispose();
    });
    const icon = (file: string) => vscode.Uri.joinPath(this.#extensionUri, "media", file);
    panel.iconPath = { light: icon("review-light.svg"), dark: icon("review-dark.svg") };
    refresh();
    void this.#load(key, panel);
  }

  async #load(key: string, panel: vscode.WebviewPanel): Promise<void> {
    const page = { title: "Braid Plan Preview", folder: this.#pages, program: "preview.js" } as const;
    const html = await loadPage(panel.webview, page);
    // Closed meanwhile.
    if (this.#open.get(key) === panel) panel.webview.html = html;
  }

  get #pages(): vscode.Uri {
    return vscode.Uri.joinPath(this.#extensionUri, "dist", "webview");
  }

  #webviewOptions(): vscode.WebviewPanelOptions & vscode.WebviewOptions {
    return { enableScripts: true, enableCommandUris: false, enableForms: false, localResourceRoots: [this.#pages] };
  }
}

/** Puts the cursor of the plan's editor on an offset; a subtask that is written nowhere any more leaves it where it is. */
async function reveal(document: vscode.TextDocument, offset: number | undefined): Promise<void> {
  const shown = vscode.window.visibleTextEditors.find((editor) => editor.document === document);
  const editor = await vscode.window.showTextDocument(document, {
    preview: false,
    ...(shown?.viewColumn === undefined ? {} : { viewColumn: shown.viewColumn }),
  });
  if (offset === undefined) return;
  const place = document.positionAt(offset);
  editor.selection = new vscode.Selection(place, place);
  editor.revealRange(new vscode.Range(place, place), vscode.TextEditorRevealType.InCenterIfOutsideViewport);
}
