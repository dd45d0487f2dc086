import assert from "node:assert/strict";
import type { Page } from "playwright-core";
import { Amendment } from "../../src/core/amendment/amendment";
import { failure } from "../../src/core/failure";
import { Report } from "../../src/core/report";
import { FakeSource } from "./panel/fake-source";
import { halfwayRun } from "./panel/fixture";
import { drawn, focused, panelSuite, shownDiff, until } from "./panel/suite";

/** Whether the problem is below the head of its subtask, and above the end of the window. */
const IN_SIGHT = `(() => {
  const top = document.querySelector("main .problem").getBoundingClientRect().top;
  return top >= document.querySelector(".subtask-head").getBoundingClientRect().bottom && top < innerHeight;
})()`;

describe("deciding in the review panel", () => {
  const panel = panelSuite();

  it("accepts the commit that is on screen, says so and puts the focus on the heading", async () => {
    const { page, source } = await panel(halfwayRun());
    await shownDiff(page, "session-store");
    await page.getByRole("button", { name: "Accept", exact: true }).click();
    await page.getByRole("status").filter({ hasText: "session-store: Accepted." }).waitFor();
    await page.locator("h2:focus", { hasText: "session-store" }).waitFor();
    assert.deepEqual(source.decisions, ["accept session-store 1111"]);
    assert.equal(await page.getByRole("button", { name: "Undo Accept", exact: true }).isEnabled(), true);
    await page.getByRole("button", { name: "Next to review: rate-limit" }).click();
    await page.locator("#subtask-title", { hasText: "rate-limit" }).waitFor();
  });

  it("shows a refusal with its way out, until it is dismissed", async () => {
    const { page, source } = await panel(halfwayRun());
    await shownDiff(page, "session-store");
    source.refuseNext = failure("tree.in-the-way", "src/session.ts has local changes.", {
      hint: "Commit them, then accept again.",
    });
    await page.getByRole("button", { name: "Accept", exact: true }).click();
    const alert = page.getByRole("alert");
    await alert.waitFor();
    assert.match(await alert.innerText(), /src\/session\.ts has local changes\.\s+Commit them, then accept again\./u);
    assert.equal(source.status("session-store"), "review");
    await page.getByRole("button", { name: "Dismiss" }).click();
    await alert.waitFor({ state: "detached" });
  });

  it("brings why an accept came to nothing into sight, and says it once", async () => {
    const { page, source } = await panel(halfwayRun(), { height: 500 });
    await shownDiff(page, "session-store");
    await drawn(page);
    const why = failure("checks.failed", "With it merged, `npm test` fails.", { hint: "Retry it." });
    source.record({ type: "accept.abandoned", subtask: "session-store", failure: why });
    const said = page.locator("main .problem").filter({ hasText: "npm test` fails" });
    await said.filter({ hasText: "The last accept came to nothing." }).waitFor();
    // As the accept threw it, and as the log has it.
    source.refuseNext = why;
    await page.evaluate("document.querySelector('main').scrollTo(0, 1e6)");
    await until(page, `!${IN_SIGHT}`);
    await page.getByRole("button", { name: "Accept", exact: true }).click();
    await until(page, IN_SIGHT);
    assert.equal(await said.count(), 1);
    // Put away it stays away, until a new try comes to the same.
    await page.getByRole("alert").getByRole("button", { name: "Dismiss" }).click();
    await said.waitFor({ state: "detached" });
    source.refuseNext = why;
    await page.getByRole("button", { name: "Accept", exact: true }).click();
    await said.waitFor();
  });

  it("offers the way past commit hooks that keep a result out, or in", async () => {
    const { page, source } = await panel(halfwayRun());
    await shownDiff(page, "session-store");
    const refused = failure("hook.failed", "A commit hook or the signing refused the commit.", { detail: "no tests" });
    source.refuseNext = refused;
    await page.getByRole("button", { name: "Accept", exact: true }).click();
    await page.getByRole("alert").filter({ hasText: "refused the commit" }).waitFor();
    await page.getByRole("button", { name: "Accept Without Hooks" }).click();
    await page.getByRole("status").filter({ hasText: "session-store: Accepted." }).waitFor();
    source.refuseNext = refused;
    await page.getByRole("button", { name: "Undo Accept", exact: true }).click();
    await page.getByRole("button", { name: "Undo Without Hooks" }).click();
    await page.getByRole("status").filter({ hasText: "accept undone" }).waitFor();
    await page.getByRole("button", { name: "Accept Again", exact: true }).click();
    await page.getByRole("status").filter({ hasText: "session-store: Accepted." }).waitFor();
    assert.deepEqual(
      source.calls.filter((call) => call.endsWith("without hooks")),
      ["accept session-store 1111 without hooks", "undo session-store 1111 without hooks"],
    );
  });

  it("rejects with a reason: Enter sends, Escape leaves", async () => {
    const { page, source } = await panel(halfwayRun());
    await shownDiff(page, "session-store");
    await page.keyboard.press("r");
    const reason = page.getByLabel("Reason (optional)");
    await reason.waitFor();
    assert.equal(await focused(page), "INPUT");
    await page.keyboard.type("ajr"); // Text, not keys of the panel.
    await page.keyboard.press("Escape");
    await reason.waitFor({ state: "detached" });
    assert.match(await focused(page), /Reject…/u);
    assert.equal(source.status("session-store"), "review");
    await page.keyboard.press("r");
    await reason.fill("  use the store we have  ");
    await page.keyboard.press("Enter");
    await page.locator("h2:focus").waitFor();
    assert.deepEqual(source.decisions, ["reject session-store 1111 use the store we have"]);
    await page.locator(".reason-text", { hasText: "use the store we have" }).waitFor();
  });

  it("decides on an amendment by the number that is on screen", async () => {
    const amendment = Amendment.parse({
      reason: "\u202eThe survey found more.",
      add: [{ id: "mend", description: "Mend <b>it</b>", verify: ["npm test"] }],
      drop: ["security-review"],
      sequential: true,
    });
    const { page, source } = await panel([
      ...halfwayRun(),
      { type: "amendment.proposed", number: 3, amendment, by: "planner" },
    ]);
    const part = page.getByRole("region", { name: "Amendment 3 waits for approval" });
    await part.waitFor();
    const text = await part.innerText();
    assert.match(text, /Added\s+mend\s+implementer: Mend <b>it<\/b>\s+Dropped\s+security-review\s+will not be/u);
    assert.match(text, /Order\s+one worker at a time from now on\s+Will run in the sandbox\s+npm test/u);
    assert.ok(!text.includes("\u202e"));
    source.refuseNext = failure("run.state", "Amendment 3 no longer fits the run.", { hint: "Decline it." });
    await part.getByRole("button", { name: "Approve Amendment" }).click();
    await page.getByRole("alert").filter({ hasText: "no longer fits the run. Decline it." }).waitFor();
    await part.getByRole("button", { name: "Decline…" }).click();
    await page.getByLabel("Reason (optional)").fill("not now");
    await page.keyboard.press("Enter");
    await part.waitFor({ state: "detached" });
    assert.deepEqual(source.decisions.slice(-2), ["approve amendment 3", "decline amendment 3 not now"]);
  });

  it("goes everywhere by keyboard", async () => {
    const { page, source } = await panel(halfwayRun());
    await shownDiff(page, "session-store");
    await page.keyboard.press("j");
    await shownDiff(page, "rate-limit");
    assert.match(await focused(page), /rate-limit/u);
    await page.keyboard.press("ArrowUp");
    await page.locator("#subtask-title", { hasText: "session-store" }).waitFor();
    await page.keyboard.press("End");
    await page.locator("#subtask-title", { hasText: "security-review" }).waitFor();
    await page.keyboard.press("Home");
    await page.keyboard.press("k");
    await page.locator("#subtask-title", { hasText: "session-store" }).waitFor();
    assert.equal(await page.locator('.queue [tabindex="0"]').count(), 1, "the queue is one Tab stop");
    // Files are drawn one after the other, as the page has time.
    await page.locator('[data-file="src/session.test.ts"]').waitFor();
    await page.keyboard.press("N");
    assert.equal(await focusedFile(page), "src/session.ts");
    await page.keyboard.press("N");
    assert.equal(await focusedFile(page), "src/session.test.ts");
    await page.keyboard.press("N");
    assert.equal(await focusedFile(page), "src/session.test.ts");
    await page.keyboard.press("o");
    await page.keyboard.press("P");
    assert.equal(await focusedFile(page), "src/session.ts");
    await page.keyboard.press("Enter");
    assert.equal(await page.locator(':focus[aria-expanded="false"]').count(), 1);
    await page.keyboard.press("a");
    await page.getByRole("status").filter({ hasText: "session-store: Accepted." }).waitFor();
    assert.deepEqual(source.decisions, ["openDiff session-store src/session.test.ts", "accept session-store 1111"]);
  });

  it("cannot accept what is not on screen", async () => {
    const source = new FakeSource(halfwayRun());
    let show: (() => void) | undefined;
    const review = source.review.bind(source);
    const held = Object.assign(source, {
      review: (subtask: string, commit: string) =>
        new Promise<Awaited<ReturnType<typeof review>>>((resolve) => (show = () => resolve(review(subtask, commit)))),
    });
    const { page } = await panel([], { source: held });
    await page.getByRole("region", { name: "Loading the diff" }).waitFor();
    await page.keyboard.press("a");
    assert.equal(await page.getByRole("button", { name: "Accept", exact: true }).isDisabled(), true);
    assert.equal(await page.getByRole("button", { name: "Reject…" }).isEnabled(), true);
    show?.();
    await shownDiff(page, "session-store");
    assert.equal(await page.getByRole("button", { name: "Accept", exact: true }).isEnabled(), true);
    assert.deepEqual(source.calls, ["diff session-store"]);
  });

  it("offers another try when the diff cannot be had", async () => {
    const source = new FakeSource(halfwayRun());
    const review = source.review.bind(source);
    let tries = 0;
    const flaky = Object.assign(source, {
      review: async (subtask: string, commit: string) => {
        tries += 1;
        // Once while the page is made, and once for the page.
        if (tries <= 2) throw new Error("git ended with 128");
        return review(subtask, commit);
      },
    });
    const { page } = await panel([], { source: flaky });
    await page.getByRole("alert").filter({ hasText: "git ended with 128" }).waitFor();
    assert.equal(await page.getByRole("button", { name: "Accept", exact: true }).isDisabled(), true);
    await page.getByRole("button", { name: "Try Again" }).click();
    await shownDiff(page, "session-store");
  });

  it("replaces the diff when a retry brings a new result, and decides on that one", async () => {
    const { page, source } = await panel(halfwayRun());
    await shownDiff(page, "session-store");
    await page.getByRole("button", { name: "Request Changes…" }).click();
    await page.getByLabel("What should be different?").fill("again");
    await page.keyboard.press("Control+Enter");
    await page.getByText("Not started.").waitFor();
    const commit = "9".repeat(40);
    source.diffOverride = [{ path: "src/second.ts", status: "added", binary: false, hunks: [] }];
    source.record({
      type: "subtask.started",
      subtask: "session-store",
      attempt: 2,
      base: commit,
      restsOn: [],
      worktree: "/w",
      model: "m",
    });
    source.record({
      type: "subtask.finished",
      subtask: "session-store",
      attempt: 2,
      report: Report.parse({ summary: "Again." }),
      result: { commit, tree: commit, files: [{ path: "src/second.ts", status: "added" }] },
    });
    await page.locator('[data-file="src/second.ts"]').waitFor();
    await page.getByText("attempt 2").waitFor();
    await page.getByRole("button", { name: "Accept", exact: true }).click();
    await page.getByRole("status").filter({ hasText: "Accepted" }).waitFor();
    assert.deepEqual(source.decisions, ["request session-store again", "accept session-store 9999"]);
  });

  it("offers what can be decided, and nothing that cannot", async () => {
    const { page, source } = await panel(halfwayRun());
    const next = "Next to review: session-store";
    const rows: readonly (readonly [string, readonly string[]])[] = [
      ["session-store", ["Accept", "Request Changes…", "Reject…"]],
      ["rate-limit", ["Accept with Dependencies", "Request Changes…", "Reject…"]],
      ["auth-design", ["Retry", next]],
      ["auth-tests", ["Message…", "Stop", next]],
      ["security-review", [next]],
    ];
    for (const [subtask, expected] of rows) {
      await page.locator(`[data-subtask="${subtask}"]`).click();
      if (expected[0]?.startsWith("Accept") === true) await shownDiff(page, subtask);
      await page.locator("#subtask-title", { hasText: subtask }).waitFor();
      assert.deepEqual(await page.locator(".subtask-head button:enabled").allInnerTexts(), expected);
      assert.equal(await page.locator(".subtask-head button:disabled").count(), 0, subtask);
    }
    // What is left by then is partial work of a worker that failed: nothing of it is ready, and nothing passes.
    for (const subtask of ["session-store", "login-form"])
      source.record({ type: "subtask.rejected", subtask, reason: "no" });
    await page.getByRole("heading", { name: "Left unfinished (1)" }).waitFor();
    assert.equal(await page.getByRole("button", { name: "Accept All Passing" }).count(), 0);
  });

  it("follows the run to who needs its reader, until they look at a subtask", async () => {
    const events = halfwayRun();
    const done = (id: string) => events.find((e) => e.type === "subtask.finished" && e.subtask === id);
    const begun = events.findLastIndex((e) => e.type === "subtask.started" && e.subtask === "login-form") + 1;
    const { page, source, service } = await panel(events.slice(0, begun));
    const shows = (id: string) => page.locator("#subtask-title", { hasText: id }).waitFor();
    await shows("session-store");
    for (const id of ["login-form", "session-store"] as const) {
      const event = done(id);
      assert.ok(event);
      source.record(event);
      await shows("login-form");
    }
    // Commands of the palette act on what is on screen.
    assert.equal(service.selected, "login-form");
    await page.locator("#subtask-title").click();
    source.record({ type: "subtask.rejected", subtask: "login-form", reason: "no" });
    await page.getByRole("list", { name: "Subtask" }).filter({ hasText: "Rejected" }).waitFor();
    await shows("login-form");
  });
});

function focusedFile(page: Page): Promise<string | undefined> {
  return page.evaluate(`document.activeElement.closest("[data-file]")?.dataset.file`);
}
