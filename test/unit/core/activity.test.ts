import { equal } from "node:assert/strict";
import { describeActivity, endsActivity } from "../../../src/core/activity";
import type { RunEvent } from "../../../src/core/state/events";

describe("what a worker is said to be doing", () => {
  const at = { subtask: "a", attempt: 1 };
  const table: readonly (readonly [RunEvent, boolean])[] = [
    [{ type: "setup.completed", ...at, steps: [], durationMs: 300 }, false],
    [{ type: "worker.messaged", ...at, text: "Mind the clock." }, false],
    [{ type: "worker.moved", ...at }, true],
    [{ type: "worker.stopped", ...at }, true],
    [{ type: "subtask.retried", subtask: "a", by: "user" }, true],
  ];
  for (const [event, over] of table)
    it(`${over ? "is over" : "goes on"} with ${event.type}`, () => equal(endsActivity(event), over));

  it("is a call and what it is about, on one line", () => {
    equal(describeActivity({ type: "call", name: "bash", input: { command: "npm test\nls" } }), "bash npm test");
  });
});
