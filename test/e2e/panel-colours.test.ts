import assert from "node:assert/strict";
import type { FileDiff } from "../../src/core/review/diff";
import type { FileTexts } from "../../src/protocol/review-messages";
import { FakeSource } from "./panel/fake-source";
import { halfwayRun } from "./panel/fixture";
import { drawn, panelSuite, shownDiff, until } from "./panel/suite";
import type { Theme } from "./panel/themes";

const base = `/*\n * don't\n */\nconst limit = 10;\nexport function open(user: string) {\n  return "old";\n}\n`;
const result = base.replace("10;", "20;").replace('"old";', '"new"; // why');

function diffOf(path: string, lines: FileDiff["hunks"][number]["lines"]): FileDiff {
  const hunk = { oldStart: 2, oldLines: 6, newStart: 2, newLines: 6, heading: "", lines };
  return { path, status: "modified", binary: false, oldMode: "100644", newMode: "100644", hunks: [hunk] };
}
const code = diffOf("src/open.ts", [
  { kind: "context", text: " * don't" },
  { kind: "context", text: " */" },
  { kind: "deleted", text: "const limit = 10;" },
  { kind: "added", text: "const limit = 20;" },
  { kind: "context", text: "export function open(user: string) {" },
  { kind: "deleted", text: '  return "old";' },
  { kind: "added", text: '  return "new"; // why' },
]);

describe("colours in the review panel", () => {
  const panel = panelSuite();
  const show = async (theme: Theme, files: readonly FileDiff[] = [code], texts: FileTexts = { base, result }) => {
    const source = new FakeSource(halfwayRun());
    source.diffOverride = files;
    source.fileTexts = new Map(files.map(({ path }) => [path, texts]));
    const shown = await panel([], { source, theme });
    await shownDiff(shown.page, "session-store");
    return shown;
  };

  for (const theme of ["dark", "light", "high-contrast"] as const)
    it(`come by themselves in the ${theme} theme's own colours, and what changed stays marked`, async () => {
      const { page } = await show(theme);
      await page.locator(".c-keyword").first().waitFor();
      const words = await page.evaluate<readonly string[]>(
        `[...document.querySelectorAll("td.code [class^=c-]")].map((e) => e.className + ":" + e.textContent.trim())`,
      );
      // The hunk begins within a comment: only who read the file from its beginning knows.
      assert.deepEqual(words.slice(0, 2), ["c-comment:* don't", "c-comment:*/"]);
      for (const word of [
        "c-keyword:const",
        "c-name:limit",
        "c-number changed:10",
        "c-number changed:20",
        "c-string changed:new",
        "c-comment changed:// why",
      ])
        assert.ok(words.includes(word), `${word} in ${words.join(" | ")}`);
      const colours = await page.evaluate<readonly string[]>(
        `["keyword", "string", "number", "name"].map((c) => getComputedStyle(document.querySelector(".c-" + c)).color)`,
      );
      assert.equal(new Set(colours).size, 4, colours.join());
      assert.equal((await page.locator("tr.added .changed").count()) > 0, true);
    });

  it("never hold up what is plain: a hostile line, a language nobody knows, texts that cannot be had", async () => {
    const long = `${"(".repeat(500_000)}${"/*".repeat(250_000)}`;
    const { page, source } = await show(
      "dark",
      [
        diffOf("long.ts", [{ kind: "added", text: long }]),
        diffOf("what.unknown", [{ kind: "added", text: "const a" }]),
        diffOf("after.ts", [{ kind: "added", text: "const b" }]),
      ],
      { base: null, result: `${long}\n${"`${".repeat(300)}\nconst b` },
    );
    await page.locator('[data-file="after.ts"] td.code', { hasText: "const b" }).waitFor();
    await drawn(page);
    await until(page, `document.querySelector('[data-file="what.unknown"] [class^=c-]') === null`);
    await page.locator('[data-subtask="login-form"]').click();
    await shownDiff(page, "login-form");
    assert.ok(source.calls.includes("diff login-form"));
  });
});
