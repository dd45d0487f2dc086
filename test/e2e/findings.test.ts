import assert from "node:assert/strict";
import { join } from "node:path";
import { readScenario } from "../../src/demo/media";
import { ROOT } from "../workbench/root";
import { useWorkbench } from "../workbench/use-workbench";

const LOGIN = `/** The user of this name and password, or undefined. */
export async function login(db, name, password) {
  const user = await db.get(\`select * from users where name = '\${name}'\`);
  return user?.password == password ? user : undefined;
}
`;
const LIST = `/** Every entry once. */
export const once = (list) => list.filter((entry, i) => !list.slice(0, i).includes(entry));
`;

describe("a review with agents in the workbench", function () {
  this.timeout(300_000);
  const t = useWorkbench({
    // In a browser VS Code saves a second after a key; a slow machine then has nothing left to revert.
    settings: { "files.autoSave": "off" },
    prepare: (repo) => {
      repo.git("switch", "-qc", "login");
      repo.write("src/login.js", LOGIN);
      repo.write("src/list.js", LIST);
      repo.commit("Log in");
    },
    scenario: () => readScenario(join(ROOT, "test/fixtures/scenarios/planted-defects.yml")),
    fresh: "test",
    picture: "findings",
  });

  it("marks planted defects in editor and Problems, follows edits, has one mended, and writes a report", async () => {
    const w = t.workbench;
    const { became, picture } = t;
    const problems = () =>
      w.page
        .locator(".markers-panel .monaco-list-row")
        .evaluateAll((rows) => rows.map((row) => row.textContent?.replaceAll(/\s+/gu, " ").trim() ?? ""));

    await w.runCommand("Braid: Review Changes with Agents…");
    assert.deepEqual(await w.quickPickLabels(), ["Against a Branch…", "Last Commit", "Commit or Range…", "Folder…"]);
    await w.quickPick("Against a Branch…");
    await w.quickPick("main");
    await became("security", "queued");
    await w.runCommand("Braid: Approve Plan");
    for (const id of ["security", "quality", "performance", "coverage"]) await became(id, "done");

    await w.page.keyboard.press("ControlOrMeta+P");
    await w.page.locator(".quick-input-widget .quick-input-box input").fill("login.js");
    await w.quickPick("login.js");
    await w.page.locator(".monaco-editor .squiggly-error").first().waitFor();
    await w.page.locator(".monaco-editor .squiggly-warning").first().waitFor();
    await w.runCommand("Problems: Focus on Problems View");
    const rows = await w.waitFor("four findings in Problems", async () => {
      const found = await problems();
      return found.filter((row) => row.includes("Braid · reviewer")).length === 4 && found;
    });
    assert.ok(
      rows.some((row) => /^The name is pasted into the SQL text.*Braid · reviewer.*\[Ln 3/u.test(row)),
      rows.join("\n"),
    );
    assert.ok(
      rows.some((row) => /includes inside filter.*\[Ln 2/u.test(row)),
      rows.join("\n"),
    );
    assert.ok(!rows.some((row) => /Not of this repository/u.test(row)));
    await picture("findings");

    await w.runCommand("Braid: Open Report");
    const report = await w.webviewFrame(
      async (frame) => (await frame.locator("h2", { hasText: "Findings" }).count()) > 0,
    );
    const cells = await report.locator("table").last().locator("tbody tr").first().locator("td").allInnerTexts();
    assert.deepEqual(
      cells.slice(0, 2).map((cell) => cell.trim()),
      ["error", "src/login.js:3"],
    );
    await picture("report");
    await w.runCommand("View: Close Editor");

    await w.page.locator(".editor-group-container.active .monaco-editor .view-lines").first().click();
    await w.page.keyboard.press("ControlOrMeta+Home");
    await w.page.keyboard.insertText("// one more line\n");
    await w.waitFor("the finding to move", async () =>
      (await problems()).some((row) => /The name is pasted.*\[Ln 4/u.test(row)),
    );
    await w.runCommand("File: Revert File");

    await w.runCommand("Braid: Fix Findings…");
    await w.page.locator(".quick-input-widget .quick-input-list .monaco-list-row").first().waitFor();
    await w.page
      .locator(".quick-input-widget .quick-input-action", { hasText: "OK" })
      .or(w.page.locator(".quick-input-widget a.monaco-button", { hasText: "OK" }))
      .first()
      .click();
    await became("fix", "queued");
    await w.waitFor("the findings of the closed run to go", async () =>
      (await problems()).every((row) => !row.includes("Braid ·")),
    );
    await w.runCommand("Braid: Approve Plan");
    await became("fix", "ready to review");
    await w.runCommand("Braid: Accept");
    await became("fix", "accepted");
    assert.match(t.repo.read("src/login.js"), /where name = \?", name/u);
  });

  it("is started on a folder from the explorer", async () => {
    const w = t.workbench;
    // The explorer's menu has the command once the extension is known.
    await w.runCommand("View: Show Explorer");
    const item = w.page.locator(".context-view .action-label", { hasText: "Review Changes with Agents…" });
    await w.waitFor("the command in the folder's menu", async () => {
      await w.page.keyboard.press("Escape");
      await w.page
        .locator(".explorer-folders-view .monaco-list-row", { hasText: "src" })
        .first()
        .click({ button: "right" });
      return item
        .waitFor({ timeout: 2_000 })
        .then(() => true)
        .catch(() => false);
    });
    // A menu that has just opened takes no click yet, in case it was the one that opened it.
    await item.hover();
    await w.page.keyboard.press("Enter");
    await w.waitFor("the plan", async () =>
      (await w.treeRows("Run").catch(() => [])).some((row) => row.label.startsWith("coverage, queued")),
    );
    const asked = JSON.stringify(t.server.requests[0]?.body?.messages[0]);
    assert.match(asked, /To look at: the files in src, as of [0-9a-f]{40}:\\n- src\/list\.js\\n- src\/login\.js/u);
  });
});
