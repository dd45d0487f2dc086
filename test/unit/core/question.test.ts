import { deepEqual, equal } from "node:assert/strict";
import type { RunEvent } from "../../../src/core/state/events";
import { failure } from "../../../src/core/failure";
import { answersTo, chosenOption } from "../../../src/core/question";
import { workedMs } from "../../../src/core/state/spent";
import { subtasksOf, toRunView } from "../../../src/core/state/view";
import {
  answered,
  asked,
  begun,
  created,
  failedWith,
  finished,
  planOf,
  proposed,
  retried,
  started,
  stateAfter,
  stopped,
} from "../../support/builders";
import { given } from "../../support/given";

const PLAN = planOf("a", "b");
const BOTH = [...begun(PLAN), started("a"), started("b")];

describe("an answer", () => {
  for (const [options, words, expected] of [
    [["red", "blue"], "2", "blue"],
    [["red", "blue"], " 1 ", "red"],
    [["red", "blue"], "3", "3"],
    [["red", "blue"], "0", "0"],
    [["red", "blue"], "2 of them", "2 of them"],
    [["4", "2"], "2", "2"],
    [[], "1", "1"],
  ] as const)
    it(`${JSON.stringify(words)} to ${JSON.stringify(options)} is ${expected}`, () =>
      equal(chosenOption(options, words), expected));
});

describe("a question", () => {
  const end = (...events: readonly RunEvent[]) =>
    stateAfter(...events).questions.map(({ number, outcome }) => `${number} ${outcome.kind}`);

  for (const [what, events, expected] of [
    ["is open", [...BOTH, asked(1, "a")], ["1 open"]],
    ["is answered", [...BOTH, asked(1, "a"), asked(2, "b"), answered(2, "x")], ["1 open", "2 answered"]],
    ["is answered by nobody", [...BOTH, asked(1, "a"), answered(1, "", "nobody")], ["1 answered"]],
    ["goes with a worker that failed", [...BOTH, asked(1, "a"), failedWith("a", "cancelled")], ["1 withdrawn"]],
    ["goes with a worker that finished", [...BOTH, asked(1, "a"), finished("a")], ["1 withdrawn"]],
    ["stays when another worker ends", [...BOTH, asked(1, "a"), finished("b")], ["1 open"]],
    ["of the planner goes with the plan", [created(), asked(1, null), proposed(PLAN)], ["1 withdrawn"]],
    [
      "of the planner goes when planning fails",
      [created(), asked(1, null), { type: "plan.failed", failure: failure("run.interrupted", "Gone.") }],
      ["1 withdrawn"],
    ],
    ["keeps its answer to the end", [...BOTH, asked(1, "a"), answered(1, "x"), finished("a")], ["1 answered"]],
    ["answered twice keeps the first", [...BOTH, asked(1, "a"), answered(1, "x"), answered(1, "y")], ["1 answered"]],
    ["that nobody asked is nothing", [...BOTH, answered(7, "x")], []],
  ] as const satisfies readonly (readonly [string, readonly RunEvent[], readonly string[]])[])
    it(what, () => deepEqual(end(...events), expected));

  it("keeps the first of two answers", () =>
    deepEqual(answersTo(stateAfter(...BOTH, asked(1, "a"), answered(1, "x"), answered(1, "y")).questions, "a"), [
      { question: "Which 1?", answer: "x" },
    ]));

  it("that nobody answered is not told to the next attempt", () =>
    deepEqual(answersTo(stateAfter(...BOTH, asked(1, "a"), answered(1, "", "nobody")).questions, "a"), []));

  it("makes its subtask ask, and waits for a human beside the results", () => {
    const view = toRunView(stateAfter(...BOTH, asked(1, "a", "x", "y"), finished("b", "f")));
    deepEqual(
      subtasksOf(view).map((s) => [s.status, s.reason]),
      [
        ["asks", "Which 1?"],
        ["review", null],
      ],
    );
    equal(view.phase, "running");
    equal(view.waiting, 2);
    equal(view.counts.asks, 1);
    deepEqual(
      view.questions.map(({ number, subtask, options }) => [number, subtask, options]),
      [[1, "a", ["x", "y"]]],
    );
  });

  it("once answered, its subtask runs again", () => {
    const view = toRunView(stateAfter(...BOTH, asked(1, "a"), answered(1, "x")));
    deepEqual([subtasksOf(view)[0]?.status, view.questions, view.waiting], ["running", [], 0]);
  });

  it("of the planner keeps the phase and stands in the view", () => {
    const view = toRunView(stateAfter(created(), asked(1, null)));
    deepEqual([view.phase, view.questions[0]?.subtask, view.waiting], ["planning", null, 1]);
  });
});

describe("waiting for an answer", () => {
  // Events are a second apart: created 1, proposed 2, approved 3, started 4.
  const ONE = [...begun(planOf("a")), started("a")];
  it("is no work", () => {
    const open = stateAfter(...ONE, asked(1, "a"));
    equal(open.workedMs, 1000);
    equal(workedMs(open, 3_600_000), 1000);
    equal(stateAfter(...ONE, asked(1, "a"), answered(1, "x"), finished("a")).workedMs, 2000);
  });
  it("is work while another one works", () => equal(workedMs(stateAfter(...BOTH, asked(1, "a")), 9000), 5000));
});

describe("answering", () => {
  const answer = (question: number | undefined, words = "x") =>
    ({ type: "answer", question, answer: words, by: "user" }) as const;
  const asks = given(...BOTH, asked(1, "a"));
  const two = given(...BOTH, asked(1, "a"), asked(2, "b"));

  it("by number", () => two.when(answer(2)).records(answered(2, "x")));
  it("without a number, where there is one", () => asks.when(answer(undefined, " x ")).records(answered(1, "x")));
  it("by nobody", () => asks.when({ ...answer(1, ""), by: "nobody" }).records(answered(1, "", "nobody")));
  for (const [what, story, command, words] of [
    ["none is open", given(...BOTH), answer(undefined), /No question is open/u],
    ["there are two", two, answer(undefined), /2 questions are open\. Say which one: 1 \(a\), 2 \(b\)/u],
    ["there is no such one", asks, answer(7), /no question 7\. Open are: 1 \(a\)/u],
    ["there is none at all", given(created()), answer(1), /no question 1\. No question is open/u],
    ["it is answered", given(...BOTH, asked(1, "a"), answered(1, "y")), answer(1), /already answered/u],
    ["the worker is gone", given(...BOTH, asked(1, "a"), failedWith("a", "model.auth")), answer(1), /was withdrawn/u],
    ["it is empty", asks, answer(1, " \n "), /The answer is empty/u],
  ] as const)
    it(`is refused where ${what}`, () => story.when(command).refused("run.state", words));
});

describe("stopping one", () => {
  const stop = { type: "stop", subtask: "a" } as const;
  const story = [...begun(PLAN), started("a")];
  it("that runs", () =>
    given(...story)
      .when(stop)
      .records(stopped("a")));
  it("that asks", () =>
    given(...story, asked(1, "a"))
      .when(stop)
      .records(stopped("a")));
  it("twice changes nothing", () =>
    given(...story, stopped("a"))
      .when(stop)
      .records());
  it("that does not run is refused", () =>
    given(...begun(PLAN))
      .when(stop)
      .refused("run.state", /"a" is not running/u));
  it("that nobody knows is refused", () =>
    given(...story)
      .when({ type: "stop", subtask: "z" })
      .refused("run.state", /no subtask "z"/u));
  it("shows while it ends, and says afterwards who did it", () => {
    const of = (...more: readonly RunEvent[]) => {
      const [a] = subtasksOf(toRunView(stateAfter(...story, stopped("a"), ...more)));
      return [a?.status, a?.reason];
    };
    deepEqual(of(), ["running", "is being stopped"]);
    deepEqual(of(failedWith("a", "cancelled")), ["cancelled", "a failed: cancelled"]);
    deepEqual(of(failedWith("a", "cancelled"), retried("a"), started("a", 2)), ["running", null]);
  });
});
