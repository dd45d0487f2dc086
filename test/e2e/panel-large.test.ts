import assert from "node:assert/strict";
import type { Page } from "playwright-core";
import { FakeSource } from "./panel/fake-source";
import { halfwayRun } from "./panel/fixture";
import { panelSuite, shownDiff, until } from "./panel/suite";

const FILES = 1_000;
const HUNKS = 5;
/** Elements of a whole panel with what is in view of a diff; a page with all of it would have fifty times as many. */
const MAX_ELEMENTS = 12_000;

/** A thousand files of five hunks of twenty changed lines: 100,000 lines. */
function largeDiff() {
  return Array.from({ length: FILES }, (_, file) => ({
    path: `src/f${String(file).padStart(3, "0")}.ts`,
    status: "modified" as const,
    oldMode: "100644",
    newMode: "100644",
    binary: false,
    hunks: Array.from({ length: HUNKS }, (__, hunk) => ({
      oldStart: hunk * 50 + 1,
      oldLines: 10,
      newStart: hunk * 50 + 1,
      newLines: 10,
      heading: "",
      lines: Array.from({ length: 20 }, (___, line) => ({
        kind: line < 10 ? ("deleted" as const) : ("added" as const),
        text: `const value${line % 10} = ${line < 10 ? "compute" : "calculate"}(${file}, ${hunk});`,
      })),
    })),
  }));
}

describe("the review panel with 1,000 files and 100,000 lines", () => {
  const panel = panelSuite();
  const show = async () => {
    const diff = largeDiff();
    const files = diff.map(({ path, status }) => ({ path, status }));
    // Marks are kept of files the result has.
    const source = new FakeSource(
      halfwayRun().map((event) =>
        event.type === "subtask.finished" && event.result !== null
          ? { ...event, result: { ...event.result, files } }
          : event,
      ),
    );
    source.diffOverride = diff;
    const shown = await panel([], { source });
    await shownDiff(shown.page, "session-store");
    await shown.page.locator("td.code").first().waitFor();
    return shown;
  };

  it("keeps the page small wherever one scrolls to, and the lines in their place", async () => {
    const { page } = await show();
    for (const part of [0.25, 0.5, 1, 0.75, 0]) {
      await page.locator("main").evaluate((main, to) => main.scrollTo(0, main.scrollHeight * to), part);
      if (part > 0) await until(page, linesInView);
      assert.ok((await elements(page)) < MAX_ELEMENTS, `${await elements(page)} elements`);
    }
    // Back at the top, what stands there is the first file with the lines that belong to it.
    const first = page.locator('[data-file="src/f000.ts"]');
    await first.locator("td.code", { hasText: "const value0 = compute(0, 4);" }).waitFor();
    assert.equal(await first.locator("tr").count(), HUNKS * 20);
  });

  it("goes by key to what is out of view, there and back", async () => {
    const { page } = await show();
    await page.locator("#subtask-title").focus();
    for (let i = 0; i < 30; i += 1) await page.keyboard.press("N");
    await until(page, `document.activeElement.closest('[data-file="src/f029.ts"]') !== null`);
    await page.keyboard.press("P");
    await until(page, `document.activeElement.closest('[data-file="src/f028.ts"]') !== null`);
    await page.keyboard.press("n");
    await until(page, `document.activeElement.closest('[data-hunk="1"]') !== null`);
    await page.locator('[data-file="src/f028.ts"] td.code', { hasText: "calculate(28, 0)" }).first().waitFor();
    // Where the focus is stays, however far one scrolls.
    await page.locator("main").evaluate((main) => main.scrollTo(0, main.scrollHeight));
    await page.locator('[data-file="src/f999.ts"]').waitFor();
    await page.keyboard.press("x");
    await page.getByRole("button", { name: "Accept 4,999 of 5,000 hunks" }).waitFor();
  });

  it("keeps ticks and marks of files far down over a reload", async () => {
    const { page, source } = await show();
    await page.locator("main").evaluate((main) => main.scrollTo(0, main.scrollHeight));
    const last = page.locator('[data-file="src/f999.ts"]');
    await last.getByLabel("Hunk 2, lines from 51").uncheck({ force: true });
    await last.getByLabel("Viewed: src/f999.ts").check();
    await page.getByRole("button", { name: "Accept 4,999 of 5,000 hunks" }).waitFor();
    await page.reload();
    await page.getByRole("button", { name: "Accept 4,999 of 5,000 hunks" }).waitFor();
    await page.getByText("1 of 1,000 viewed").waitFor();
    await page.locator("main").evaluate((main) => main.scrollTo(0, main.scrollHeight));
    await last.locator(".file-toggle[aria-expanded=false]").waitFor();
    await last.locator(".file-toggle").click();
    assert.equal(await last.getByLabel("Hunk 2, lines from 51").isChecked(), false);
    await page.locator("#subtask-title").focus();
    await page.keyboard.press("a");
    await page.locator("h2:focus").waitFor();
    assert.equal(source.decisions.at(-1), "accept session-store 1111 src/f999.ts#1,3,4,5");
  });

  it("keeps a remark that is being written while one looks elsewhere", async () => {
    const { page } = await show();
    await page.locator("#subtask-title").focus();
    await page.keyboard.press("n");
    await page.keyboard.press("c");
    await page.keyboard.type("not yet done");
    await page.locator("#subtask-title").focus();
    const main = page.locator("main");
    await main.evaluate((element) => element.scrollTo(0, element.scrollHeight));
    await page.locator('[data-file="src/f999.ts"]').waitFor();
    await main.evaluate((element) => element.scrollTo(0, 0));
    assert.equal(await page.getByLabel("What should be different here?").inputValue(), "not yet done");
  });
});

/** Whether lines stand in the middle of the page, rather than the room for some. */
const linesInView = `document.elementsFromPoint(700, 500).some((element) => element.closest("tr, .file-head, .hunk-head") !== null)`;

function elements(page: Page): Promise<number> {
  return page.evaluate(`document.querySelectorAll("*").length`);
}
