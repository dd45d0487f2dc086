import { randomBytes } from "node:crypto";
import * as vscode from "vscode";
import { firstLookText } from "../../protocol/first-look";
import type { ReviewSource } from "../../protocol/review-source";
import { serveReview, type ReviewService } from "../../protocol/serve-review";
import { loadPage } from "../load-page";

export type { ReviewSource } from "../../protocol/review-source";

/** What a panel shows, and where the extension's files are. */
export interface ReviewPanelOptions {
  readonly extensionUri: vscode.Uri;
  readonly source: ReviewSource;
  /** The subtask to show first. */
  readonly subtask?: string;
}

/** The review panel: at most one. Closing it loses nothing, a new one shows the same screen. */
export class ReviewPanel implements vscode.Disposable {
  static readonly viewType = "braid.review";
  static #open: ReviewPanel | undefined;

  /** The open panel, if there is one. */
  static get open(): ReviewPanel | undefined {
    return ReviewPanel.#open;
  }

  /** Shows the panel for a run; one that is open is brought to the front and shows this run. */
  static show(options: ReviewPanelOptions): ReviewPanel {
    const open = ReviewPanel.#open;
    if (open !== undefined) {
      open.#panel.reveal();
      open.serve(options);
      return open;
    }
    const panel = vscode.window.createWebviewPanel(ReviewPanel.viewType, "Braid Review", vscode.ViewColumn.Active);
    return new ReviewPanel(panel, options);
  }

  /** Takes over a panel that VS Code kept over a reload of the window. */
  static revive(panel: vscode.WebviewPanel, options: ReviewPanelOptions): ReviewPanel {
    ReviewPanel.#open?.dispose();
    return new ReviewPanel(panel, options);
  }

  readonly #panel: vscode.WebviewPanel;
  #service: ReviewService | undefined;
  #source: ReviewSource | undefined;

  private constructor(panel: vscode.WebviewPanel, options: ReviewPanelOptions) {
    this.#panel = panel;
    ReviewPanel.#open = this;
    const icon = (name: string) => vscode.Uri.joinPath(options.extensionUri, "media", name);
    panel.iconPath = { light: icon("review-light.svg"), dark: icon("review-dark.svg") };
    panel.onDidDispose(() => this.#closed());
    panel.webview.onDidReceiveMessage((message: unknown) => this.#service?.receive(message));
    this.serve(options);
  }

  /** The subtask on screen, for commands that act on it; null where the panel is out of sight or shows another run than `source`. */
  selectedIn(source: ReviewSource): string | null {
    return source === this.#source && this.#panel.visible ? (this.#service?.selected ?? null) : null;
  }

  /** Closes the panel. */
  dispose(): void {
    this.#panel.dispose();
  }

  /** Shows this run from now on, and leaves the panel where it is. */
  serve({ extensionUri, source, subtask }: ReviewPanelOptions): void {
    if (source === this.#source) {
      if (subtask !== undefined) this.#service?.select(subtask);
      return;
    }
    const { webview } = this.#panel;
    this.#source = source;
    this.#service?.dispose();
    const service = serveReview({
      source,
      selected: subtask ?? null,
      // Resolves to false while the panel is hidden: it asks for a snapshot when it is shown again.
      // oxlint-disable-next-line unicorn/require-post-message-target-origin -- not a window: it has no target origin
      post: (message) => void webview.postMessage(message),
    });
    this.#service = service;
    const folder = vscode.Uri.joinPath(extensionUri, "dist", "webview");
    webview.options = {
      enableScripts: true,
      enableCommandUris: false,
      enableForms: false,
      localResourceRoots: [folder],
    };
    void this.#load(service, folder);
  }

  async #load(service: ReviewService, folder: vscode.Uri): Promise<void> {
    const { webview } = this.#panel;
    const look = await service.firstLook(randomBytes(8).toString("hex"));
    const page = { title: "Braid Review", folder, program: "panel.js", first: firstLookText(look) } as const;
    const html = await loadPage(webview, page);
    // Closed meanwhile, or on to another run.
    if (service === this.#service) webview.html = html;
  }

  #closed(): void {
    this.#service?.dispose();
    this.#service = undefined;
    if (ReviewPanel.#open === this) ReviewPanel.#open = undefined;
  }
}

/** Fills a panel that outlived a reload of the window; without a run to show it closes. */
export function reviveReviewPanel(
  panel: vscode.WebviewPanel,
  extensionUri: vscode.Uri,
  source: ReviewSource | undefined,
): void {
  if (source === undefined) panel.dispose();
  else ReviewPanel.revive(panel, { extensionUri, source });
}
