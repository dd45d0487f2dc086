import assert from "node:assert/strict";
import { join } from "node:path";
import type { Frame } from "playwright-core";
import { readScenario } from "../../src/demo/media";
import { ROOT } from "../workbench/root";
import { useWorkbench } from "../workbench/use-workbench";
import type { Workbench } from "../workbench/workbench";

const lines = (changes: Readonly<Record<number, string>>) =>
  Array.from({ length: 30 }, (_, i) => `${changes[i + 1] ?? i + 1}\n`).join("");

describe("a review by hunks in the workbench", function () {
  this.timeout(300_000);
  const t = useWorkbench({
    files: { "list.txt": lines({}) },
    scenario: () => readScenario(join(ROOT, "test/fixtures/scenarios/three-hunks.yml")),
    fresh: "test",
    picture: "review-hunks",
  });
  beforeEach(async () => {
    await t.workbench.runCommand("Braid: Plan Goal…");
    await t.workbench.quickInput("Translate the list");
    await t.became("translate", "queued");
    await t.workbench.runCommand("Braid: Approve Plan");
    await t.became("translate", "ready to review");
  });

  it("takes what was ticked by keyboard alone, over a reload of the window, and gives it back", async () => {
    const w = t.workbench;
    await w.runCommand("Braid: Open Review");
    const panel = await openPanel(w);
    await panel.locator("#subtask-title").focus();
    await w.page.keyboard.press("n");
    await w.page.keyboard.press("n");
    assert.equal(await panel.evaluate(`document.activeElement.closest("[data-hunk]")?.dataset.hunk`), "2");
    await w.page.keyboard.press("x");
    await panel.getByRole("button", { name: "Accept 2 of 3 hunks" }).waitFor();
    await t.picture("review-hunks");
    // VS Code writes what it keeps for a workspace a moment later; a browser that is reloaded before has not got it.
    const results = t.repo.git("for-each-ref", "--format=%(objectname)", "refs/braid").trim().split("\n");
    await w.waitFor("the ticks to be stored", () => w.page.evaluate<boolean>(isStored(results)));
    await w.page.reload();
    await t.became("translate", "ready to review");
    await w.runCommand("Braid: Open Review");
    const again = await openPanel(w);
    await again.getByRole("button", { name: "Accept 2 of 3 hunks" }).waitFor();
    await again.locator("#subtask-title").focus();
    await w.page.keyboard.press("a");
    await t.became("translate", "accepted");
    assert.equal(t.repo.git("show", "HEAD:list.txt"), lines({ 1: "UN", 30: "TRENTE" }).trimEnd());
    assert.equal(t.repo.git("status", "--porcelain"), "");
    await again.locator("h2:focus").waitFor();
    // A part of it goes back, and comes again.
    await again.locator('[data-hunk="3"] .tick:enabled').uncheck();
    await again.getByRole("button", { name: "Undo 1 of 2 hunks" }).waitFor();
    await t.picture("review-undo-part");
    await again.locator("#subtask-title").focus();
    await w.page.keyboard.press("u");
    await again.getByText("Not accepted").nth(1).waitFor();
    assert.equal(t.repo.git("show", "HEAD:list.txt"), lines({ 1: "UN" }).trimEnd());
    await again.locator("#subtask-title").focus();
    await w.page.keyboard.press("U");
    // The button is gone as soon as the redo is under way; the tick is there once it has landed.
    await again.locator('[data-hunk="3"] .tick:enabled:checked').waitFor();
    await again.getByRole("button", { name: "Redo", exact: true }).waitFor({ state: "detached" });
    assert.equal(t.repo.git("show", "HEAD:list.txt"), lines({ 1: "UN", 30: "TRENTE" }).trimEnd());
    await again.locator("#subtask-title").focus();
    await w.page.keyboard.press("u");
    await t.became("translate", "ready to review");
    assert.equal(t.repo.git("show", "HEAD:list.txt"), lines({}).trimEnd());
    // What was left out stays out.
    await again.getByRole("button", { name: "Accept 2 of 3 hunks" }).waitFor();
    // Nothing conflicts: nothing to resolve.
    await w.page
      .locator(".sidebar .monaco-list-row[role=treeitem]", { hasText: "translate" })
      .first()
      .click({ button: "right" });
    const menu = w.page.locator(".monaco-menu .action-label");
    await menu.filter({ hasText: "Reject" }).waitFor();
    await t.picture("review-row-menu");
    assert.equal(await menu.filter({ hasText: "Resolve Conflict" }).count(), 0);
    await w.page.keyboard.press("Escape");
  });

  it("sends a comment written in VS Code's diff to the worker, and accepts what it made of it", async () => {
    const w = t.workbench;
    await w.openView("Braid");
    const row = w.page.locator(".sidebar .monaco-list-row[role=treeitem]", { hasText: "translate" }).first();
    await row.click();
    await row.locator(".monaco-tl-twistie").click();
    await w.clickTreeRow("list.txt");
    const editor = w.page.locator(".monaco-diff-editor .editor.modified");
    await editor.locator(".line-insert, .char-insert").first().waitFor();
    await editor.locator(".view-line", { hasText: "QUINCE" }).click();
    await w.runCommand("Comments: Add Comment on Current Selection");
    const field = w.page.locator(
      ".review-widget .monaco-editor textarea, .review-widget .monaco-editor .native-edit-context",
    );
    await field.first().waitFor();
    await w.page.keyboard.insertText("In words, please");
    await w.page.locator(".review-widget").getByRole("button", { name: "Add Comment" }).click();
    await w.page.locator(".review-widget .comment-body", { hasText: "In words, please" }).waitFor();
    await t.picture("review-comment");
    // From the title bar of the diff; the comment goes along.
    await w.page.locator(".editor-actions").getByRole("button", { name: "Request Changes…" }).click();
    await w.page.locator(".quick-input-widget").getByText("1 comment goes along").waitFor();
    await w.page.keyboard.press("Enter");
    await w.waitFor("the second attempt", async () => {
      const refs = t.repo.git("for-each-ref", "--format=%(refname)", "refs/braid");
      return /\/1\/2$/mu.test(refs);
    });
    await t.became("translate", "ready to review");
    await w.runCommand("Braid: Show What Changed Since Last Attempt");
    await w.page.locator(".tab.active", { hasText: "translate since attempt 1" }).waitFor();
    const since = w.page.locator(".editor-group-container.active .monaco-diff-editor");
    await since.locator(".editor.original .view-line", { hasText: "QUINCE" }).waitFor();
    await since.locator(".editor.modified .view-line", { hasText: "quinze" }).waitFor();
    // The comment is there again, as one that was sent, and folded up: its line changed.
    await w.page.locator(".comments-panel", { hasText: "You, of the last attempt" }).waitFor();
    assert.equal(await w.page.locator(".review-widget", { hasText: "In words, please" }).count(), 0);
    await t.picture("review-since");
    await w.runCommand("Braid: Accept");
    await t.became("translate", "accepted");
    assert.equal(t.repo.git("show", "HEAD:list.txt"), lines({ 1: "UN", 15: "quinze", 30: "TRENTE" }).trimEnd());
  });
});

async function openPanel(w: Workbench): Promise<Frame> {
  const panel = await w.webviewFrame(async (frame) => (await frame.locator("[data-file]").count()) > 0);
  await panel
    .getByRole("button", { name: /^Accept(?! All)/u })
    .and(panel.locator(":enabled"))
    .waitFor();
  return panel;
}

/** An expression for the page: whether its storage names one of these. */
function isStored(names: readonly string[]): string {
  return `(async () => {
    const done = (request) => new Promise((resolve, reject) => {
      request.onsuccess = () => resolve(request.result);
      request.onerror = () => reject(request.error);
    });
    for (const { name } of await indexedDB.databases()) {
      const database = await done(indexedDB.open(name));
      try {
        for (const store of database.objectStoreNames) {
          const values = await done(database.transaction(store).objectStore(store).getAll());
          if (${JSON.stringify(names)}.some((one) => JSON.stringify(values).includes(one))) return true;
        }
      } finally {
        database.close();
      }
    }
    return false;
  })()`;
}
