import { deepEqual, equal } from "node:assert/strict";
import { contextPercent, contextText, type ContextUse } from "../../../src/core/context-use";
import type { RunEvent } from "../../../src/core/state/events";
import { subtaskState } from "../../../src/core/state/state";
import { begun, failedWith, finished, planOf, retried, started, stateAfter, USAGE } from "../../support/builders";

describe("how full a context is, in words", () => {
  const table: readonly (readonly [ContextUse, number, string])[] = [
    [{ tokens: 68_000, window: 200_000 }, 34, "34 % of its context, 68k of 200k tokens"],
    [{ tokens: 40, window: 1_000_000 }, 0, "0 % of its context, 40 of 1.0M tokens"],
    [{ tokens: 250_000, window: 200_000 }, 100, "100 % of its context, 250k of 200k tokens"],
    [{ tokens: 50_000, window: 200_000, isEstimate: true }, 25, "about 25 % of its context, 50k of 200k tokens"],
  ];
  for (const [use, percent, text] of table)
    it(text, () => deepEqual([contextPercent(use), contextText(use)], [percent, text]));
});

describe("how full a worker's context is, as the log tells it", () => {
  const answered = (tokens: number | null, by?: "reviewer"): RunEvent => ({
    type: "turn.completed",
    subtask: "a",
    attempt: 1,
    turn: 1,
    ...(by === undefined ? {} : { by }),
    model: "claude-sonnet-5-5",
    stopReason: "tool_use",
    usage: USAGE,
    durationMs: 100,
    ...(tokens === null ? {} : { context: { tokens, window: 1000 } }),
  });
  const compacted = (by?: "reviewer"): RunEvent => ({
    type: "context.compacted",
    subtask: "a",
    attempt: 1,
    ...(by === undefined ? {} : { by }),
    before: 900,
    after: 200,
    usage: USAGE,
    durationMs: 100,
  });
  const table: readonly (readonly [string, readonly RunEvent[], ContextUse | null])[] = [
    ["unknown before the first answer", [], null],
    ["unknown in a log that does not say", [answered(null)], null],
    ["that of the last answer", [answered(100), answered(300)], { tokens: 300, window: 1000 }],
    ["not the reviewer's", [answered(100), answered(900, "reviewer")], { tokens: 100, window: 1000 }],
    [
      "by estimate once it was made shorter",
      [answered(900), compacted()],
      { tokens: 200, window: 1000, isEstimate: true },
    ],
    ["not once the reviewer's was", [answered(900), compacted("reviewer")], { tokens: 900, window: 1000 }],
    ["counted again with the next answer", [answered(900), compacted(), answered(250)], { tokens: 250, window: 1000 }],
    ["still there at the end", [answered(100), finished("a")], { tokens: 100, window: 1000 }],
    ["none in the next attempt", [answered(100), failedWith("a", "limit.turns"), retried("a"), started("a", 2)], null],
  ];
  for (const [what, events, expected] of table)
    it(what, () => {
      const state = stateAfter(...begun(planOf("a")), started("a"), ...events);
      deepEqual(subtaskState(state, "a")?.context, expected);
    });

  it("an attempt that is gone on with keeps it", () => {
    const again: RunEvent = { ...started("a"), continues: true } as RunEvent;
    const state = stateAfter(...begun(planOf("a")), started("a"), answered(100), again);
    equal(subtaskState(state, "a")?.context?.tokens, 100);
  });
});
