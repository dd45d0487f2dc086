import { errors, type Browser, type Frame, type Page } from "playwright-core";
import { openPage, type PageOptions } from "./browser";

/** One row of a tree view, as a user sees it and as a screen reader reads it. */
export interface TreeRow {
  /** 1 for the outermost rows. */
  readonly level: number;
  readonly text: string;
  readonly label: string;
}

/** Drives a real workbench in a real browser. Every wait ends in an error with a name after {@link WAIT_MS}. */
export class Workbench {
  readonly page: Page;
  readonly #browser: Browser;

  private constructor(page: Page, browser: Browser) {
    this.page = page;
    this.#browser = browser;
  }

  /** Opens a served workbench; resolves when it can be used: parts drawn and the extension host connected. */
  static async open(url: string, options: PageOptions = {}): Promise<Workbench> {
    const { page, browser } = await openPage(url, options);
    page.setDefaultTimeout(WAIT_MS);
    const workbench = new Workbench(page, browser);
    try {
      await page.locator(".monaco-workbench .part.statusbar").waitFor();
      // Extension commands reach the palette only after the remote has answered.
      await page.locator(".statusbar-item[id='status.host']").waitFor();
      return workbench;
    } catch (error) {
      await workbench.close();
      throw error;
    }
  }

  /** Runs a command by its palette title, `Category: Title`. Returns when the palette has let it go. */
  async runCommand(title: string): Promise<void> {
    const input = this.page.locator(QUICK_INPUT);
    const row = this.page.locator(QUICK_ROWS).filter({ has: this.page.getByText(title, { exact: true }) });
    // An open palette never learns of commands that come later (an extension that is still loading), and one may be shut by what
    // takes the focus: it is opened anew.
    await this.waitFor(`the command "${title}" in the palette`, async () => {
      await this.page.keyboard.press("Escape");
      await this.page.keyboard.press("F1");
      try {
        await input.fill(`>${title}`, { timeout: PICK_MS });
        await this.page.locator(QUICK_ROWS).first().waitFor({ timeout: PICK_MS });
        await row.first().waitFor({ timeout: PALETTE_FILTER_MS });
        await row.first().click({ timeout: PICK_MS });
        return true;
      } catch (error) {
        if (error instanceof errors.TimeoutError) return false;
        throw error;
      }
    });
    await this.#quickInputMovedOn(`>${title}`);
  }

  /** Runs a command that offers a quick pick, and picks a row. A pick that lost the focus has closed without effect: it is asked for again. */
  async runAndPick(title: string, label: string): Promise<void> {
    const row = this.page.locator(QUICK_ROWS).filter({ hasText: label }).first();
    await this.waitFor(`"${label}" in the pick of "${title}"`, async () => {
      await this.runCommand(title);
      return row
        .click({ timeout: PICK_MS })
        .then(() => true)
        .catch(() => false);
    });
  }

  /** Answers the input box that is open, or the next one to open. Returns when it has closed or another has come. */
  async quickInput(text: string): Promise<void> {
    const input = this.page.locator(QUICK_INPUT);
    await input.fill(text);
    await input.press("Enter");
    await this.#quickInputMovedOn(text);
  }

  /** Picks the row with this label in the quick pick that is open, or in the next one to open. */
  async quickPick(label: string): Promise<void> {
    await this.page.locator(QUICK_ROWS).filter({ hasText: label }).first().click();
  }

  /** The labels in the open quick pick. */
  async quickPickLabels(): Promise<readonly string[]> {
    await this.page.locator(QUICK_ROWS).first().waitFor();
    return this.page.locator(`${QUICK_ROWS} .quick-input-list-row:first-child .label-name`).allInnerTexts();
  }

  /** Opens a view container by the name its icon in the activity bar has. */
  async openView(name: string): Promise<void> {
    const tab = this.page
      .locator(".activitybar .action-item")
      .filter({ has: this.page.locator(`[aria-label^="${name}"]`) });
    const title = this.page.locator(".sidebar .composite.title", { hasText: new RegExp(`^${name}`, "iu") });
    // A click on one that was just opening by itself shuts it.
    await this.waitFor(`the view ${name}`, async () => {
      if ((await tab.first().getAttribute("aria-selected")) !== "true") await tab.first().click();
      return title.waitFor({ timeout: VIEW_MS }).then(
        () => true,
        () => false,
      );
    });
  }

  /** The rows of the tree views that are shown now, or of the one with this title. Rows scrolled out of sight are not there. */
  treeRows(view?: string): Promise<readonly TreeRow[]> {
    // A view that has help for screen readers says so before its name.
    const named = `.pane-header:is([aria-label^="${view}"], [aria-label*="help ${view}"])`;
    const pane = this.page.locator(".sidebar .pane").filter({
      has: this.page.locator(view === undefined ? ".pane-header" : named),
    });
    return pane.locator(".monaco-list-row[role=treeitem]").evaluateAll((rows) =>
      rows.map((row) => ({
        level: Number(row.getAttribute("aria-level") ?? 1),
        text: row.textContent?.replaceAll(/\s+/gu, " ").trim() ?? "",
        label: row.getAttribute("aria-label") ?? "",
      })),
    );
  }

  /** Clicks a row of a tree view by part of its text. */
  async clickTreeRow(text: string): Promise<void> {
    await this.page.locator(".sidebar .monaco-list-row[role=treeitem]", { hasText: text }).first().click();
  }

  /** The messages of the notifications on show. */
  notificationText(): Promise<readonly string[]> {
    return this.page.locator(".notifications-toasts .notification-list-item-message").allInnerTexts();
  }

  /** Waits for a notification that holds `text` and presses one of its buttons. */
  async notificationButton(text: string, button: string): Promise<void> {
    const toast = this.page.locator(".notifications-toasts .notification-list-item", { hasText: text }).first();
    await toast.getByRole("button", { name: button, exact: true }).click();
  }

  /** Presses a button of the modal dialog that is open, or of the next one to open. */
  async dialogButton(button: string): Promise<void> {
    await this.page.locator(".monaco-dialog-box").getByRole("button", { name: button, exact: true }).click();
  }

  /** The texts of the status bar. */
  statusBar(): Promise<readonly string[]> {
    return this.page.locator(".statusbar .statusbar-item-label").allInnerTexts();
  }

  /** The inner document of the webview for which `matches` is true, once there is one. */
  webviewFrame(matches: (frame: Frame) => Promise<boolean>): Promise<Frame> {
    return this.waitFor("a webview that matches", async () => {
      for (const frame of this.page.frames()) {
        if (frame === this.page.mainFrame() || frame.childFrames().length > 0) continue;
        // A frame may go away while it is asked; the next round sees what came instead.
        if (await matches(frame).catch(() => false)) return frame;
      }
      return undefined;
    });
  }

  /**
   * Asks again each time the page has drawn a frame, until the answer is neither undefined nor false. `what` names the
   * thing in the error.
   */
  async waitFor<T>(what: string, ask: () => Promise<T | false | undefined>, limitMs = WAIT_MS): Promise<T> {
    const end = Date.now() + limitMs;
    for (;;) {
      const answer = await ask();
      if (answer !== undefined && answer !== false) return answer;
      if (Date.now() > end) throw new Error(`Waited ${limitMs} ms in vain for ${what}.`);
      // Opening another folder takes the page away in the middle of a frame.
      await this.page
        .evaluate("new Promise((drawn) => requestAnimationFrame(() => setTimeout(drawn, 30)))")
        .catch(() => this.page.waitForLoadState());
    }
  }

  /** Saves what the page shows as a PNG file. */
  async screenshot(path: string): Promise<void> {
    await this.page.screenshot({ path });
  }

  /** Closes the browser. */
  async close(): Promise<void> {
    await this.#browser.close();
  }

  async #quickInputMovedOn(value: string): Promise<void> {
    const input = this.page.locator(QUICK_INPUT);
    await this.waitFor(
      "the quick input to take its answer",
      async () => !(await input.isVisible()) || (await input.inputValue()) !== value,
    );
  }
}

/** Longest wait for one thing to show, in milliseconds; far above what a busy machine with two cores takes. */
export const WAIT_MS = 60_000;

const QUICK_INPUT = ".quick-input-widget .quick-input-box input";
const QUICK_ROWS = ".quick-input-widget .quick-input-list .monaco-list-row";
// The palette filters at most this long after a key; a command that is not there by then is not there yet.
const PALETTE_FILTER_MS = 1000;
/** A view that was opened shows itself within this. */
const VIEW_MS = 5_000;
/** How long a pick may take to show a row. */
const PICK_MS = 10_000;
