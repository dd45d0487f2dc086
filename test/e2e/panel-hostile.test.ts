import assert from "node:assert/strict";
import type { RunEvent } from "../../src/core/state/events";
import { failure } from "../../src/core/failure";
import { parseDiff } from "../../src/core/review/hunks";
import { Plan } from "../../src/core/plan/plan";
import { Report } from "../../src/core/report";
import { visibleText, type Place } from "../../src/core/visible";
import { FakeSource } from "./panel/fake-source";
import { halfwayRun } from "./panel/fixture";
import { panelSuite, shownDiff } from "./panel/suite";

// SINK stands for a server that must never be asked: the panel's own, where a request is recorded.
const PAYLOADS: readonly string[] = [
  `<img src=/sink onerror=ran()>`,
  `<script>ran()</script>`,
  `</script><script>ran()</script>`,
  `</title><script>ran()</script>`,
  `"><svg onload=ran()>`,
  `'><svg/onload=ran()>`,
  `<svg><image href=/sink /></svg>`,
  `<svg><animate onbegin=ran() attributeName=x dur=1s>`,
  `<iframe src=/sink></iframe>`,
  `<iframe srcdoc="<script>parent.ran()</script>">`,
  `<object data=/sink></object>`,
  `<embed src=/sink>`,
  `<video poster=/sink autoplay src=/sink>`,
  `<audio src=/sink onerror=ran()>`,
  `<link rel=stylesheet href=/sink>`,
  `<link rel=dns-prefetch href=//sink.example>`,
  `<meta http-equiv=refresh content="0;url=/sink">`,
  `<base href=/sink/>`,
  `<form action=/sink><button autofocus onfocus=ran()>`,
  `<input autofocus onfocus=ran()>`,
  `<details open ontoggle=ran()>`,
  `<body onload=ran()>`,
  `<style>@import "/sink"; * { background: url(/sink) }</style>`,
  `<div style="background:url(/sink)">`,
  `<a href="javascript:ran()">go</a>`,
  `javascript:ran()`,
  `command:braid.accept?%5B%22session-store%22%5D`,
  `![x](/sink?d=SECRET)`,
  `[x]: /sink "ref" ![x][x]`,
  `[click](command:workbench.action.terminal.new)`,
  `vscode-resource:/etc/passwd`,
  "${ran()} {{ran()}} #{ran()} <%= ran() %>",
  "`${ran()}`",
  `<math><mtext></form><form><mglyph><style></math><img src onerror=ran()>`,
  `<noscript><p title="</noscript><img src=x onerror=ran()>">`,
  `<template><img src=/sink onerror=ran()></template>`,
  `&lt;img src=x onerror=ran()&gt; &#60;script&#62;`,
  `constructor.constructor("ran()")()`,
  `__proto__[x]=ran()`,
  `\u202e<script>ran()</script>\u2066`,
  `\u001b]8;;http://sink.example\u0007link\u001b]8;;\u0007`,
];

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

describe("the review panel with hostile text", () => {
  const panel = panelSuite();

  it(`shows ${PAYLOADS.length} payloads as text wherever text can stand: no script runs, no request leaves`, async () => {
    const source = new FakeSource(hostileRun("nothing yet"));
    const { page, requests } = await panel([], { source });
    await page.evaluate(`window.ran = () => { window.hasRun = true; }`);
    await page.evaluate(
      `document.addEventListener("securitypolicyviolation", (e) => { window.hasRun = e.violatedDirective; })`,
    );
    const dialogs: string[] = [];
    page.on("dialog", (dialog) => {
      dialogs.push(dialog.message());
      void dialog.dismiss();
    });
    await shownDiff(page, "victim");
    const quiet = requests.length;
    for (const [i, payload] of PAYLOADS.entries()) {
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
              // Tells this payload's diff from the one before.
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
      await page.locator(".hunk-head", { hasText: `@@ -${i + 1},1 ` }).waitFor({ state: "attached" });
      // Text content, not what is painted: a hunk that is out of sight is not laid out.
      for (const [selector, place] of PLACES) {
        const shown = await page.locator(selector).first().textContent();
        assert.ok(shown?.includes(visibleText(payload, place)), `${selector}: ${shown}`);
      }
    }
    assert.equal(await page.evaluate(`window.hasRun`), undefined);
    assert.deepEqual(requests.slice(quiet), []);
    assert.deepEqual(dialogs, []);
    const strange = await page.evaluate(
      `document.querySelectorAll("#root :is(script, img, iframe, object, embed, video, audio, link, meta, base, form, style, a, image, template, math)").length`,
    );
    assert.equal(strange, 0);
  });

  it("holds its policy against what a hole would let in", async () => {
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
    assert.deepEqual(requests.slice(quiet), []);
  });

  it("takes messages that are none of its own without a word to the host", async () => {
    const { page, source } = await panel(halfwayRun());
    await shownDiff(page, "session-store");
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

  it("shows a line of a megabyte and ten thousand hunks without giving up", async () => {
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
