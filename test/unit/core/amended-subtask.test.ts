import { deepEqual, equal } from "node:assert/strict";
import { Amendment } from "../../../src/core/amendment/amendment";
import type { RunEvent } from "../../../src/core/state/events";
import { failure } from "../../../src/core/failure";
import type { LeftOut } from "../../../src/core/review/left-out";
import { subtaskState } from "../../../src/core/state/state";
import {
  accepted,
  accepting,
  amended,
  begun,
  failedWith,
  planOf,
  proposedAmendment,
  rejected,
  retried,
  started,
  stateAfter,
} from "../../support/builders";
import { given } from "../../support/given";

const PLAN = planOf("a", "b: a");
const CHANGE = Amendment.parse({ reason: "r", change: [{ id: "a", description: "Otherwise" }] });
const DROP = Amendment.parse({ reason: "r", drop: ["a"], change: [{ id: "b", dependencies: [] }] });
const OTHERWISE = planOf({ id: "a", description: "Otherwise" }, "b: a");
const LEFT_OUT: LeftOut = { path: "a.ts", number: 1, fingerprint: "f", excerpt: "+x", reason: "no" };

const after = (...events: readonly RunEvent[]) => subtaskState(stateAfter(...begun(PLAN), ...events), "a");

describe("a subtask that an amendment changes", () => {
  it("does not go on with an attempt at what it was before", () => {
    const interrupted = [started("a"), failedWith("a", "run.interrupted")];
    const goesOn: RunEvent = { type: "subtask.retried", subtask: "a", by: "user", continues: true };
    equal(after(...interrupted, goesOn)?.continues, true);
    equal(after(...interrupted, goesOn, amended(OTHERWISE, CHANGE))?.continues, false);
  });

  it("keeps out what the user left out, and tells why the last result was turned down", () => {
    const events: readonly RunEvent[] = [
      started("a"),
      failedWith("a", "checks.failed", "a.ts"),
      { type: "subtask.retried", subtask: "a", by: "user", leftOut: [LEFT_OUT] },
      started("a", 2),
      failedWith("a", "checks.failed", "a.ts"),
      rejected("a", "too slow"),
      amended(OTHERWISE, CHANGE),
    ];
    const a = after(...events);
    deepEqual(a?.leftOut, [LEFT_OUT]);
    equal(a?.note, "The last result was rejected: too slow");
  });

  it("keeps the note of a retry that has not begun", () =>
    equal(
      after(started("a"), failedWith("a", "checks.failed"), retried("a", "mind the gap"), amended(OTHERWISE, CHANGE))
        ?.note,
      "mind the gap",
    ));

  it("is not one whose accept is being taken back", () => {
    const undoing: RunEvent = { type: "undo.started", subtask: "a", seen: "seen", commit: "undo-a" };
    given(
      ...begun(PLAN),
      started("a"),
      failedWith("a", "checks.failed", "a.ts"),
      accepting("a"),
      accepted("a"),
      undoing,
      proposedAmendment(DROP),
    )
      .when({ type: "approve-amendment", number: 1, by: "user" })
      .refused("run.state", /"a" is being undone/u);
  });
});

describe("an attempt that goes on", () => {
  it("keeps its partial diff until it is under way: something may keep it from starting", () => {
    const events: readonly RunEvent[] = [
      started("a"),
      failedWith("a", "run.interrupted", "a.ts"),
      { type: "subtask.retried", subtask: "a", by: "user", continues: true },
    ];
    equal(after(...events)?.result?.commit, "commit-a");
    const going: RunEvent = { ...started("a"), continues: true } as RunEvent;
    equal(after(...events, going)?.result, null);
    const late: RunEvent = {
      type: "subtask.failed",
      subtask: "a",
      attempt: 1,
      failure: failure("budget.reached", "Spent."),
      result: after(...events)?.result ?? null,
    };
    equal(after(...events, late)?.result?.commit, "commit-a");
  });
});
