import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { openPage } from "../../workbench/browser";
import { ROOT } from "../../workbench/root";
import { FakeSource } from "./fake-source";
import { halfwayRun, proposedRun } from "./fixture";
import { openPanel } from "./open-panel";
import type { Theme } from "./themes";

// Takes pictures of the panel for people to look at: `node dist/test/e2e/panel/look.main.mjs`.
const dir = join(ROOT, "test/e2e/screenshots");
mkdirSync(dir, { recursive: true });

const looks: readonly (readonly [string, Theme, number, string | null])[] = [
  ["proposed", "dark", 1100, null],
  ["review", "dark", 1100, "session-store"],
  ["review", "light", 1100, "session-store"],
  ["review", "high-contrast", 1100, "session-store"],
  ["kinds", "dark", 1100, "login-form"],
  ["failed", "light", 1100, "rate-limit"],
  ["review", "dark", 480, "session-store"],
  ["kinds", "light", 480, "login-form"],
  ["timeline", "dark", 1100, "session-store"],
  ["timeline", "light", 1100, "session-store"],
  ["timeline", "high-contrast", 480, "session-store"],
];
const { browser } = await openPage("about:blank");
for (const [name, theme, width, subtask] of looks) {
  const source = new FakeSource(subtask === null ? proposedRun() : halfwayRun());
  const panel = await openPanel({ browser, source, theme, width, height: 900 });
  source.act("auth-tests", "bash npm test -- auth --watch=false");
  if (subtask !== null) {
    await panel.page.locator(`[data-subtask="${subtask}"]`).click();
    await panel.page.locator("[data-file]").first().waitFor();
    await panel.page.locator(".item-line").first().waitFor();
  }
  if (name === "timeline") {
    await panel.page.getByText("Timeline", { exact: false }).first().click();
    await panel.page.getByText("Show as a table").click();
    await panel.page.getByText("Numbers", { exact: false }).first().click();
  }
  await panel.page.screenshot({ path: join(dir, `panel-${name}-${theme}-${width}.png`), fullPage: true });
  console.log(name, theme, width, panel.complaints);
  await panel.close();
}
await browser.close();
