import assert from "node:assert/strict";
import type { Page } from "playwright-core";
import { parseDiff } from "../../src/core/review/hunks";
import { MAX_HUNKS } from "../../src/protocol/outline";
import { FakeSource } from "./panel/fake-source";
import { halfwayRun, RESULTS } from "./panel/fixture";
import { focused, panelSuite, shownDiff, texts, until } from "./panel/suite";

describe("ticks in the review panel", () => {
  const panel = panelSuite();

  it("reviews hunk by hunk by keyboard alone: what was ticked is what is accepted", async () => {
    const { page, source } = await panel(halfwayRun());
    await shownDiff(page, "session-store");
    assert.equal(await accept(page).innerText(), "Accept");
    await page.keyboard.press("n");
    assert.equal(await focusedPlace(page), "src/session.ts#1");
    await page.keyboard.press("x");
    assert.equal(await accept(page).innerText(), "Accept 2 of 3 changes");
    await page.keyboard.press("n");
    assert.equal(await focusedPlace(page), "src/session.ts#2");
    await page.keyboard.press("Space");
    await page.getByRole("button", { name: "Accept 1 of 3 changes" }).waitFor();
    await page.keyboard.press("Space");
    await page.getByRole("button", { name: "Accept 2 of 3 changes" }).waitFor();
    await page.keyboard.press("n");
    assert.equal(await focusedPlace(page), "src/session.test.ts");
    await page.keyboard.press("X");
    await page.getByRole("button", { name: "Accept 1 of 3 changes" }).waitFor();
    await page.keyboard.press("p");
    assert.equal(await focusedPlace(page), "src/session.ts#2");
    await page.keyboard.press("a");
    await page.locator("h2:focus", { hasText: "session-store" }).waitFor();
    assert.deepEqual(source.decisions, ["accept session-store 1111 src/session.ts#2 src/session.test.ts#none"]);
    // The focus is where one can go on: undo, or the next subtask.
    await page.keyboard.press("u");
    await page.getByRole("button", { name: "Accept 1 of 3 changes" }).waitFor();
    assert.equal(source.calls.includes("undo session-store 1111"), true);
    await page.keyboard.press("j");
    await page.locator("#subtask-title", { hasText: "rate-limit" }).waitFor();
  });

  it("takes a part of an accept back, by box or key, and brings again what was undone", async () => {
    const { page, source } = await panel(halfwayRun());
    await shownDiff(page, "session-store");
    await page.getByLabel("Take src/session.test.ts").uncheck();
    await page.getByRole("button", { name: "Accept 2 of 3 changes" }).click();
    await page.getByRole("button", { name: "Undo Accept", exact: true }).waitFor();
    // What was not accepted cannot be taken back; what was can.
    const [other, second] = [page.getByLabel("Take src/session.test.ts"), page.getByLabel("Hunk 2, lines from 22")];
    await until(page, `document.querySelector('[data-hunk="2"] .tick')?.disabled === false`);
    assert.deepEqual([await other.isDisabled(), await other.isChecked()], [true, false]);
    await second.uncheck({ force: true });
    await page.getByText("Goes back").waitFor();
    await page.getByRole("button", { name: "Undo 1 of 2 hunks" }).click();
    await page.getByText("Not accepted").waitFor();
    assert.deepEqual([await second.isDisabled(), await second.isChecked()], [true, false]);
    assert.equal(source.decisions.at(-1), "undo session-store 1111 src/session.ts#2");
    await page.getByRole("button", { name: "Redo", exact: true }).waitFor();
    // The rest goes with the key, whole.
    await page.locator("#subtask-title").focus();
    await page.keyboard.press("u");
    await page
      .getByRole("button", { name: /^Accept/u })
      .first()
      .waitFor();
    assert.equal(source.calls.filter((call) => call.startsWith("undo")).at(-1), "undo session-store 1111");
    // What is ticked is what lands: a redo would have taken what was ticked before.
    assert.equal(await page.getByRole("button", { name: /^Redo/u }).count(), 0);
    await page.keyboard.press("U");
    await page.keyboard.press("a");
    await page.getByRole("button", { name: "Undo Accept", exact: true }).waitFor();
    assert.deepEqual(
      source.calls.filter((call) => call.startsWith("redo")),
      [],
    );
  });

  it("keeps ticks and marks over a reload of the page, and forgets ticks with the result", async () => {
    const { page, source } = await panel(halfwayRun());
    await shownDiff(page, "session-store");
    await page.getByLabel("Hunk 2, lines from 22").uncheck({ force: true });
    await page.getByLabel("Viewed: src/session.test.ts").check();
    await page.getByRole("button", { name: "Accept 2 of 3 changes" }).waitFor();
    await page.reload();
    await shownDiff(page, "session-store");
    await page.getByRole("button", { name: "Accept 2 of 3 changes" }).waitFor();
    assert.equal(await page.getByLabel("Hunk 2, lines from 22").isChecked(), false);
    const half = await page.evaluate(`document.querySelector('[aria-label="Take src/session.ts"]').indeterminate`);
    assert.equal(half, true);
    // What was viewed is folded, until it changes.
    assert.equal(
      await page.locator('[data-file="src/session.test.ts"] .file-toggle').getAttribute("aria-expanded"),
      "false",
    );
    const commit = "9".repeat(40);
    source.diffOverride = parseDiff(RESULTS["session-store"].diff.replace('it("opens"', 'it("opens again"'));
    for (const event of halfwayRun())
      if (event.type === "subtask.finished" && event.subtask === "session-store" && event.result !== null)
        source.record({ ...event, result: { ...event.result, commit } });
    await page.locator('[data-file="src/session.test.ts"] .file-toggle[aria-expanded="true"]').waitFor();
    assert.equal(await accept(page).innerText(), "Accept");
  });

  it("holds configuration that runs later apart, and takes it only when it is ticked", async () => {
    const source = new FakeSource(
      halfwayRun().map((event) =>
        event.type === "subtask.finished" && event.subtask === "login-form" && event.result !== null
          ? {
              ...event,
              result: {
                ...event.result,
                executable: [{ path: "bin/serve", reason: "git runs it as a hook", blob: "c".repeat(40) }],
              },
            }
          : event,
      ),
    );
    const { page } = await panel([], { source });
    await page.locator('[data-subtask="login-form"]').click();
    await shownDiff(page, "login-form");
    const apart = page.getByRole("region", { name: "Configuration that runs later" });
    assert.deepEqual(await texts(page, "[data-file] .path"), [
      "logo.png",
      "form.html → pages/login.html",
      "old.css",
      "win.txt",
      "end.txt",
      "current",
      "vendor/lib",
      "empty.txt",
      "tricky.ts",
      "bin/serve",
    ]);
    assert.match(await apart.innerText(), /Runs later: git runs it as a hook\./u);
    assert.equal(await apart.getByLabel("Take bin/serve", { exact: true }).isChecked(), false);
    await page.getByRole("button", { name: "Accept 9 of 10 changes" }).waitFor();
    // The box above all files is about those that do nothing by themselves.
    await page.getByLabel("Take all files").uncheck({ force: true });
    await page.getByRole("button", { name: "Accept 0 of 10 changes" }).waitFor();
    assert.equal(await accept(page).isDisabled(), true);
    await apart.getByLabel("Take bin/serve", { exact: true }).check({ force: true });
    await page.getByRole("button", { name: "Accept 1 of 10 changes" }).click();
    await page.locator("h2:focus").waitFor();
    assert.match(
      source.decisions.at(-1) ?? "",
      /^accept login-form 2222 logo\.png#none .*tricky\.ts#none config bin\/serve$/u,
    );
  });

  it("offers what it rests on in the same step, and says where it would conflict", async () => {
    const source = new FakeSource(halfwayRun());
    source.forecast = {
      ...source.forecast,
      conflicts: [{ kind: "add/add", paths: ["src/limits.ts"], message: "CONFLICT" }],
      conflictHunks: [{ path: "src/limits.ts", hunks: [{ line: 3, ours: ["a"], base: null, theirs: ["b"] }] }],
    };
    const { page } = await panel([], { source });
    await page.locator('[data-subtask="rate-limit"]').click();
    const before = page.getByRole("region", { name: "Before you decide" });
    await before.getByText("both added it").waitFor();
    const text = await before.innerText();
    assert.match(
      text,
      /Did not finish.*\n[\s\S]*Is large: 2000 lines in 1 file\.[\s\S]*Rests on session-store, not decided yet\.[\s\S]*session-store would go in along: `npm run lint` failed\./u,
    );
    // Whoever resolves it starts from what is decided.
    for (const name of ["Resolve with an Agent", "Resolve by Hand"])
      assert.equal(await before.getByRole("button", { name }).isDisabled(), true);
    await page.getByRole("button", { name: "Accept with Dependencies" }).click();
    await page.locator("h2:focus").waitFor();
    assert.equal(source.decisions.at(-1), "accept rate-limit 3333 with dependencies session-store");
  });

  it("knows what other decisions change: what it rests on, and where the branch is", async () => {
    const { page, source } = await panel(halfwayRun());
    await page.locator('[data-subtask="rate-limit"]').click();
    await page.getByRole("button", { name: "Accept with Dependencies" }).waitFor();
    source.forecast = {
      ...source.forecast,
      target: "7".repeat(40),
      conflicts: [{ kind: "markers", paths: ["src/limits.ts"], message: "left" }],
    };
    source.record({ type: "accept.completed", subtask: "session-store", commit: "7".repeat(40) });
    await page.getByText("src/limits.ts: markers of the conflict are left in it").waitFor();
    await page.getByRole("button", { name: "Resolve by Hand" }).click();
    await page.getByText("rate-limit: the conflict opens.").waitFor({ state: "attached" });
    assert.ok(source.calls.includes("resolve by hand rate-limit"));
    await page.getByRole("button", { name: "Accept", exact: true }).click();
    await page.locator("h2:focus").waitFor();
    assert.equal(source.decisions.at(-1), "accept rate-limit 3333");
  });

  it("shows what is being merged, and stops it", async () => {
    const { page, source } = await panel(halfwayRun());
    await page.getByRole("button", { name: "Accept All Passing" }).click();
    source.record({ type: "queue.started", subtasks: ["session-store", "login-form"] });
    await page.getByText("Merging and checking session-store, login-form…").waitFor();
    await page.getByRole("button", { name: "Stop", exact: true }).click();
    source.record({ type: "queue.ended" });
    await page.getByText("Merging and checking").waitFor({ state: "detached" });
    assert.deepEqual(source.decisions, ["accept passing session-store rate-limit login-form", "cancel merge"]);
  });

  it("gathers comments on hunks into one request for changes, by keyboard", async () => {
    const { page, source, service } = await panel(halfwayRun());
    await shownDiff(page, "session-store");
    await page.keyboard.press("n");
    await page.keyboard.press("c");
    const field = page.getByLabel("What should be different here?");
    await field.waitFor();
    await page.keyboard.type("axn <b>why</b>"); // Text, not keys of the panel.
    await page.keyboard.press("Control+Enter");
    await page
      .locator(".comment", { hasText: "Line 3 as it was before, not sent yet" })
      .or(page.locator(".comment", { hasText: "Line 3, not sent yet" }))
      .waitFor();
    assert.match(await focused(page), /Comment/u);
    // One written in VS Code's own diff, on a line the panel does not show.
    const written = { path: "src/session.ts", side: "result", line: 99, text: "and here" } as const;
    await source.marks.comment("1".repeat(40), [...source.marks.comments("1".repeat(40)), written]);
    await page.locator(".comment", { hasText: "and here" }).waitFor();
    await page.reload();
    await shownDiff(page, "session-store");
    assert.equal(await page.locator(".comment").count(), 2);
    await page.keyboard.press("g");
    const request = page.getByLabel("What should be different, beside 2 comments?");
    await request.waitFor();
    await page.keyboard.type("more tests");
    await page.keyboard.press("Control+Enter");
    await page.getByText("Not started.").waitFor();
    assert.deepEqual(
      source.calls.filter((call) => call.startsWith("request")),
      ["request session-store more tests | src/session.ts:3 axn <b>why</b> | src/session.ts:99 and here"],
    );
    await page.getByText("You asked this attempt for changes").waitFor();
    assert.equal(service.selected, "session-store");
  });

  it("turns down with a reason what stays out and was commented on", async () => {
    const { page, source } = await panel(halfwayRun());
    await shownDiff(page, "session-store");
    await page.getByLabel("Comment on hunk 1").first().click();
    await page.getByLabel("What should be different here?").fill("not like this");
    await page.keyboard.press("Control+Enter");
    await page.locator(".comment", { hasText: "not like this" }).waitFor();
    await page.getByLabel("Hunk 1, lines from 1").first().uncheck({ force: true });
    await page.getByRole("button", { name: "Accept 2 of 3 changes" }).click();
    await page.locator("h2:focus").waitFor();
    assert.match(
      source.decisions.at(-1) ?? "",
      /^accept session-store 1111 src\/session\.ts#2 because not like this$/u,
    );
  });

  it("ticks a file only whole when not all of it was sent", async () => {
    const source = new FakeSource(halfwayRun());
    const count = MAX_HUNKS + 1;
    const hunks = Array.from({ length: count }, (_, i) => `@@ -${i * 9 + 1} +${i * 9 + 1} @@\n-a\n+b\n`).join("");
    source.diffOverride = parseDiff(`diff --git a/big b/big\nindex 1..2 100644\n--- a/big\n+++ b/big\n${hunks}`);
    const { page } = await panel([], { source });
    await page.locator('[data-file="big"]').waitFor();
    await page.locator('[data-file="big"] .note', { hasText: "not shown here" }).waitFor();
    assert.equal(await page.locator("[data-hunk] .tick").count(), 0);
    await page.getByLabel("Take big", { exact: true }).uncheck({ force: true });
    await page.getByRole("button", { name: "Accept 0 of 20,001 hunks" }).waitFor();
  });
});

function accept(page: Page) {
  return page.getByRole("button", { name: /^Accept(?! All)/u });
}

/** The file that has the focus, and the number of the hunk. */
function focusedPlace(page: Page): Promise<string> {
  return page.evaluate(`(() => {
    const at = document.activeElement;
    const hunk = at.closest("[data-hunk]")?.dataset.hunk;
    return (at.closest("[data-file]")?.dataset.file ?? "") + (hunk === undefined ? "" : "#" + hunk);
  })()`);
}
