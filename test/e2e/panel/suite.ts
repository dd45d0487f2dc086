import assert from "node:assert/strict";
import type { Browser, Page } from "playwright-core";
import type { RunEvent } from "../../../src/core/state/events";
import type { ReviewService } from "../../../src/protocol/serve-review";
import { openPage } from "../../workbench/browser";
import { FakeSource } from "./fake-source";
import { openPanel, type OpenPanel, type OpenPanelOptions } from "./open-panel";

/** A panel on a run in memory. */
export interface Shown {
  readonly source: FakeSource;
  readonly page: Page;
  readonly service: ReviewService;
  readonly requests: readonly string[];
}

/** What a test may choose; a source of its own replaces the events. */
export type ShowOptions = Partial<Omit<OpenPanelOptions, "browser" | "source">> & {
  readonly source?: FakeSource;
  /** For a test that provokes violations itself. */
  readonly tolerateViolations?: boolean;
};

/**
 * Gives the tests of a suite panels in one browser. After each test its panels are closed, and any violation of the
 * page's policy or uncaught error fails it.
 */
export function panelSuite(): (events: readonly RunEvent[], options?: ShowOptions) => Promise<Shown> {
  const open: { readonly panel: OpenPanel; readonly tolerant: boolean }[] = [];
  let browser: Browser | undefined;
  before(async () => {
    ({ browser } = await openPage("about:blank"));
  });
  afterEach(async () => {
    for (const { panel, tolerant } of open.splice(0)) {
      await panel.close();
      if (!tolerant) assert.deepEqual(panel.complaints, []);
    }
  });
  after(() => browser?.close());
  return async (events, { source = new FakeSource(events), tolerateViolations = false, ...options } = {}) => {
    assert.ok(browser);
    const panel = await openPanel({ ...options, source, browser });
    open.push({ panel, tolerant: tolerateViolations });
    return { source, page: panel.page, service: panel.service, requests: panel.requests };
  };
}

/** Waits until a subtask and its diff are on screen. */
export async function shownDiff(page: Page, subtask: string): Promise<void> {
  await page.locator("#subtask-title", { hasText: subtask }).waitFor();
  await page.locator("[data-file]").first().waitFor();
  await page.locator("main > section[aria-busy=true]").waitFor({ state: "detached" });
}

/** Waits until an expression is true in the page; its policy lets Playwright's own way of waiting not run. */
export async function until(page: Page, expression: string): Promise<void> {
  const end = Date.now() + WAIT_MS;
  while (!(await page.evaluate<boolean>(`Boolean(${expression})`))) {
    if (Date.now() > end) throw new Error(`Waited ${WAIT_MS} ms in vain for ${expression}.`);
    await page.evaluate("new Promise((drawn) => requestAnimationFrame(() => setTimeout(drawn, 20)))");
  }
}

/** Waits until all of a short diff is drawn, with its lines. */
export async function drawn(page: Page): Promise<void> {
  await until(page, `document.querySelector("[data-near]:empty, [aria-busy=true]") === null`);
}

/** Longest wait for the page, in milliseconds. */
const WAIT_MS = 30_000;

/** The visible texts of elements, without the glyphs beside them. */
export async function texts(page: Page, selector: string): Promise<readonly string[]> {
  const all = await page.locator(selector).allInnerTexts();
  return all.map((text) => text.replaceAll(/[\ue000-\uf8ff]/gu, "").trim());
}

/** The text of the control that has the focus, or its tag. */
export function focused(page: Page): Promise<string> {
  return page.evaluate(
    `document.activeElement.matches("button") ? document.activeElement.innerText : document.activeElement.tagName`,
  );
}
