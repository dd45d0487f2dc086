import { deepEqual, equal } from "node:assert/strict";
import { EXIT, exitCodeOf, exitCodeOfRun } from "../../../src/cli/exit";
import type { RunEvent } from "../../../src/core/state/events";
import { failure, type FailureCode } from "../../../src/core/failure";
import { toRunView } from "../../../src/core/state/view";
import {
  abandoned,
  accepted,
  begun,
  created,
  failedWith,
  finished,
  planOf,
  rejected,
  started,
  stateAfter,
} from "../../support/builders";

it("the codes are a contract", () =>
  deepEqual(EXIT, { done: 0, failed: 1, usage: 2, waiting: 3, budget: 4, cancelled: 130 }));

describe("a command that could not do its work", () => {
  const CODES: Readonly<Record<FailureCode, number>> = {
    "git.missing": 2,
    "git.too-old": 2,
    "git.failed": 1,
    "repo.missing": 2,
    "repo.no-commits": 2,
    "repo.detached": 2,
    "repo.busy": 3,
    "target.missing": 1,
    "target.moved": 3,
    "tree.dirty": 3,
    "tree.in-the-way": 3,
    "tree.unsafe": 1,
    "merge.conflict": 3,
    "merge.dependency": 3,
    "selection.invalid": 2,
    "config.unconfirmed": 3,
    "hook.unapproved": 3,
    "hook.failed": 3,
    "hook.changed": 3,
    "checks.failed": 1,
    "command.denied": 1,
    "report.invalid": 1,
    "review.missing": 1,
    "result.empty": 1,
    "result.missing": 1,
    "disk.full": 1,
    "disk.denied": 1,
    "model.no-key": 2,
    "model.auth": 1,
    "model.billing": 1,
    "model.network": 1,
    "model.rate-limit": 1,
    "model.overloaded": 1,
    "model.server": 1,
    "model.request": 1,
    "model.stalled": 1,
    "stall.tool": 1,
    "stall.turn": 1,
    "model.cut": 1,
    "model.refusal": 1,
    "model.max-tokens": 1,
    "model.context": 1,
    "limit.turns": 1,
    "limit.tokens": 1,
    "limit.time": 1,
    "budget.reached": 4,
    "sandbox.missing": 1,
    "sandbox.failed": 1,
    "worktree.failed": 1,
    "plan.invalid": 2,
    "plan.unreadable": 2,
    "setting.invalid": 2,
    "goal.path": 2,
    "goal.empty": 2,
    "scope.invalid": 2,
    "run.unknown": 2,
    "run.busy": 3,
    "run.state": 2,
    "run.interrupted": 1,
    "run.record": 1,
    "journal.corrupt": 1,
    "journal.newer": 1,
    "trace.refused": 1,
    cancelled: 130,
    internal: 1,
  };
  it("has a code for each failure", () =>
    deepEqual(Object.fromEntries(Object.keys(CODES).map((code) => [code, exitCodeOf(code as FailureCode)])), CODES));
});

describe("a run that came to rest", () => {
  const B = begun(planOf("a", "b"));
  const table: readonly (readonly [string, readonly RunEvent[], number])[] = [
    ["all accepted", [...B, finished("a", "x"), accepted("a"), finished("b", "y"), accepted("b")], 0],
    ["nothing changed", [...B, finished("a"), finished("b")], 0],
    ["one rejected, one accepted", [...B, finished("a", "x"), rejected("a"), finished("b", "y"), accepted("b")], 0],
    ["a diff waits", [...B, finished("a", "x"), finished("b")], 3],
    ["a merge conflict waits", [...B, finished("a", "x"), abandoned("a", "merge.conflict"), finished("b")], 3],
    ["one failed, one waits", [...B, finished("a", "x"), failedWith("b", "checks.failed")], 1],
    ["one failed with a diff", [...B, failedWith("a", "checks.failed", "x"), finished("b")], 1],
    [
      "a failed one whose diff was accepted",
      [...B, failedWith("a", "limit.turns", "x"), accepted("a"), finished("b")],
      0,
    ],
    ["one blocked by a rejection", [...begun(planOf("a", "b: a")), finished("a", "x"), rejected("a")], 1],
    ["the budget is spent", [...B, failedWith("a", "budget.reached", "x"), finished("b", "y")], 4],
    ["cancelled", [...B, started("a"), { type: "run.cancelled" }, failedWith("a", "cancelled")], 130],
    ["closed in the middle of an attempt", [...B, finished("a"), failedWith("b", "run.interrupted")], 1],
    ["stopped in the middle of an attempt", [...B, finished("a"), failedWith("b", "cancelled")], 130],
    ["no plan", [created(), { type: "plan.failed", failure: failure("model.auth", "No.") }], 1],
  ];
  for (const [what, events, code] of table)
    it(`${what}: ${code}`, () => equal(exitCodeOfRun(toRunView(stateAfter(...events))), code));
});
