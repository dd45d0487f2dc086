import { deepEqual, equal, match } from "node:assert/strict";
import { judgePlan, type GateOptions } from "../../../src/core/gate/gate";
import { gateLine, gateReport, timeText, tokenText } from "../../../src/core/gate/gate-text";
import { Plan } from "../../../src/core/plan/plan";
import { planOf, type Sketch } from "../../support/builders";
import { GATE, WORKER } from "../../support/worker-facts";

const gate = (plan: Plan, options: Partial<GateOptions> = {}) => judgePlan(plan, { ...GATE, ...options });
const of = (id: string, minutes: number, ...dependencies: readonly string[]): Sketch => ({
  id,
  estimated_time: `${minutes}min`,
  dependencies,
});

describe("the gate recommends", () => {
  for (const [what, plan, kind, reason] of [
    ["one subtask", planOf("a"), "one worker", /There is one subtask\./u],
    ["a pipeline", planOf("a", "b: a", "c: b"), "one worker", /waits for the one before/u],
    ["two at a time", planOf("a", "b", "c: a b"), "one worker", /At most 2 .* below 3/u],
    ["three small ones", planOf(of("a", 5), of("b", 10), of("c", 6)), "one worker", /7 min on average; below 15 min/u],
    [
      "one long path with little beside it",
      planOf(of("a", 100), of("b", 90, "a"), of("c", 15), of("d", 15)),
      "one worker",
      /20 % .* parallel work takes 228 min, one worker 220 min/u,
    ],
    [
      "four that change one file",
      planOf(...["a", "b", "c", "d"].map((id) => ({ id, files: ["x.ts"] }))),
      "one worker",
      /^Each subtask waits for the one before or changes the same file, so nothing can run at the same time\.$/u,
    ],
    ["three of a quarter of an hour", planOf("a", "b", "c"), "in parallel", /Up to 3 .* 18 min, against 45 min/u],
    ["a diamond of five", planOf("a", "b: a", "c: a", "d: a", "e: b c d"), "in parallel", /Up to 3 /u],
  ] as const)
    it(`${kind} for ${what}`, () => {
      const { recommendation } = gate(plan);
      equal(recommendation.kind, kind);
      match(recommendation.reason, reason);
    });

  it("one worker where there is one", () =>
    match(
      gate(planOf("a", "b", "c"), { workers: 1 }).recommendation.reason,
      /parallel work takes 54 min, one worker 45 min/u,
    ));
});

describe("the gate warns", () => {
  const warnings = (plan: Plan, options: Partial<GateOptions> = {}) =>
    gate(plan, options).warnings.map((w) => `${w.path.join(".")}: ${w.message}`);
  const whole = (more: object) => Plan.parse({ task: "t", subtasks: [{ id: "a" }], ...more });
  const scripts = new Set(["test", "lint:all"]);

  for (const [what, plan, expected, options] of [
    ["of nothing in a sound plan", planOf("a", of("b", 60, "a"), of("c", 15, "a")), []],
    [
      "of a model nobody knows",
      planOf("a", { id: "b", model: "mystery" }),
      ['subtasks.1.model: Unknown model "mystery": it is used as it is, without an estimate of its cost.'],
    ],
    [
      "of more than seven",
      planOf("a", "b", "c", "d", "e", "f", "g", "h"),
      ["subtasks.7: 8 subtasks: more than 7 are hard to follow and to review; consider fewer, larger ones."],
    ],
    ["not of seven", planOf("a", "b", "c", "d", "e", "f", "g"), []],
    [
      "of too fine a split",
      planOf("a", of("b", 14)),
      ['subtasks.1.estimated_time: "b" is split too fine: below 15 min, join it with a neighbour.'],
    ],
    ["not of a small goal", planOf(of("a", 5)), []],
    [
      "of too coarse a split",
      planOf(of("a", 61)),
      ['subtasks.0.estimated_time: "a" is split too coarse: above 60 min, consider two subtasks.'],
    ],
    [
      "of a context that fills",
      planOf("a"),
      ['subtasks.0.id: "a" may fill 60 % of its model\'s context (more than 40 %); split it.'],
      { workerFor: () => ({ ...WORKER, contextTokens: 100_000 }) },
    ],
    [
      "of a budget that will not do",
      whole({ budget: { usd: 0.001, tokens: 1000, minutes: 10 } }),
      [
        "budget.usd: The plan probably needs more than its budget of $0.00: at least $0.01.",
        "budget.tokens: The plan probably needs more than its budget of 1,000 tokens: at least 138,000 tokens.",
        "budget.minutes: The plan probably needs more than its budget of 10 min: at least 18 min.",
      ],
    ],
    ["not of a budget that may do", whole({ budget: { usd: 5, tokens: 2_000_000, minutes: 60 } }), []],
    [
      "of an unknown check",
      whole({
        subtasks: [{ id: "a", verify: ["test", "npm test -- a", "./check.sh", "make", "unit_tests"] }],
        integration: { validation_tests: ["lint:all", "lint", "a && b", ""] },
      }),
      [
        'subtasks.0.verify.4: Unknown check "unit_tests": no package script has this name, and it does not look like a command.',
        'integration.validation_tests.1: Unknown check "lint": no package script has this name, and it does not look like a command.',
        'integration.validation_tests.3: Unknown check "": no package script has this name, and it does not look like a command.',
      ],
      { scripts },
    ],
    ["of no check where nobody looked for scripts", whole({ subtasks: [{ id: "a", verify: ["unit_tests"] }] }), []],
    [
      "of files two may change at the same time",
      planOf({ id: "a", files: ["src/**"] }, { id: "b", files: ["src/b.ts"] }),
      ['subtasks.1.files.0: src/b.ts overlaps src/** of "a" in wave 1: the results may conflict.'],
    ],
  ] as readonly (readonly [string, Plan, readonly string[], Partial<GateOptions>?])[])
    it(what, () => deepEqual(warnings(plan, options), expected));

  it("of 50 overlaps at most", () => {
    const plan = planOf(...Array.from({ length: 200 }, (_, i) => ({ id: `s${i}`, files: ["x"] })));
    equal(gate(plan).warnings.filter((w) => w.path.includes("files")).length, 50);
  });
});

describe("the gate in words", () => {
  const plan = planOf("a", of("b", 30, "a"), of("c", 45, "a"), of("d", 30, "a"), {
    ...of("e", 15, "c"),
    model: "mystery",
  });

  it("in one line", () =>
    equal(
      gateLine(gate(plan)),
      "Recommended: in parallel · 5 subtasks · 3 waves · 1 h 30 min, by one worker 2 h 15 min · 2.2M to 12.3M tokens · $0.06 to $0.16 without 1 subtask whose model has no price · critical path a → c → e (1 h 15 min)",
    ));
  it("in full", () =>
    deepEqual(gateReport(gate(planOf("a", "b: a"))), [
      "Wave 1: a",
      "  a: 15 min, 138k to 890k tokens, $0.01 to $0.02",
      "Wave 2: b",
      "  b: 15 min, 138k to 890k tokens, $0.01 to $0.02",
      "Critical path: a → b (30 min)",
      "Time: 36 min in parallel, 30 min by one worker; at most 1 at the same time",
      "Estimate: 276k to 1.8M tokens, $0.02 to $0.04, from the roles' defaults",
      "Recommendation: one worker. Each subtask waits for the one before, so nothing can run at the same time.",
    ]));
  it("without a price", () =>
    match(gateLine(gate(planOf({ id: "a", model: "mystery" }))), /1 subtask · 1 wave · .* · cost unknown · /u));
  it("says where its figures come from", () => {
    const usage = { inputTokens: 0, outputTokens: 1000, cacheReadTokens: 0, cacheWriteTokens: 0, usd: 0 };
    const history = Array.from({ length: 5 }, () => ({ role: "implementer" as const, usage, ms: 60_000 }));
    const report = gateReport(gate(planOf("a", { id: "b", agent: "tester" }), { history })).join("\n");
    match(report, /from this repository's finished runs \(1 of 2 subtasks\)/u);
  });

  it("times", () =>
    deepEqual(
      [1, 59, 60, 125].map((m) => timeText(m * 60_000)),
      ["1 min", "59 min", "1 h", "2 h 5 min"],
    ));
  it("tokens", () => deepEqual([999.4, 1000, 999_400, 1_250_000].map(tokenText), ["999", "1k", "999k", "1.3M"]));
});
