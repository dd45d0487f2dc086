import assert from "node:assert/strict";
import type { RunEvent } from "../../src/core/state/events";
import { failure } from "../../src/core/failure";
import { Plan } from "../../src/core/plan/plan";
import { Report } from "../../src/core/report";
import { halfwayRun, proposedRun } from "./panel/fixture";
import { drawn, panelSuite, shownDiff, texts } from "./panel/suite";

/** A run of so many subtasks, each of which was worked on. */
function wideRun(count: number): readonly RunEvent[] {
  const ids = Array.from({ length: count }, (_, i) => `part-${i + 1}`);
  const plan = Plan.parse({ task: "Many", subtasks: ids.map((id) => ({ id })) });
  const [created] = proposedRun();
  assert.ok(created);
  return [
    created,
    { type: "plan.proposed", plan, by: "file" },
    { type: "plan.approved", plan, skipped: [] },
    ...ids.flatMap((subtask): readonly RunEvent[] => [
      { type: "subtask.started", subtask, attempt: 1, base: "0", restsOn: [], worktree: "/w", model: "m" },
      { type: "subtask.finished", subtask, attempt: 1, report: Report.parse({ summary: "Done." }), result: null },
    ]),
  ];
}

describe("the timeline in the panel, in Chromium", () => {
  const panel = panelSuite();
  const open = async (events: readonly RunEvent[]) => {
    const opened = await panel(events);
    await opened.page.locator(".timeline > summary").click();
    await opened.page.locator(".timeline .line").first().waitFor();
    return opened;
  };

  it("costs nothing until it is opened", async () => {
    const { page } = await panel(halfwayRun());
    assert.match(await page.locator(".timeline > summary").innerText(), /Timeline\s+5 subtasks in 11m/u);
    assert.equal(await page.locator(".timeline .line").count(), 0);
  });

  it("is walked by keyboard, and Enter goes to the subtask", async () => {
    const { page } = await open(halfwayRun());
    await page.locator(".timeline .line").first().focus();
    for (const key of ["ArrowDown", "ArrowDown", "ArrowDown", "End", "Home", "ArrowDown"]) {
      await page.keyboard.press(key);
      await page.waitForTimeout(50);
    }
    assert.equal(await page.evaluate(`document.activeElement.dataset.row`), "auth-design");
    await page.keyboard.press("Enter");
    await page.locator("#subtask-title", { hasText: "auth-design" }).waitFor();
    assert.equal(await page.locator(".timeline [tabindex='0']").count(), 1);
  });

  it("says the same in words and as a table", async () => {
    const { page } = await open(halfwayRun());
    assert.match(
      (await page.locator('.timeline [data-row="rate-limit"]').getAttribute("aria-label")) ?? "",
      /^rate-limit, 9m 15s to 10m 29s, worked 1m 14s, waited 1m 14s, \$0\.29$/u,
    );
    await page.getByRole("button", { name: "Show as a table" }).click();
    assert.deepEqual(await texts(page, ".timeline tbody tr:nth-child(2) > *"), [
      "auth-design ◆ critical path",
      "2m 28s",
      "3m 42s",
      "1m 14s",
      "",
      "1",
      "$0.29",
    ]);
  });

  it("draws what is in sight of 1,000 lines, and the keys reach the last", async () => {
    const { page } = await open(wideRun(1000));
    assert.ok((await page.locator(".timeline .line").count()) < 40);
    await page.locator(".timeline .line").first().focus();
    await page.keyboard.press("End");
    await page.locator('.timeline [data-row="part-1000"]:focus').waitFor();
    assert.ok((await page.locator(".timeline .line").count()) < 40);
  });

  it("follows the run without drawing what did not change", async () => {
    const { page, source } = await open(halfwayRun());
    await page.evaluate(`document.querySelector('.timeline [data-row="auth-design"]').marked = true`);
    source.record({
      type: "subtask.finished",
      subtask: "auth-tests",
      attempt: 1,
      report: Report.parse({ summary: "Done." }),
      result: null,
    });
    await page.locator('.timeline [data-row="auth-tests"][aria-label*=" to "]').waitFor();
    assert.equal(await page.evaluate(`document.querySelector('.timeline [data-row="auth-design"]').marked`), true);
  });

  it("moves nothing that is being read when a merge, a synthesis or a look at the user's files comes or goes", async () => {
    const events = halfwayRun().map((event) =>
      event.type === "plan.approved" || event.type === "plan.proposed"
        ? { ...event, plan: { ...event.plan, integration: { strategy: "synthesize" as const, validation_tests: [] } } }
        : event,
    );
    const { page, source, requests } = await panel(events);
    await shownDiff(page, "session-store");
    await drawn(page);
    const top = (selector: string) =>
      page.evaluate<number>(`document.querySelector("${selector}").getBoundingClientRect().top`);
    const tops = () => Promise.all([".plan", ".queue h2", "#subtask-title", "main [data-file]"].map(top));
    const before = await tops();
    // Icons are in the page as its words are.
    assert.equal(await page.evaluate(`document.fonts.check("16px codicon", "\\uea70")`), true);
    assert.equal(
      requests.some((path) => path.endsWith(".ttf")),
      false,
    );
    const foot = page.locator("footer.now");
    assert.equal(await foot.count(), 0);
    source.record({ type: "queue.started", subtasks: ["session-store"] });
    await foot.getByText("Merging and checking session-store…").waitFor();
    await foot.getByRole("button", { name: "Stop" }).waitFor();
    assert.deepEqual(await tops(), before);
    source.record({ type: "queue.ended" });
    await foot.waitFor({ state: "detached" });
    source.record({ type: "synthesis.started" });
    await page.getByText("the reports are brought together…").waitFor();
    assert.deepEqual(await tops(), before);
    source.record({ type: "synthesis.completed", report: Report.parse({ summary: "All is well." }) });
    await page.getByText("nothing open").waitFor();
    assert.deepEqual(await tops(), before);
    // And once nobody is at work, what became of the user's own files.
    const gaveUp = failure("limit.turns", "The worker used all of its 40 turns.");
    source.record({ type: "subtask.failed", subtask: "auth-tests", attempt: 1, failure: gaveUp, result: null });
    await page.getByRole("list", { name: "Run" }).getByText("Ready to review").waitFor();
    const heading = await top("#subtask-title");
    source.record({
      type: "tree.compared",
      moment: "end",
      digests: { files: "f", index: "i", refs: "r" },
      differences: [],
      counts: { braid: 0, you: 0, unknown: 0 },
      durationMs: 1,
    });
    await foot.getByText("are as they were").waitFor();
    assert.equal(await top("#subtask-title"), heading);
  });
});
