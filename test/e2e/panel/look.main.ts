import { mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { MergedReview } from "../../../src/core/review/review";
import { asReadOnly } from "../../../src/core/state/read-only-view";
import { failure } from "../../../src/core/failure";
import { Plan } from "../../../src/core/plan/plan";
import { Report } from "../../../src/core/report";
import type { RunEvent } from "../../../src/core/state/events";
import type { FileDiff } from "../../../src/core/review/diff";
import { parseDiff } from "../../../src/core/review/hunks";
import type { FileTexts } from "../../../src/protocol/review-messages";
import { openPage } from "../../workbench/browser";
import { ROOT } from "../../workbench/root";
import { FakeSource } from "./fake-source";
import { halfwayRun, proposedRun, RESULTS } from "./fixture";
import { openPanel } from "./open-panel";
import type { Theme } from "./themes";

// Takes pictures of the panel for people to look at: `node dist/test/e2e/panel/look.main.mjs`.
const dir = join(ROOT, "test/e2e/screenshots");
mkdirSync(dir, { recursive: true });

/** What a result that was asked for makes of the comments. */
const ANSWERED: NonNullable<MergedReview["since"]> = {
  attempt: 1,
  commit: "8".repeat(40),
  text: "",
  files: [],
  comments: [
    {
      path: "src/session.ts",
      side: "base",
      line: 2,
      text: "A Map keeps the order and knows its size.",
      fate: "changed",
      answer: "Sessions are in a Map now.",
      now: { side: "result", line: 2 },
    },
    {
      path: "src/session.ts",
      side: "result",
      line: 24,
      text: "This line is far too long.",
      fate: "as-it-was",
      answer: null,
      now: { side: "result", line: 24 },
    },
  ],
};

const looks: readonly (readonly [string, Theme, number, string | null])[] = [
  ["proposed", "dark", 1100, null],
  ["review", "dark", 1100, "session-store"],
  ["review", "light", 1100, "session-store"],
  ["review", "high-contrast", 1100, "session-store"],
  ["kinds", "dark", 1100, "login-form"],
  ["failed", "light", 1100, "rate-limit"],
  ["kinds", "high-contrast", 1100, "login-form"],
  ["kinds", "light", 760, "login-form"],
  ["review", "dark", 480, "session-store"],
  ["review", "light", 760, "session-store"],
  ["kinds", "light", 480, "login-form"],
  ["answered", "dark", 1100, "session-store"],
  ["answered", "light", 1100, "session-store"],
  ["accepted", "dark", 1100, "session-store"],
  ["accepted", "light", 1100, "session-store"],
  ["read-only", "dark", 1100, "session-store"],
  ["read-only", "light", 480, "session-store"],
  ["timeline", "dark", 1100, "session-store"],
  ["timeline", "light", 1100, "session-store"],
  ["timeline", "high-contrast", 480, "session-store"],
  ["wide-timeline", "dark", 1100, null],
  ["wide-timeline", "light", 760, null],
  ["wide-timeline", "high-contrast", 480, null],
];
const { browser } = await openPage("about:blank");
for (const [name, theme, width, subtask] of looks) {
  const wide = name === "wide-timeline";
  const source = new FakeSource(wide ? wideRun() : subtask === null ? proposedRun() : halfwayRun());
  source.fileTexts = new Map(
    Object.values(RESULTS).flatMap(({ diff }) => parseDiff(diff).map((file) => [file.path, textsOf(file)])),
  );
  const image = `data:image/png;base64,${readFileSync(join(ROOT, "media/icon.png")).toString("base64")}`;
  source.fileImages = new Map([["logo.png", { base: image, result: image }]]);
  if (name === "answered") source.since = ANSWERED;
  if (name === "read-only") {
    source.readOnly =
      "Run 20261121-1015-auth is only shown here. It is open in VS Code on this machine. Decide about it there, or close it there and take it over here.";
    source.viewOverride = asReadOnly(source.view);
  }
  const panel = await openPanel({ browser, source, theme, width, height: 1_700 });
  source.act("auth-tests", "bash npm test -- auth --watch=false");
  if (subtask !== null) {
    await panel.page.locator(`[data-subtask="${subtask}"]`).click();
    await panel.page.locator("[data-file]").first().waitFor();
    await panel.page.locator(".item-line").first().waitFor();
  }
  if (name === "accepted") {
    await panel.page.getByRole("button", { name: /^Accept$/u }).click();
    await panel.page.getByRole("button", { name: "Undo Accept" }).waitFor();
    await panel.page.waitForTimeout(500);
    await panel.page.getByLabel("Hunk 2, lines from 22").uncheck({ force: true });
  }
  if (wide) await panel.page.getByText("Timeline", { exact: false }).first().click();
  if (name === "timeline") {
    await panel.page.getByText("Timeline", { exact: false }).first().click();
    await panel.page.getByText("Show as a table").click();
    await panel.page.getByText("Numbers", { exact: false }).first().click();
  }
  // Colours come when there is time.
  await panel.page.waitForTimeout(500);
  await panel.page.screenshot({ path: join(dir, `panel-${name}-${theme}-${width}.png`), fullPage: true });
  console.log(name, theme, width, panel.complaints);
  await panel.close();
}
await browser.close();

/** Sixty subtasks in layers of twelve, five at a time, with retries, failures, questions, and some still at work. */
function wideRun(): readonly RunEvent[] {
  const ids = Array.from({ length: 60 }, (_, i) => `subtask-with-a-name-${i + 1}`);
  const plan = Plan.parse({
    task: "Move sixty modules to the new logger",
    subtasks: ids.map((id, i) => ({ id, dependencies: i < 12 ? [] : [ids[i - 12]] })),
  });
  const [created] = proposedRun();
  if (created === undefined) return [];
  const start = (subtask: string, attempt: number): RunEvent => ({
    type: "subtask.started",
    subtask,
    attempt,
    base: "0",
    restsOn: [],
    worktree: "/w",
    model: "m",
  });
  const turn = (subtask: string, attempt: number): RunEvent => ({
    type: "turn.completed",
    subtask,
    attempt,
    turn: 1,
    model: "claude-sonnet-5-5",
    stopReason: "tool_use",
    usage: { inputTokens: 20_000, outputTokens: 900, cacheReadTokens: 0, cacheWriteTokens: 0, usd: 0.07 },
    durationMs: 4_000,
    context: { tokens: 61_000, window: 200_000 },
  });
  const failed = (subtask: string): RunEvent => ({
    type: "subtask.failed",
    subtask,
    attempt: 1,
    failure: failure("checks.failed", "The checks failed."),
    result: null,
  });
  const lanes = ids.slice(0, 57).map((subtask, i): readonly RunEvent[] => {
    const again = i % 7 === 3;
    const done: RunEvent = {
      type: "subtask.finished",
      subtask,
      attempt: again ? 2 : 1,
      report: Report.parse({ summary: "Done." }),
      result: null,
    };
    return [
      start(subtask, 1),
      ...(i % 11 === 5
        ? [
            { type: "question.asked", question: i, subtask, attempt: 1, text: "Which?", options: [] } as const,
            { type: "question.answered", question: i, answer: "That.", by: "user" } as const,
          ]
        : []),
      turn(subtask, 1),
      ...(again
        ? [failed(subtask), { type: "subtask.retried", subtask, by: "policy" } as const, start(subtask, 2)]
        : []),
      ...(i < 54 ? [done] : []),
    ];
  });
  // Five side by side, one event of each in turn.
  const events: RunEvent[] = [];
  for (let at = 0; at < lanes.length; at += 5)
    for (let step = 0; step < 8; step += 1)
      for (const lane of lanes.slice(at, at + 5)) {
        const event = lane[step];
        if (event !== undefined) events.push(event);
      }
  return [
    created,
    { type: "plan.proposed", plan, by: "file" },
    { type: "plan.approved", plan, skipped: [], estimates: ids.map((id) => ({ id, ms: 600_000 })) },
    ...events,
  ];
}

/** What a file would be that had nothing but the lines of its diff. */
function textsOf({ hunks }: FileDiff): FileTexts {
  const [base, result]: [string[], string[]] = [[], []];
  for (const { oldStart, newStart, lines } of hunks) {
    let [old, now] = [oldStart, newStart];
    for (const { kind, text } of lines) {
      if (kind !== "added") base[(old += 1) - 2] = text;
      if (kind !== "deleted") result[(now += 1) - 2] = text;
    }
  }
  return { base: base.join("\n"), result: result.join("\n") };
}
