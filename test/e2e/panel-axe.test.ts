import assert from "node:assert/strict";
import type { Page } from "playwright-core";
import { violations } from "../support/axe";
import { TEST_SIZE } from "../support/size";
import { PANEL_LOOKS } from "./panel/states";
import { panelSuite } from "./panel/suite";
import { themeClass, THEMES, themeStyle, type Theme } from "./panel/themes";

/** Looked at each time; the others with the larger sizes. */
const USUAL = new Set(["planning", "proposed", "running", "review", "conflict", "timeline", "amendment", "question"]);

describe("the review panel keeps nobody out (axe)", function () {
  this.timeout(120_000);
  const panel = panelSuite();

  const looks = Object.entries(PANEL_LOOKS).filter(([name]) => TEST_SIZE !== "normal" || USUAL.has(name));
  for (const [name, { source, reach }] of looks)
    it(`${name}, in every theme`, async () => {
      const { page } = await panel([], { source: source(), theme: "light" });
      await reach(page);
      const found: string[] = [...(await violations(page))];
      // Colours are all a theme changes.
      for (const theme of THEMES.filter((each) => each !== "light")) {
        await showIn(page, theme);
        found.push(...(await violations(page, ["color-contrast"])).map((each) => `${theme}: ${each}`));
      }
      assert.deepEqual(found, []);
    });
});

/** As VS Code does it: variables on the root element, a class on the body. */
async function showIn(page: Page, theme: Theme): Promise<void> {
  await page.evaluate(`(() => {
    for (const sheet of document.styleSheets) if (sheet.ownerNode?.id === "theme") sheet.disabled = true;
    document.documentElement.style.cssText = ${JSON.stringify(themeStyle(theme))};
    document.body.className = ${JSON.stringify(themeClass(theme))};
  })()`);
}
