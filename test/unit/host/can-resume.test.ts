import { equal } from "node:assert/strict";
import type { RunEvent } from "../../../src/core/state/events";
import { failure, type FailureCode } from "../../../src/core/failure";
import { toRunView } from "../../../src/core/state/view";
import { canResume, stillWaits } from "../../../src/host/can-resume";
import {
  accepted,
  accepting,
  begun,
  created,
  failedWith,
  finished,
  planOf,
  proposed,
  stateAfter,
  started,
} from "../../support/builders";

const plan = planOf("a", "b: a");
const allIn = [...begun(planOf("a")), started("a"), finished("a", "x"), accepting("a"), accepted("a")].concat({
  type: "synthesis.started",
});
const synthesisFailed = (code: FailureCode): RunEvent => ({ type: "synthesis.failed", failure: failure(code, "No.") });
const noPlan: RunEvent = { type: "plan.failed", failure: failure("model.network", "Nobody answers.") };

describe("what a run that nobody works on offers", () => {
  const rows: readonly (readonly [string, readonly RunEvent[], boolean, boolean])[] = [
    ["planning was cut off", [created()], true, true],
    ["planning failed", [created(), noPlan], true, true],
    ["a plan waits", [created(), proposed(plan)], false, true],
    ["workers run", [...begun(plan), started("a")], false, true],
    [
      "workers run to their end, the rest is paused",
      [...begun(plan), started("a"), { type: "run.paused" }],
      true,
      true,
    ],
    ["paused", [...begun(plan), { type: "run.paused" }], true, true],
    ["cancelled", [...begun(plan), { type: "run.cancelled" }], true, false],
    ["a failed, b blocked", [...begun(plan), started("a"), failedWith("a", "limit.turns")], true, true],
    ["closed in the middle", [...begun(plan), started("a"), failedWith("a", "run.interrupted")], true, true],
    [
      "one waits for review, one failed",
      [...begun(plan), started("a"), finished("a", "x"), started("b"), failedWith("b", "limit.turns")],
      true,
      true,
    ],
    ["all wait for review", [...begun(planOf("a")), started("a"), finished("a", "x")], false, true],
    ["done", [...begun(planOf("a")), started("a"), finished("a", "x"), accepting("a"), accepted("a")], false, false],
    ["the reports were being brought together", [...allIn, synthesisFailed("run.interrupted")], true, true],
    ["that was cancelled", [...allIn, synthesisFailed("cancelled")], true, true],
    ["that failed", [...allIn, synthesisFailed("model.refusal")], false, false],
  ];
  for (const [what, events, resumable, waits] of rows)
    it(`${what}: ${resumable ? "resume" : "no resume"}, ${waits ? "waits" : "rests"}`, () => {
      const view = toRunView(stateAfter(...events));
      equal(canResume(view, false), resumable);
      equal(canResume(view, true), false);
      equal(stillWaits(view), waits);
    });

  it("nothing: no resume", () => equal(canResume(undefined, false), false));
});
