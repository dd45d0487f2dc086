import { deepEqual, equal } from "node:assert/strict";
import type { RunEvent } from "../../../src/core/state/events";
import { failure, type FailureCode } from "../../../src/core/failure";
import { isSynthesisDue } from "../../../src/core/synthesis";
import { addUsage } from "../../../src/core/usage";
import { toRunView } from "../../../src/core/state/view";
import {
  approved,
  begun,
  created,
  failedWith,
  finished,
  planOf,
  proposed,
  retried,
  started,
  stateAfter,
  turned,
  USAGE,
} from "../../support/builders";

const PLAN = { ...planOf("a", "b: a"), integration: { strategy: "synthesize" as const, validation_tests: [] } };
const ENDED: readonly RunEvent[] = [started("a"), finished("a", "x"), started("b"), finished("b")];
const failedSynthesis = (code: FailureCode): readonly RunEvent[] => [
  { type: "synthesis.started" },
  { type: "synthesis.failed", failure: failure(code, "Failed.") },
];
const DONE: readonly RunEvent[] = [
  { type: "synthesis.started" },
  { type: "synthesis.completed", report: { summary: "s", files: [], findings: [], decisions: [], open_points: [] } },
];

describe("a synthesis is due", () => {
  const due = (events: readonly RunEvent[], plan = PLAN as Parameters<typeof approved>[0]) =>
    isSynthesisDue(stateAfter(created(), proposed(plan), approved(plan), ...events));
  for (const [what, events, expected] of [
    ["when all workers ended", ENDED, true],
    [
      "when what is left cannot start",
      [started("a"), finished("a"), started("b"), failedWith("b", "limit.time")],
      true,
    ],
    ["not while one may start", [started("a"), finished("a")], false],
    ["not while one runs", [started("a"), finished("a"), started("b")], false],
    ["not when nobody reported", [started("a"), failedWith("a", "model.auth")], false],
    ["not while paused", [...ENDED, { type: "run.paused" }], false],
    ["not when cancelled", [...ENDED, { type: "run.cancelled" }], false],
    ["not while there is one under way", [...ENDED, { type: "synthesis.started" }], false],
    ["not twice", [...ENDED, ...DONE], false],
    ["not again after a failure", [...ENDED, ...failedSynthesis("model.server")], false],
    ["again when it was cut short", [...ENDED, ...failedSynthesis("run.interrupted")], true],
    ["again when it was cancelled and the run goes on", [...ENDED, ...failedSynthesis("cancelled")], true],
    ["anew when a subtask was done again", [...ENDED, ...DONE, retried("b"), started("b", 2), finished("b")], true],
  ] as readonly (readonly [string, readonly RunEvent[], boolean])[])
    it(what, () => equal(due(events), expected));

  it("only where the plan has an integration block", () => equal(due(ENDED, planOf("a", "b: a")), false));
  it("not before approval", () => equal(isSynthesisDue(stateAfter(created(), proposed(PLAN))), false));
});

it("a run is running while its reports are brought together", () => {
  const view = toRunView(
    stateAfter(created(), proposed(PLAN), approved(PLAN), ...ENDED, { type: "synthesis.started" }),
  );
  equal(view.phase, "running");
});

describe("the synthesis", () => {
  const report = { summary: "s", files: [], findings: [], decisions: [], open_points: [] };
  const why = failure("budget.reached", "Spent.");
  const STARTED: RunEvent = { type: "synthesis.started" };
  const DONE: RunEvent = { type: "synthesis.completed", report };
  for (const [what, events, expected] of [
    ["none", [], { kind: "none" }],
    ["under way", [STARTED], { kind: "running" }],
    ["done", [STARTED, DONE], { kind: "done", report }],
    ["failed", [STARTED, { type: "synthesis.failed", failure: why }], { kind: "failed", failure: why }],
    ["out of date once a worker starts anew", [STARTED, DONE, started("a", 2)], { kind: "none" }],
    ["overtaken while it was under way", [STARTED, started("a", 2), DONE], { kind: "none" }],
  ] as readonly (readonly [string, readonly RunEvent[], object])[])
    it(what, () => deepEqual(stateAfter(...begun(planOf("a")), ...events).synthesis, expected));

  it("has its own usage, and it is in the sum", () => {
    const turn = { ...turned(null), by: "synthesizer" } as RunEvent;
    const state = stateAfter(...begun(planOf("a")), turned(null), turn, turned("a"));
    deepEqual([state.plannerUsage, state.synthesisUsage, state.plannerTurns], [USAGE, USAGE, 1]);
    deepEqual(toRunView(state).usage, addUsage(USAGE, addUsage(USAGE, USAGE)));
  });
});
