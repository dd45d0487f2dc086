import { valueAt } from "../../../src/core/state/chunked";
import { deepEqual, equal } from "node:assert/strict";
import { alongRefusal, alongWith } from "../../../src/core/review/along";
import type { RunEvent } from "../../../src/core/state/events";
import { begun, checked, failedWith, finished, planOf, reviewed, started, stateAfter } from "../../support/builders";

const BEGUN = begun(planOf("a", "b: a", "c: b"));
const SECRET = new Map([["a", "it holds a key."]]);

describe("what goes in along with a result", () => {
  const rows: readonly (readonly [string, readonly RunEvent[], ReadonlyMap<string, string>, string | null])[] = [
    ["what passes is no concern", [finished("a", "x")], new Map(), null],
    ["one that did not finish", [failedWith("a", "cancelled", "x")], new Map(), "it did not finish."],
    ["one whose check is red", [checked("a", "npm test", false), finished("a", "x")], new Map(), "`npm test` failed."],
    [
      "one whose review left findings open",
      [reviewed("a", 1, "wrong"), finished("a", "x")],
      new Map(),
      "its review left findings open.",
    ],
    ["one that looks suspicious", [finished("a", "x")], SECRET, "it holds a key."],
  ];
  for (const [what, events, suspicious, concern] of rows)
    it(what, () => {
      const state = stateAfter(...BEGUN, started("a"), ...events, finished("b"), finished("c", "z"));
      const along = alongWith(state, "c", suspicious);
      const commit = valueAt(state.subtasks, 0)?.result?.commit ?? "";
      deepEqual(along, [{ subtask: "a", commit, concern }]);
      const other = "0".repeat(40);
      const codes = [[], [{ subtask: "a", commit }], [{ subtask: "a", commit: other }], [{ subtask: "b", commit }]].map(
        (agreed) => alongRefusal("c", along, agreed)?.code,
      );
      const unseen = concern === null ? undefined : "merge.dependency";
      deepEqual(codes, [unseen, undefined, "run.state", unseen]);
    });

  it("what is decided does not", () => {
    const state = stateAfter(...BEGUN, finished("a", "x"), finished("b"), finished("c", "z"));
    equal(alongWith(state, "a", SECRET).length, 0);
  });
});
