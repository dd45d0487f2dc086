import { deepEqual, equal, ok } from "node:assert/strict";
import { estimateSubtask, figuresOf, MIN_FIGURES, sumRanges, type Figure } from "../../../src/core/gate/estimate";
import type { Usage } from "../../../src/core/usage";
import { NO_USAGE } from "../../../src/core/usage";
import {
  begun,
  failedWith,
  finished,
  planOf,
  started,
  stateAfter,
  turned,
  USAGE,
  type Sketch,
} from "../../support/builders";
import { WORKER } from "../../support/worker-facts";

const estimate = (sketch: Partial<Sketch>, history: readonly Figure[] = [], worker = WORKER) => {
  const [subtask] = planOf({ id: "a", ...sketch }).subtasks;
  ok(subtask);
  return estimateSubtask(subtask, { worker, history });
};
const tokens = (sketch: Partial<Sketch>) => estimate(sketch).tokens;

describe("an estimate from the role's defaults", () => {
  it("counts turns, each of which sends the conversation again", () => {
    // 10, 19 and 28 turns from 4,000 tokens on, 2,000 more with each, 800 of them output.
    const sum = (turns: number) =>
      800 * turns + 4000 + 2000 * (turns - 1) + 4000 * (turns - 1) + 1000 * (turns - 1) * (turns - 2);
    deepEqual(estimate({}), {
      id: "a",
      ms: 15 * 60_000,
      tokens: { least: sum(10), likely: sum(19), most: sum(28) },
      usd: { least: 0.008, likely: 0.0152, most: 0.0224 },
      context: 4000 + 2000 * 28,
      figures: 0,
    });
  });

  for (const [what, less, more] of [
    ["a longer one needs more", {}, { estimated_time: "30min" }],
    ["a shorter one needs less", { estimated_time: "8min" }, {}],
    ["a synthesizer needs less than a tester", { agent: "synthesizer" }, { agent: "tester" }],
    ["a reviewer beside it needs more", {}, { review: { agent: "reviewer", rounds: 2 } }],
    [
      "more rounds need more",
      { review: { agent: "reviewer", rounds: 1 } },
      { review: { agent: "reviewer", rounds: 3 } },
    ],
    ["fewer turns need less", { constraints: { max_turns: 12 } }, {}],
    ["a limit on tokens holds", { constraints: { max_tokens: 200_000 } }, {}],
  ] as const)
    it(what, () => ok(tokens(less).most < tokens(more).most));

  for (const [what, sketch, same] of [
    ["an alias is its role", { agent: "testing-agent" }, { agent: "tester" }],
    ["a minute is no less than half a quarter of an hour", { estimated_time: "1min" }, { estimated_time: "7.5min" }],
    ["a week is no more than an hour", { estimated_time: "7d" }, { estimated_time: "1h" }],
  ] as const)
    it(what, () => deepEqual(tokens(sketch), tokens(same)));

  it("never has more turns than the worker", () =>
    equal(estimate({ estimated_time: "2h" }, [], { ...WORKER, maxTurns: 20 }).context, 4000 + 2000 * 20));
  it("is never above the subtask's own limit", () =>
    equal(Math.round(tokens({ constraints: { max_tokens: 50_000 } }).most), 50_000));
  it("has no cost where the model has no price", () =>
    equal(estimate({}, [], { ...WORKER, price: undefined }).usd, undefined));
  it("of one turn has one figure", () => {
    const { least, likely, most } = tokens({ constraints: { max_turns: 1 } });
    deepEqual([least, likely, most], [4800, 4800, 4800]);
  });
});

describe("an estimate from the repository's history", () => {
  const usage = (outputTokens: number): Usage => ({ ...NO_USAGE, outputTokens });
  const figures = (count: number, role: Figure["role"] = "implementer") =>
    Array.from({ length: count }, (_, i): Figure => ({ role, usage: usage((i + 1) * 1000), ms: (i + 1) * 60_000 }));

  it("is median and quartiles, in money at the price of now", () => {
    const { tokens: range, usd, figures: count } = estimate({}, figures(5));
    deepEqual(
      [range, usd, count],
      [{ least: 2000, likely: 3000, most: 4000 }, { least: 0.002, likely: 0.003, most: 0.004 }, 5],
    );
  });
  it("lies between two figures where no figure is in the middle", () =>
    deepEqual(estimate({}, figures(6)).tokens, { least: 2250, likely: 3500, most: 4750 }));
  it("takes no notice of too few", () => deepEqual(estimate({}, figures(MIN_FIGURES - 1)), estimate({})));
  it("takes no notice of other roles", () => deepEqual(estimate({}, figures(9, "tester")), estimate({})));
  it("gives the time where the plan does not", () => equal(estimate({}, figures(5)).ms, 3 * 60_000));
  it("leaves the plan its time", () => equal(estimate({ estimated_time: "40min" }, figures(5)).ms, 40 * 60_000));

  it("comes of what finished", () => {
    const plan = planOf({ id: "a", agent: "research-agent" }, "b", "c");
    const state = stateAfter(
      ...begun(plan),
      started("a"),
      turned("a"),
      finished("a"),
      started("b"),
      failedWith("b", "limit.turns"),
    );
    deepEqual(figuresOf(state), [{ role: "researcher", usage: USAGE, ms: 2000 }]);
  });
});

it("ranges are added bound by bound", () =>
  deepEqual(
    sumRanges([
      { least: 1, likely: 2, most: 3 },
      { least: 10, likely: 20, most: 30 },
    ]),
    { least: 11, likely: 22, most: 33 },
  ));
