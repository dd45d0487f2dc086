import assert from "node:assert/strict";
import { failure } from "../../src/core/failure";
import type { RunEvent } from "../../src/core/state/events";
import { asReadOnly } from "../../src/core/state/read-only-view";
import { subtasksOf } from "../../src/core/state/view";
import { FakeSource } from "./panel/fake-source";
import { halfwayRun, proposedRun, RESULTS } from "./panel/fixture";
import { focused, drawn, panelSuite, shownDiff, texts, until } from "./panel/suite";

describe("the review panel in Chromium", () => {
  const panel = panelSuite();

  it("lists its keys in a dialog that gives the focus back", async () => {
    const { page, source } = await panel(halfwayRun());
    await page.locator('[data-subtask="login-form"]').focus();
    await page.keyboard.press("?");
    const dialog = page.getByRole("dialog", { name: "Keys" });
    await dialog.waitFor();
    await page.keyboard.press("j"); // Nothing moves behind a dialog.
    await page.keyboard.press("Escape");
    await dialog.waitFor({ state: "hidden" });
    assert.match(await focused(page), /login-form/u);
    assert.equal(await page.locator("#subtask-title").innerText(), "session-store");
    assert.equal(
      source.calls.some((call) => call.startsWith("accept")),
      false,
    );
  });

  it("approves a proposed plan", async () => {
    const { page, source } = await panel(proposedRun());
    // The one on show can be told from the others of the critical path.
    const stroke = (which: string) =>
      page.evaluate<string>(`getComputedStyle(document.querySelector(".node.critical${which} rect")).stroke`);
    assert.notEqual(await stroke(".current"), await stroke(":not(.current)"));
    await page.getByRole("button", { name: "Approve Plan" }).click();
    await page.getByRole("button", { name: "Approve Plan" }).waitFor({ state: "detached" });
    assert.deepEqual(source.calls, ["approve"]);
  });

  it("offers nothing of a run that is only shown, and says once why", async () => {
    const source = new FakeSource([...halfwayRun(), ...acceptedResult("login-form", "2".repeat(40))]);
    source.readOnly = "Run r is only shown here. Decide about it there.";
    source.viewOverride = asReadOnly(source.view);
    const { page } = await panel([], { source });
    await page.getByText("Read-only. Run r is only shown here. Decide about it there.").waitFor();
    const verbs = /Accept|Undo|Redo|Reject|Request|Retry|Stop|Tell|Message|Approve|Rebase|Re-run|Resolve|Comment/u;
    for (const { id } of subtasksOf(source.view)) {
      await page.locator(`[data-subtask="${id}"]`).click();
      await page.locator("#subtask-title", { hasText: id }).waitFor();
      assert.equal(await page.locator("main").getByRole("button", { name: verbs }).count(), 0, id);
      await page.keyboard.press("u");
      await page.keyboard.press("r");
    }
    assert.equal(await page.locator("header").getByRole("button", { name: verbs }).count(), 0);
    assert.equal(await page.getByText("only shown here").count(), 1);
    // Another window let go of it, and this one took it.
    source.readOnly = null;
    source.viewOverride = undefined;
    source.act("auth-tests", "");
    source.record({ type: "turn.completed", subtask: "auth-tests", attempt: 1, turn: 2, ...TURN });
    await page.getByText("only shown here").waitFor({ state: "detached" });
    assert.deepEqual(source.decisions, []);
  });

  it("shows the run and what waits first", async () => {
    const { page, source } = await panel(halfwayRun());
    assert.equal(
      await page.locator("h1").innerText(),
      "Build user authentication with sessions, a login form and rate limits",
    );
    // How long it will take depends on the clock.
    const facts = (await texts(page, "header .facts li")).filter((text) => !text.endsWith(" left"));
    assert.deepEqual(facts, ["Running", "3 results to review", "into main", "442k tokens", "$1.74"]);
    assert.deepEqual(await texts(page, ".queue .id"), [
      "session-store",
      "rate-limit",
      "login-form",
      "auth-design",
      "auth-tests",
      "security-review",
    ]);
    assert.equal(await page.getByRole("img", { name: "The plan: 6 subtasks in 4 waves" }).count(), 1);
    assert.equal(await page.locator(".edge").count(), 7);
    for (const landmark of ["banner", "navigation", "main"] as const)
      assert.equal(await page.getByRole(landmark).count(), 1, landmark);
    const stopped = failure("limit.turns", "The worker used all of its 40 turns.");
    source.record({ type: "subtask.failed", subtask: "auth-tests", attempt: 1, failure: stopped, result: null });
    await page.locator("header .facts li").filter({ hasText: "2 failed" }).waitFor();
    source.record({ type: "synthesis.started" });
    await page.getByText("The reports are brought together…").waitFor();
  });

  it("says in words what lines do not show", async () => {
    const { page } = await panel(halfwayRun());
    await page.locator('[data-subtask="login-form"]').click();
    await shownDiff(page, "login-form");
    await drawn(page);
    const said = await page.evaluate(
      `[...document.querySelectorAll("[data-file]")].map((f) => [f.dataset.file, f.querySelector(".file-status").innerText, ...[...f.querySelectorAll(".note")].map((n) => n.innerText)].join(" | "))`,
    );
    assert.deepEqual(said, [
      "bin/serve | Modified | File mode: plain file → executable file (100644 → 100755).",
      "logo.png | Modified | Binary, or too large to compare.",
      "pages/login.html | Renamed | Renamed without other changes.",
      "old.css | Deleted",
      "win.txt | Modified | Only line ends change: CRLF → LF.",
      "end.txt | Modified | Only a newline at the end of the file is added.",
      "current | Added | Symbolic link to “releases/2”.",
      "vendor/lib | Modified | Submodule moves from commit aaaaaaaaaa to bbbbbbbbbb.",
      "empty.txt | Added | Empty file.",
      "tricky.ts | Modified",
    ]);
    assert.equal(await page.locator('[data-file="end.txt"] tr.end').textContent(), "No newline at end of file");
    assert.match(
      (await page.locator('[data-file="tricky.ts"] tr.added .code').textContent()) ?? "",
      /admin⟨U\+202E⟩ ⟨U\+2066⟩\/\/ check/u,
    );
    assert.match(
      await page.locator('[data-file="pages/login.html"] .path').innerText(),
      /^form\.html → pages\/login\.html$/u,
    );
  });

  it("shows a changed image before and after, and nothing that pretends to be one", async () => {
    const source = new FakeSource(halfwayRun());
    const dot = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";
    source.diffOverride = ["logo.png", "evil.png", "data.bin"].map((path) => ({
      path,
      status: "modified",
      binary: true,
      hunks: [],
    }));
    const svg = "data:image/svg+xml,<svg xmlns='http://www.w3.org/2000/svg'/>";
    source.fileImages = new Map([
      ["logo.png", { base: `data:image/png;base64,${dot}`, result: `data:image/png;base64,${dot}` }],
      ["evil.png", { base: svg, result: "http://127.0.0.1:1/x.png" }],
      ["data.bin", { base: `data:image/png;base64,${dot}`, result: null }],
    ]);
    const { page } = await panel([], { source });
    await page.getByRole("img", { name: "After: logo.png" }).waitFor();
    await drawn(page);
    assert.deepEqual(
      await page.locator(".images img").evaluateAll((all) => all.map((image) => image.getAttribute("alt"))),
      ["Before: logo.png", "After: logo.png"],
    );
    assert.equal(await page.evaluate(`document.querySelector(".images img").naturalWidth`), 1);
  });

  it("numbers the lines of both sides", async () => {
    const { page } = await panel(halfwayRun());
    await shownDiff(page, "session-store");
    await drawn(page);
    const rows = await page.evaluate(
      `[...document.querySelector("[data-file] table").rows].slice(0, 6).map((row) => [...row.cells].slice(0, 3).map((c) => c.textContent.trim()).join("|"))`,
    );
    assert.deepEqual(rows, ["1|1|", "2|2|", "3||−", "|3|+", "|4|+", "4|5|"]);
  });

  it("folds a large file until it is asked for", async () => {
    const { page } = await panel(halfwayRun());
    await page.locator('[data-subtask="rate-limit"]').click();
    await shownDiff(page, "rate-limit");
    assert.equal(await page.locator(".hunk tr").count(), 0);
    await page.getByRole("button", { name: "Show 2,000 lines" }).click();
    await page.locator("td.code", { hasText: "const limit0 = 0;" }).waitFor();
    // The rest has its room, and comes when it is near.
    assert.equal((await page.locator(".hunk tr").count()) < 1_000, true);
    await page.locator("main").evaluate((main) => main.scrollTo(0, main.scrollHeight));
    await page.locator("td.code", { hasText: "const limit1999 = 1999;" }).waitFor();
    await page.locator("td.code", { hasText: "const limit0 = 0;" }).waitFor({ state: "detached" });
    const numbers = await page.locator("tr.added td.number:nth-child(2)").allInnerTexts();
    assert.equal(numbers.at(-1), "2000");
  });

  it("redraws the row that changed and no other", async () => {
    const { page, source } = await panel(halfwayRun());
    await shownDiff(page, "session-store");
    await drawn(page);
    await page.evaluate(`
      window.touched = new Set();
      window.lastTouch = performance.now();
      new MutationObserver((records) => records.forEach((record) => {
        lastTouch = performance.now();
        const at = record.target.nodeType === 1 ? record.target : record.target.parentElement;
        touched.add(at?.closest("[data-subtask]")?.dataset.subtask ?? at?.closest("[data-file]")?.dataset.file ?? at?.tagName);
      })).observe(document.querySelector(".panel"), { subtree: true, childList: true, characterData: true, attributes: true });
    `);
    // Colours come a while after what they colour.
    await until(page, `performance.now() - lastTouch > 1000`);
    await page.evaluate(`touched.clear()`);
    source.act("auth-tests", "bash npm test -- auth");
    await page.locator(".item-line", { hasText: "npm test -- auth" }).waitFor();
    assert.deepEqual(await page.evaluate(`[...touched]`), ["auth-tests"]);
  });

  it("is the same after a reload, from one snapshot", async () => {
    const { page } = await panel(halfwayRun());
    await page.locator('[data-subtask="login-form"]').click();
    await shownDiff(page, "login-form");
    await drawn(page);
    const before = await page.locator("#root").textContent();
    await page.reload();
    await shownDiff(page, "login-form");
    await drawn(page);
    assert.equal(await page.locator("#root").textContent(), before);
  });

  it("does not go by what was selected in another run", async () => {
    const { page } = await panel(halfwayRun());
    await shownDiff(page, "session-store");
    await page.evaluate(`sessionStorage.setItem("kept", JSON.stringify({ selected: "rate-limit", run: "another" }))`);
    await page.reload();
    await shownDiff(page, "session-store");
  });

  it("draws a result before the host has answered anything, and only once from the same document", async () => {
    const { page, requests } = await panel(halfwayRun(), { deaf: true });
    await shownDiff(page, "session-store");
    await page.locator("td.code").first().waitFor();
    // Each of them would be one more way through VS Code.
    assert.deepEqual(
      requests.filter((path) => path.endsWith(".js")),
      [],
    );
    await page.reload();
    await page.getByText("Loading…", { exact: true }).waitFor();
  });

  it("follows a selection made elsewhere in VS Code", async () => {
    const { page, service } = await panel(halfwayRun());
    await shownDiff(page, "session-store");
    service.select("rate-limit");
    await page.locator("#subtask-title", { hasText: "rate-limit" }).waitFor();
    await page.getByText("The worker used all of its 40 turns.", { exact: true }).waitFor();
  });

  it("waits for a plan without a queue", async () => {
    const { page } = await panel(proposedRun().slice(0, 1));
    await page.getByText("The planner is reading the repository…").waitFor();
    assert.equal(await page.getByRole("navigation").count(), 0);
  });

  for (const width of [400, 480, 1100])
    it(`needs no sideways scrolling at ${width} px`, async () => {
      const { page } = await panel(halfwayRun(), { width });
      for (const subtask of Object.keys(RESULTS)) {
        await page.locator(`[data-subtask="${subtask}"]`).click();
        await shownDiff(page, subtask);
        const over = await page.evaluate(
          `[...document.querySelectorAll("html, .run, .queue, .subtask")].filter((e) => e.scrollWidth > e.clientWidth).map((e) => e.tagName)`,
        );
        assert.deepEqual(over, [], subtask);
      }
    });

  it("moves only for those who like it", async () => {
    const spin = async (reducedMotion: boolean) => {
      const { page } = await panel(halfwayRun(), { reducedMotion });
      return page.evaluate(`getComputedStyle(document.querySelector(".spin")).animationName`);
    };
    assert.equal(await spin(true), "none");
    assert.equal(await spin(false), "turn");
  });

  it("names every control, with no id twice, in every theme", async () => {
    for (const theme of ["dark", "light", "high-contrast"] as const) {
      const { page } = await panel(halfwayRun(), { theme });
      await shownDiff(page, "session-store");
      const nameless = await page.evaluate(
        `[...document.querySelectorAll("button, input, summary")].filter((e) => (e.innerText || e.getAttribute("aria-label") || e.labels?.length) === undefined || e.innerText === "" && !e.getAttribute("aria-label")).length`,
      );
      const twice = await page.evaluate(
        `(() => { const ids = [...document.querySelectorAll("[id]")].map((e) => e.id); return ids.filter((id, i) => ids.indexOf(id) !== i); })()`,
      );
      assert.deepEqual([nameless, twice], [0, []]);
    }
  });
});

const TURN = {
  model: "m",
  stopReason: "tool_use",
  usage: { inputTokens: 1, outputTokens: 1, cacheReadTokens: 0, cacheWriteTokens: 0, usd: 0 },
  durationMs: 1,
} as const;

function acceptedResult(subtask: string, commit: string): readonly RunEvent[] {
  return [
    { type: "accept.started", subtask, seen: "0".repeat(40), commit },
    { type: "accept.completed", subtask, commit },
  ];
}
