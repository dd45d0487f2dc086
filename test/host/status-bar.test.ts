import assert from "node:assert/strict";
import type { RunEvent } from "../../src/core/state/events";
import { toRunView } from "../../src/core/state/view";
import { statusText } from "../../src/host/status-bar";
import { begun, failedWith, finished, planOf, started, stateAfter } from "../support/builders";

describe("what the status bar says of a run", () => {
  const both: readonly RunEvent[] = [...begun(planOf("a", "b")), started("a"), started("b")];
  const check = (what: string, events: readonly RunEvent[], words: string) =>
    it(what, () => assert.equal(statusText(toRunView(stateAfter(...events))), words));

  check("both at work", both, "2 running, 0/2");
  check("one is done", [...both, finished("a", "x.ts")], "1 running, 1/2 · 1 to review");
  check(
    "one is done, and one has failed",
    [...both, finished("a", "x.ts"), failedWith("b", "limit.turns")],
    "1 to review · 1 failed",
  );
  const brought: readonly RunEvent[] = [...both, finished("a", "x.ts"), finished("b"), { type: "synthesis.started" }];
  check("the reports are brought together", brought, "bringing the reports together · 1 to review");
  check("none went well", [...both, failedWith("a", "limit.turns"), failedWith("b", "limit.turns")], "failed");
});
