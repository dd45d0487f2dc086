import assert from "node:assert/strict";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { readScenario } from "../../src/demo/media";
import { startDemoServer, type DemoServer } from "../../src/demo/server";
import { tempRepo, type TempRepo } from "../support/temp-repo";
import { ROOT } from "../workbench/root";
import { serveWorkbench, type ServedWorkbench } from "../workbench/serve";
import { SCREENSHOTS } from "../workbench/walk";
import { Workbench } from "../workbench/workbench";

const LONG = Array.from({ length: 40 }, (_, i) => `line ${i + 1}\n`).join("");

describe("results in VS Code's own editors", function () {
  this.timeout(600_000);
  let repo: TempRepo;
  let served: ServedWorkbench | undefined;
  let server: DemoServer | undefined;
  let w: Workbench;

  before(async () => {
    mkdirSync(SCREENSHOTS, { recursive: true });
    repo = tempRepo({ "hello.txt": "first\nhello\nthird\n", "long.txt": LONG });
    const scenario = await readScenario(join(ROOT, "test/fixtures/scenarios/two-that-clash.yml"));
    server = await startDemoServer(scenario, { speed: 0 });
    served = await serveWorkbench({ folder: repo.dir, settings: { "braid.model.baseUrl": server.url } });
    w = await Workbench.open(served.url);
    await w.runCommand("Braid: Plan Goal…");
    await w.quickInput("Greet everybody");
    await status("signs", "queued");
    await w.runCommand("Braid: Approve Plan");
    for (const id of ["french", "german", "signs"]) await status(id, "ready to review");
  });
  afterEach(async function () {
    if (this.currentTest?.state === "failed") await w.screenshot(join(SCREENSHOTS, "review-native-failed.png"));
  });
  after(async () => {
    await w.close();
    await served?.dispose();
    await server?.dispose();
    repo.dispose();
  });

  const picture = (name: string) => w.screenshot(join(SCREENSHOTS, `${name}.png`));
  const status = (id: string, wanted: string) =>
    w.waitFor(`${id} to be ${wanted}`, async () => {
      const rows = await w.treeRows("Run").catch(() => []);
      return rows.some(({ label }) => label.startsWith(`${id}, ${wanted}`));
    });
  const row = (id: string) => w.page.locator(".sidebar .monaco-list-row[aria-level='2']", { hasText: id }).first();
  const button = (name: string) => w.page.locator(".editor-actions").getByRole("button", { name });
  const tab = (label: string) => w.page.locator(".tab.active", { hasText: label }).waitFor();

  it("go from one to the next, and in and out again, from the title bar of the multi-diff editor", async () => {
    await row("french").hover();
    await row("french").getByRole("button", { name: "Open Changes" }).click();
    await tab("Changes of french");
    await button("Accept").waitFor();
    await picture("native-multi-diff");
    await button("Next Result").click();
    await tab("Changes of german");
    await button("Previous Result").click();
    await tab("Changes of french");
    await button("Accept").click();
    await status("french", "accepted");
    assert.equal(repo.git("show", "HEAD:hello.txt"), "first\nbonjour\nthird");
    await button("Undo Accept").waitFor();
    await picture("native-accepted");
  });

  it("a part of an accept goes back, by what is ticked in a pick, and comes again", async () => {
    await w.runCommand("Braid: Undo Part of Accept…");
    const rows = w.page.locator(".quick-input-widget .monaco-list-row", { hasText: "long.txt" });
    await rows.nth(1).waitFor();
    await rows.nth(1).click();
    await picture("native-undo-part");
    await w.page.locator(".quick-input-widget").getByRole("button", { name: "OK" }).click();
    await w.waitFor("the hunk to be gone", async () => !repo.read("long.txt").includes("ligne 38"));
    assert.equal(repo.read("long.txt"), LONG.replace("line 2\n", "ligne 2\n"));
    await w.runCommand("Braid: Redo Accept");
    await w.waitFor("the hunk to be back", async () => repo.read("long.txt").includes("ligne 38"));
    await status("french", "accepted");
    await w.waitFor("the branch to follow", async () => repo.git("status", "--porcelain") === "");
  });

  it("a conflict is resolved by hand, in the merge editor, and is a result to review", async () => {
    await w.runAndPick("Braid: Resolve Conflict by Hand", "german");
    await w.page.locator(".merge-editor").waitFor();
    await w.page.locator(".merge-editor").getByText("1 Conflict Remaining").waitFor();
    await picture("native-by-hand");
    await w.page.locator(".merge-editor .result .view-line").first().click();
    await w.page.keyboard.press("ControlOrMeta+A");
    await w.page.keyboard.insertText("first\nbonjour und hallo\nthird\n");
    await w.page.locator(".merge-editor").getByText("0 Conflicts Remaining").waitFor();
    await w.runCommand("File: Save");
    await w.page.locator(".tab.dirty").waitFor({ state: "detached" });
    await w.runCommand("Braid: Accept Resolution");
    // What was edited is gone, and what became of it is shown.
    await tab("Changes of german");
    await status("german", "ready to review, implementer · attempt 2");
    assert.equal(await w.page.locator(".tab", { hasText: "hello.txt" }).count(), 0);
    await picture("native-resolved");
  });

  it("a conflict is resolved by an agent, on the branch as it is now, and the result is accepted", async () => {
    repo.write("hello.txt", "first\nciao\nthird\n");
    repo.commit("mine");
    await w.runCommand("Braid: Resolve Conflict with an Agent");
    await status("german", "ready to review, implementer · attempt 3");
    // The diff of attempt 2 is still on screen, and nothing is decided about attempt 3 from there.
    await button("Next Result").waitFor();
    assert.equal(await button("Accept").count(), 0);
    await w.runCommand("Braid: Reject…");
    await w.waitFor("the reject to be refused", async () =>
      (await w.notificationText()).some((text) => text.includes("has a newer result than the one shown")),
    );
    await w.runCommand("Braid: Open Changes");
    await w.page.locator(".multiDiffEntry .editor.modified .view-line", { hasText: "bonjour and hallo" }).waitFor();
    await picture("native-agent");
    await button("Accept").click();
    await status("german", "accepted");
    await w.waitFor("the branch to follow", async () => repo.git("status", "--porcelain") === "");
    assert.equal(repo.read("hello.txt"), "first\nbonjour and hallo\nthird\n");
  });

  it("a line tells who wrote it", async () => {
    await w.runCommand("View: Close All Editors");
    await w.openView("Explorer");
    await w.clickTreeRow("hello.txt");
    const line = w.page.locator(".editor-group-container.active .view-line", { hasText: "bonjour and hallo" });
    await line.click();
    await w.runCommand("Braid: Show Origin of Line");
    const shown = await w.webviewFrame(async (frame) => (await frame.getByText("hello.txt:2").count()) > 0);
    await shown.getByText("german").first().waitFor();
    await picture("native-origin");
    assert.match(await shown.locator("body").innerText(), /attempt 3.*Written in turn 1 by write/su);
  });
});
