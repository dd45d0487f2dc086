import { deepEqual, doesNotMatch, equal, match, ok } from "node:assert/strict";
import { nextSteps } from "../../../src/cli/next-steps";
import { withoutOwner } from "../../../src/cli/owner-text";
import { outText, type Terminal } from "../../../src/cli/terminal";
import { describeEvent, describeRun, describeSubtask } from "../../../src/cli/text";
import { duration } from "../../../src/core/clock-text";
import { plain } from "../../../src/core/plain";
import type { RunEvent } from "../../../src/core/state/events";
import { failure } from "../../../src/core/failure";
import { subtasksOf, toRunView } from "../../../src/core/state/view";
import {
  USAGE,
  abandoned,
  accepted,
  accepting,
  answered,
  approved,
  asked,
  begun,
  checked,
  created,
  failedWith,
  finished,
  planOf,
  proposed,
  rejected,
  retried,
  reviewed,
  started,
  stateAfter,
  stopped,
  turned,
} from "../../support/builders";

const NOBODY: Terminal = {
  cwd: "/",
  env: {},
  interactive: false,
  out: () => undefined,
  error: () => undefined,
  confirm: async () => false,
  ask: async () => "",
  onInterrupt: () => () => undefined,
};

describe("time", () => {
  for (const [ms, text] of [
    [-5, "0s"],
    [0, "0s"],
    [499, "0s"],
    [59_499, "59s"],
    [59_500, "1m0s"],
    [130_000, "2m10s"],
    [3_600_000, "1h0m"],
    [90_061_000, "25h1m"],
  ] as const)
    it(`${ms} ms is ${text}`, () => equal(duration(ms), text));
});

describe("text from elsewhere cannot steer the terminal", () => {
  for (const [text, shown] of [
    ["plain, 日本 😀\n\tnext", "plain, 日本 😀\n\tnext"],
    ["\u001b[2Jgone", "⟨U+001B⟩[2Jgone"],
    ["over\rwritten", "over⟨U+000D⟩written"],
    ["\u009b31mred\u0007\u007f\b", "⟨U+009B⟩31mred⟨U+0007⟩⟨U+007F⟩⟨U+0008⟩"],
    ["a\u202eb\u2066c", "a⟨U+202E⟩b⟨U+2066⟩c"],
    ["a\u200bb\u{e0041}\u00ad", "a⟨U+200B⟩b⟨U+E0041⟩⟨U+00AD⟩"],
  ] as const)
    it(JSON.stringify(text), () => equal(plain(text), shown));

  it("a plan's text is kept to the byte, but for a terminal", () => {
    const printed = (isSeen: boolean) => {
      let said = "";
      outText({ ...NOBODY, isSeen, out: (text) => (said = text) }, "task: \u001b[2Jx # \u202e\n");
      return said;
    };
    equal(printed(false), "task: \u001b[2Jx # \u202e");
    equal(printed(true), "task: ⟨U+001B⟩[2Jx # ⟨U+202E⟩");
  });

  it("whatever is printed of a run", () => {
    const evil = "\u001b]0;owned\u0007\rx";
    const plan = planOf({ id: "a", agent: "implementer", description: evil });
    const events: readonly RunEvent[] = [
      { ...created(), goal: evil },
      proposed(plan, evil),
      approved(plan),
      checked("a", evil, true),
      { ...finished("a"), report: { summary: evil, files: [], findings: [], decisions: [], open_points: [] } },
      {
        type: "subtask.failed",
        subtask: "a",
        attempt: 1,
        failure: failure("internal", evil, { hint: evil }),
        result: null,
      },
      rejected("a", evil),
      { type: "plan.failed", failure: failure("internal", evil) },
    ].map((event) => event as RunEvent);
    const view = toRunView(stateAfter(...events));
    const printed = [
      describeRun(view, 0),
      ...subtasksOf(view).map((s) => describeSubtask(s, 0)),
      ...events.map((event) => describeEvent(event, view) ?? ""),
    ].join("\n");
    ok(printed.includes("⟨U+001B⟩]0;owned⟨U+0007⟩⟨U+000D⟩x"));
    equal(/[\u0007\r\u001b]/u.test(printed), false);
  });
});

describe("a subtask in one line", () => {
  const plan = planOf("a", { id: "b", dependencies: ["a"], agent: "testing-agent" });
  const line = (id: string, now: number, ...events: readonly RunEvent[]) => {
    const found = subtasksOf(toRunView(stateAfter(...begun(plan), ...events))).find((s) => s.id === id);
    return found === undefined ? "" : describeSubtask(found, now);
  };
  for (const [id, events, text] of [
    ["a", [], "Wave 1: a (implementer) [QUEUED]"],
    ["b", [], "Wave 2: b (tester) [QUEUED] — waits for a"],
    ["a", [started("a")], "Wave 1: a (implementer) [RUNNING] 2m10s"],
    ["a", [started("a"), finished("a", "x", "y")], "Wave 1: a (implementer) [REVIEW] 1s 2 files +4 −2"],
    ["a", [started("a"), finished("a", "x")], "Wave 1: a (implementer) [REVIEW] 1s 1 file +2 −1"],
    [
      "a",
      [started("a", 2), failedWith("a", "checks.failed")],
      "Wave 1: a (implementer) [FAILED] 1s attempt 2 — a failed: checks.failed",
    ],
    [
      "a",
      [started("a"), reviewed("a", 1, "x"), finished("a", "x")],
      "Wave 1: a (implementer) [REVIEW] 2s 1 file +2 −1, 1 open finding",
    ],
    ["b", [failedWith("a", "checks.failed")], "Wave 2: b (tester) [BLOCKED] — a did not finish"],
  ] as const)
    it(text, () => equal(line(id, 134_000, ...events), text));

  it("a binary file counts no lines", () => {
    const [a] = subtasksOf(toRunView(stateAfter(...begun(plan), started("a"), finished("a", "x"))));
    if (a === undefined) throw new Error("no subtask");
    const text = describeSubtask({ ...a, files: [{ path: "x.png", status: "added" }] }, 0);
    equal(text, "Wave 1: a (implementer) [REVIEW] 1s 1 file +0 −0");
  });
});

describe("a run in lines", () => {
  const plan = planOf("a", "b: a");
  it("with goal, phase, branch, tokens and cost", () =>
    equal(
      describeRun(toRunView(stateAfter(...begun(plan), turned(null), started("a"))), 7000),
      [
        "Run r0000001: A goal",
        "RUNNING into main · 20 tokens · $0.25 · cache 20 % · 1 turn, 0.1s each",
        "Wave 1: a (implementer) [RUNNING] 2s",
        "Wave 2: b (implementer) [QUEUED] — waits for a",
      ].join("\n"),
    ));
  it("with the time that is left behind what it is about, and no share of nothing", () => {
    const view = toRunView(stateAfter(...begun(planOf("a")), started("a"), turned("a")));
    const [a] = subtasksOf(view);
    ok(a);
    const text = describeRun({ ...view, timeLeft: { ms: 1000, at: 0, waits: true } }, 0);
    match(text, /^RUNNING into main, less than a minute left once you have answered · /mu);
    const none = { ...a, cacheHitRate: 0.001, context: { tokens: 1, window: 200_000 } };
    equal(describeSubtask(none, 2000), describeSubtask({ ...a, cacheHitRate: null, context: null }, 2000));
  });
  it("with its budget, cost to the tenth of a cent while it is small, and the cache's share of each subtask", () => {
    const limited = { ...planOf("a"), budget: { usd: 0.05, tokens: 2_000_000, minutes: 5 } };
    const usage = { inputTokens: 100, outputTokens: 5, cacheReadTokens: 897, cacheWriteTokens: 3, usd: 0.0123 };
    const turn = { ...turned("a"), usage } as RunEvent;
    equal(
      describeRun(toRunView(stateAfter(...begun(limited), started("a"), turn)), 7000),
      [
        "Run r0000001: A goal",
        "RUNNING into main · 1,005 of 2,000,000 tokens · $0.0123 of $0.05 · cache 89 % · 1 turn, 0.1s each",
        "Wave 1: a (implementer) [RUNNING] 3s cache 89 %",
      ].join("\n"),
    );
  });
  it("with who asks what, and how to answer; where nobody has it any more nobody asks", () => {
    const events = [...begun(planOf("a")), asked(1, null), started("a"), asked(2, "a", "x", "y")];
    const view = toRunView(stateAfter(...events));
    match(
      describeRun(view, 0),
      /^The planner asks \(question 1\): Which 1\?\n {2}Answer: braid answer r0000001 1 "TEXT"$/mu,
    );
    match(describeRun(view, 0), /\[ASKS\].*— Which 2\?\n {2}Answer \(x \/ y\): braid answer r0000001 2 "TEXT"$/mu);
    doesNotMatch(describeRun(withoutOwner(view), 0), /Answer|asks/u);
  });
  it("with what waits for a word, and the command that says it", () => {
    const proposal = toRunView(stateAfter(created(), proposed(planOf("a"))));
    deepEqual(nextSteps(proposal, true), ["The plan waits for approval where the run is open."]);
    match(nextSteps(proposal, false).join("\n"), /braid resume r0000001, with --yes/u);
    const paused = [...begun(planOf("a", "b")), { type: "run.paused" }] as const;
    deepEqual(nextSteps(toRunView(stateAfter(...paused)), true), ["Go on: braid resume r0000001"]);
    const done = toRunView(stateAfter(...begun(planOf("a")), started("a"), finished("a")));
    deepEqual(nextSteps({ ...done, results: 2 }, false), [
      "2 results wait for you: braid accept r0000001 SUBTASK, or braid reject r0000001 SUBTASK.",
    ]);
    deepEqual(nextSteps({ ...done, results: 2 }, true), []);
    const view = toRunView(stateAfter(...begun(planOf("a")), started("a"), failedWith("a", "checks.failed", "x.ts")));
    match(nextSteps(view, false).join(), /^1 result waits for you \(a failed\): braid accept/u);
  });
  it("while the reports are brought together, and where nobody does it any more", () => {
    const view = toRunView(
      stateAfter(...begun(planOf("a")), started("a"), finished("a"), { type: "synthesis.started" }),
    );
    match(describeRun(view, 0), /^RUNNING into[^]*^Bringing the reports together\.$/mu);
    match(describeRun(withoutOwner(view), 0), /^PAUSED into/mu);
    doesNotMatch(describeRun(withoutOwner(view), 0), /Bringing/u);
  });
  it("with the plan's note and why there is none", () => {
    const why = failure("model.no-key", "No key.", { hint: "Set it." });
    equal(
      describeRun(toRunView(stateAfter(created(), { type: "plan.failed", failure: why })), 0),
      "Run r0000001: A goal\nFAILED into main · 0 tokens · $0.00\nNo key. Set it.",
    );
    equal(
      describeRun(toRunView(stateAfter(created(), proposed(planOf("a"), "Only one."))), 0),
      "Run r0000001: A goal\nPROPOSED into main · 0 tokens · $0.00\nOnly one.\nWave 1: a (implementer) [QUEUED]",
    );
  });
});

describe("an event in words", () => {
  const plan = planOf("a", { id: "b", dependencies: ["a"], agent: "reviewer" });
  const view = toRunView(stateAfter(created(), proposed(plan)));
  const failed = failedWith("a", "checks.failed");
  for (const [event, text] of [
    [created(), "Run r0000001 into main: A goal"],
    [
      proposed(plan, "as asked"),
      "Plan: 2 subtasks in 2 waves (as asked)\n  Wave 1: a (implementer)\n  Wave 2: b (reviewer) after a",
    ],
    [{ type: "plan.failed", failure: failure("model.auth", "No.", { hint: "Log in." }) }, "No plan: No. Log in."],
    [approved(plan), "Plan approved."],
    [started("a"), "▶ a started"],
    [started("a", 2), "▶ a started (attempt 2)"],
    [checked("a", "npm test", true), "  a: `npm test` passed (2s)"],
    [checked("a", "npm test", false), "  a: `npm test` failed (2s)"],
    [
      { type: "note.written", subtask: "a", attempt: 1, name: "design", file: "1-0.md", bytes: 1 },
      "  a wrote a note: design",
    ],
    [reviewed("a", 1), "  a: review round 1 approves"],
    [reviewed("a", 2, "off by one"), "  a: review round 2 asks for changes\n    a.ts:3 error: off by one"],
    [finished("a", "x"), "✓ a: a is done"],
    [failed, "✗ a: a failed: checks.failed"],
    [failedWith("a", "budget.reached"), "✗ a: the run's budget is used up."],
    [{ type: "budget.changed", budget: { usd: 2, minutes: 5 } }, "The run's budget is $2, 5 minutes now."],
    [{ ...failed, failure: failure("limit.time", "Late.", { hint: "Retry." }) }, "✗ a: Late. Retry."],
    [retried("a"), "↻ a is tried again"],
    [{ ...retried("a"), agent: "tester", model: "opus" }, "↻ a is tried again, tester, opus"],
    [{ type: "worker.messaged", subtask: "a", attempt: 1, text: "use tabs" }, "  a is told: use tabs"],
    [stopped("a"), "  a is being stopped"],
    [asked(1, "a"), "? a asks: Which 1?"],
    [asked(2, null, "x", "y"), "? The planner asks: Which 2? (x / y)"],
    [answered(1, "red\u001b[2J"), "  Question 1 is answered: red⟨U+001B⟩[2J"],
    [answered(1, "", "nobody"), "  Nobody answers question 1; the agent decides."],
    [{ type: "synthesis.started" }, "Bringing the reports together."],
    [
      {
        type: "synthesis.completed",
        report: { summary: "s", files: [], findings: [], decisions: [], open_points: ["x"] },
      },
      "Synthesis: s\n  missing: x",
    ],
    [
      { type: "synthesis.failed", failure: failure("model.auth", "No.", { hint: "Log in." }) },
      "No synthesis: No. Log in.",
    ],
    [{ ...accepted("a"), commit: "0123456789abcdef" }, "✔ a accepted as 0123456789"],
    [abandoned("a", "target.moved"), "✗ a not accepted: a did not land"],
    [rejected("a"), "✗ a rejected"],
    [rejected("a", "ugly"), "✗ a rejected: ugly"],
    [{ type: "run.paused" }, "Paused: no new worker starts. Go on with: braid resume r0000001"],
    [{ type: "run.resumed" }, "Resumed."],
    [{ type: "run.cancelled" }, "Cancelled."],
    [
      { type: "call.failed", subtask: "a", failure: failure("model.cut", "Cut."), usage: { ...USAGE, usd: 0.002 } },
      "  a: a call failed that cost $0.0020: Cut.",
    ],
    [
      { type: "call.failed", subtask: null, failure: failure("model.cut", "Cut."), usage: USAGE },
      "  planner: a call failed that cost $0.25: Cut.",
    ],
    [{ type: "pace.changed", inFlight: 1, reason: "Slow down." }, "  At most 1 request at once now: Slow down."],
    [turned("a"), undefined],
    [accepting("a"), undefined],
  ] as readonly (readonly [RunEvent, string | undefined])[])
    it(`${event.type}: ${text?.split("\n")[0] ?? "nothing to say"}`, () => equal(describeEvent(event, view), text));

  it("counts one as one", () => {
    const one = planOf("a");
    equal(
      describeEvent(proposed(one), toRunView(stateAfter(created(), proposed(one))))?.split("\n")[0],
      "Plan: 1 subtask in 1 wave",
    );
  });
});
