import { deepEqual, equal, match } from "node:assert/strict";
import { budgetReached, decideBudget } from "../../../src/core/budget";
import type { BudgetLimits, Plan } from "../../../src/core/plan/plan";
import { planTextNow } from "../../../src/core/plan/plan-now";
import type { RunEvent } from "../../../src/core/state/events";
import { isInterrupted } from "../../../src/core/state/subtask-state";
import { initialState } from "../../../src/core/state/state";
import { failure } from "../../../src/core/failure";
import { begun, planOf, stateAfter } from "../../support/builders";

const USAGE = { inputTokens: 0, outputTokens: 100, cacheReadTokens: 0, cacheWriteTokens: 0, usd: 0.5 };
const SPENT: RunEvent = { type: "call.failed", subtask: "a", failure: failure("model.cut", "Cut."), usage: USAGE };
const PLAN: Plan = { ...planOf("a"), budget: { tokens: 100, minutes: 60 } };
const STOPPED = stateAfter(...begun(PLAN), SPENT);

describe("another budget", () => {
  const rows: readonly (readonly [string, BudgetLimits, string | readonly RunEvent[]])[] = [
    ["keeps what it does not name", { tokens: 101 }, [changed({ tokens: 101, minutes: 60 })]],
    ["may limit more", { tokens: 101, usd: 2 }, [changed({ tokens: 101, usd: 2, minutes: 60 })]],
    ["leaves something to spend", { usd: 0.5 }, "The run's budget of $0.5 is used up: $0.5000 spent."],
    ["names what is used up", { usd: 9 }, "The run's budget of 100 tokens is used up: 100 tokens spent."],
  ];
  for (const [what, budget, expected] of rows)
    it(what, () => {
      const decided = decideBudget(STOPPED, { type: "change-budget", budget, now: 0 });
      deepEqual(decided.ok ? decided.events : decided.failure.message, expected);
    });

  it("that is the same is no news, and without a plan there is none", () => {
    const same = { type: "change-budget", budget: { minutes: 60 }, now: 0 } as const;
    deepEqual(decideBudget(stateAfter(...begun(PLAN)), same), { ok: true, events: [] });
    equal(decideBudget(initialState(), same).ok, false);
  });

  it("holds from then on, and is part of the plan's text", () => {
    equal(budgetReached(STOPPED, 0)?.code, "budget.reached");
    const raised = stateAfter(...begun(PLAN), SPENT, changed({ tokens: 101, minutes: 60 }));
    equal(budgetReached(raised, 0), undefined);
    match(planTextNow(raised) ?? "", /budget:\s+tokens: 101\s+minutes: 60/u);
    const written = {
      ...raised,
      planText: "task: t # mine\nbudget: { tokens: 100, minutes: 60 }\nsubtasks: [{ id: a }]\n",
    };
    match(planTextNow(written) ?? "", /tokens: 101/u);
  });

  const hints: readonly (readonly [BudgetLimits, string])[] = [
    [{ usd: 0.4 }, "--budget 1,"],
    [{ usd: 0.0001 }, "--budget 1,"],
    [{ tokens: 7 }, "--budget tokens=200,"],
  ];
  for (const [budget, words] of hints)
    it(`is named where one is used up: ${words}`, () => {
      const reached = budgetReached(stateAfter(...begun({ ...PLAN, budget }), SPENT), 0);
      match(reached?.hint ?? "", new RegExp(`braid resume r\\w+ ${words}`, "u"));
    });

  it("that is used up cuts an attempt short, which can go on", () => {
    equal(isInterrupted({ failure: failure("budget.reached", "Spent.") }), true);
  });
});

function changed(budget: BudgetLimits): RunEvent {
  return { type: "budget.changed", budget };
}
