import assert from "node:assert/strict";
import type { RunEvent } from "../../src/core/state/events";
import { failure } from "../../src/core/failure";
import { parseDiff } from "../../src/core/review/hunks";
import { Plan } from "../../src/core/plan/plan";
import { Report } from "../../src/core/report";
import { visibleText, type Place } from "../../src/core/visible";
import { FakeSource } from "../e2e/panel/fake-source";
import { halfwayRun } from "../e2e/panel/fixture";
import { panelSuite, shownDiff } from "../e2e/panel/suite";
import { PAYLOADS, rowOf } from "../support/hostile-text";

/** Where the payload must be read, and how its invisible characters are named there. */
const PLACES: readonly (readonly [string, Place])[] = [
  ["h1", "prose"],
  [".objective", "prose"],
  [".problem strong", "prose"],
  [".problem .output", "prose"],
  [".findings code", "code"],
  [".check code", "code"],
  [".check .output", "prose"],
  [".path", "code"],
  [".hunk-head", "code"],
  ["tr.deleted .code", "code"],
];

/** A run in which one text stands wherever a stranger's text can stand. */
function hostileRun(text: string): readonly RunEvent[] {
  const [created, , proposed] = halfwayRun();
  assert.ok(created?.type === "run.created" && proposed?.type === "plan.proposed");
  const plan = Plan.parse({
    task: text,
    subtasks: [{ id: "victim", description: text, agent: text }],
  });
  const commit = "1".repeat(40);
  return [
    { ...created, goal: text, target: text },
    { ...proposed, plan, note: text },
    { type: "plan.approved", plan, skipped: [] },
    { type: "subtask.started", subtask: "victim", attempt: 1, base: commit, restsOn: [], worktree: text, model: text },
    {
      type: "check.completed",
      subtask: "victim",
      attempt: 1,
      check: { command: text, passed: false, exitCode: 1, durationMs: 1, output: text },
    },
    {
      type: "subtask.finished",
      subtask: "victim",
      attempt: 1,
      report: Report.parse({
        summary: text,
        decisions: [text],
        open_points: [text],
        findings: [{ file: text, line: 1, severity: "error", message: text, fix: text }],
      }),
      result: { commit, tree: commit, files: [{ path: text, from: text, status: "renamed" }] },
    },
    {
      type: "accept.abandoned",
      subtask: "victim",
      failure: failure("merge.conflict", text, { hint: text, detail: text }),
    },
  ];
}

describe("the review panel with hostile text (W)", function () {
  this.timeout(120_000);
  const panel = panelSuite();

  interface Drawn {
    readonly texts: ReadonlyMap<string, string | null>;
    readonly hasRun: unknown;
    readonly requests: readonly string[];
  }
  const drawn = new Map<string, Drawn>();
  let dialogs: readonly string[] = [];
  let strange: unknown;

  before(async () => {
    const source = new FakeSource(hostileRun("nothing yet"));
    const { page, requests } = await panel([], { source });
    await page.evaluate(`window.ran = () => { window.hasRun = true; }`);
    await page.evaluate(
      `document.addEventListener("securitypolicyviolation", (e) => { window.hasRun = e.violatedDirective; })`,
    );
    const asked: string[] = [];
    dialogs = asked;
    page.on("dialog", (dialog) => {
      asked.push(dialog.message());
      void dialog.dismiss();
    });
    await shownDiff(page, "victim");
    for (const [i, payload] of PAYLOADS.entries()) {
      const quiet = requests.length;
      show(source, payload, i);
      await page.locator(".hunk-head", { hasText: `@@ -${i + 1},1 ` }).waitFor({ state: "attached" });
      const texts = new Map<string, string | null>();
      // Text content, not what is painted: a hunk that is out of sight is not laid out.
      for (const [selector] of PLACES) texts.set(selector, await page.locator(selector).first().textContent());
      const hasRun: unknown = await page.evaluate(`window.hasRun`);
      drawn.set(payload, { texts, hasRun, requests: requests.slice(quiet) });
    }
    strange = await page.evaluate(
      `document.querySelectorAll("#root :is(script, img, iframe, object, embed, video, audio, link, meta, base, form, style, a, image, template, math)").length`,
    );
  });

  for (const payload of PAYLOADS)
    it(`${rowOf(payload)} ${JSON.stringify(payload)} is read as text; no script runs, no request leaves`, () => {
      const { texts, hasRun, requests } = drawn.get(payload) ?? assert.fail("not drawn");
      for (const [selector, place] of PLACES) {
        const shown = texts.get(selector);
        assert.ok(shown?.includes(visibleText(payload, place)), `${selector}: ${shown}`);
      }
      assert.equal(hasRun, undefined);
      assert.deepEqual(requests, []);
    });

  it("W01 no element comes of any of them, and no dialog", () => {
    assert.equal(strange, 0);
    assert.deepEqual(dialogs, []);
  });

  it("W02 holds its policy against what a hole would let in", async () => {
    const { page, requests } = await panel(halfwayRun(), { tolerateViolations: true });
    await shownDiff(page, "session-store");
    const quiet = requests.length;
    const violated = await page.evaluate(`new Promise((resolve) => {
      const found = new Set();
      document.addEventListener("securitypolicyviolation", (event) => {
        found.add(event.effectiveDirective);
        if (found.size === 8) resolve([...found].sort());
      });
      const hole = document.createElement("div");
      hole.innerHTML = '<img src="http://127.0.0.2:9/sink" onerror="window.hasRun = true"><iframe src="/sink"></iframe><b style="color:red">b</b>';
      document.body.append(hole);
      const script = document.createElement("script");
      script.textContent = "window.hasRun = true";
      document.body.append(script);
      // In a turn of its own: what a debugger evaluates may evaluate.
      setTimeout(() => { try { new Function("window.hasRun = true")(); } catch {} });
      fetch("/sink").catch(() => {});
      const base = document.createElement("base");
      base.href = "/sink/";
      document.head.append(base);
    })`);
    assert.deepEqual(violated, [
      "base-uri",
      "connect-src",
      "frame-src",
      "img-src",
      "script-src",
      "script-src-attr",
      "script-src-elem",
      "style-src-attr",
    ]);
    assert.equal(await page.evaluate(`window.hasRun`), undefined);
    // What colours the lines may come as late as this; all a hole asks for leads there.
    assert.deepEqual(
      requests.slice(quiet).filter((each) => each.includes("sink")),
      [],
    );
  });

  it("W03 takes messages that are none of its own without a word to the host", async () => {
    const { page, source } = await panel(halfwayRun());
    await shownDiff(page, "session-store");
    // The lines come when the page has asked for them.
    await page.locator("main", { hasText: "assert.ok(open" }).waitFor();
    const before = await page.locator("main").textContent();
    for (const message of [null, 1, "x", [], { kind: "reply", id: 9_999, value: {} }, { type: "webpackOk" }])
      await page.evaluate(`window.postMessage(${JSON.stringify(message)}, "*")`);
    await page.evaluate(
      `window.postMessage(JSON.parse('{"__proto__":{"polluted":1},"kind":"event","name":"view","data":{"view":{}}}'), "*")`,
    );
    await page.getByRole("alert").filter({ hasText: "not" }).waitFor();
    assert.equal(await page.locator("main").textContent(), before);
    assert.equal(await page.evaluate(`({}).polluted`), undefined);
    assert.deepEqual(source.calls, ["diff session-store"]);
  });

  it("W05 shows a line of a megabyte and ten thousand hunks without giving up", async () => {
    const source = new FakeSource(halfwayRun());
    const long = "x".repeat(1_000_000);
    const text = Array.from({ length: 10_000 }, (_, i) => `@@ -${i * 9 + 1} +${i * 9 + 1} @@\n-a\n+b\n`).join("");
    source.diffOverride = parseDiff(
      `diff --git a/long b/long\n--- a/long\n+++ b/long\n@@ -1 +1 @@\n-a\n+${long}\ndiff --git a/many b/many\n--- a/many\n+++ b/many\n${text}`,
    );
    const { page } = await panel([], { source });
    await page.locator('[data-file="long"]').getByText("… 998000 more characters").waitFor();
    await page.getByRole("button", { name: "Show 20,000 lines" }).click();
    const hunks = page.locator('[data-file="many"] .hunk');
    await hunks.first().waitFor();
    assert.equal((await hunks.count()) < 500, true);
    await page.locator("main").evaluate((main) => main.scrollTo(0, main.scrollHeight));
    await hunks.filter({ hasText: "@@ -89992,1 +89992,1 @@" }).waitFor();
    assert.equal((await hunks.count()) < 500, true);
  });
});

/** Puts the payload wherever text can stand, in a diff that can be told from the one before. */
function show(source: FakeSource, payload: string, i: number): void {
  const commit = i.toString(16).padStart(40, "a");
  const events = hostileRun(payload).map((event) =>
    event.type === "subtask.finished" && event.result !== null
      ? { ...event, result: { ...event.result, commit } }
      : event,
  );
  source.viewOverride = new FakeSource(events).view;
  source.diffOverride = [
    {
      path: payload,
      from: payload,
      status: "renamed",
      binary: false,
      hunks: [
        {
          oldStart: i + 1,
          oldLines: 1,
          newStart: 1,
          newLines: 1,
          heading: payload,
          lines: [
            { kind: "deleted", text: payload },
            { kind: "added", text: payload, noNewline: true },
          ],
        },
      ],
    },
  ];
  source.act("victim", payload);
  source.record({ type: "run.resumed" });
}
