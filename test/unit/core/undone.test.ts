import { deepEqual, equal } from "node:assert/strict";
import { decide } from "../../../src/core/state/decide";
import type { RunEvent } from "../../../src/core/state/events";
import { failure } from "../../../src/core/failure";
import { remainder } from "../../../src/core/review/part-undone";
import type { FileDiff, Hunk } from "../../../src/core/review/diff";
import type { FileChoice } from "../../../src/core/review/selection";
import { subtaskState } from "../../../src/core/state/state";
import {
  accepted,
  accepting,
  begun,
  finished,
  planOf,
  rejected,
  retried,
  started,
  stateAfter,
} from "../../support/builders";

const DONE = [...begun(planOf("a")), started("a"), finished("a", "x"), accepting("a"), accepted("a")];
const part = { taken: { files: [{ path: "x", take: [1] }], commit: "rest" }, leftOut: [], left: "left" } as const;
const undoing = (more: object = {}): RunEvent => ({
  type: "undo.started",
  subtask: "a",
  seen: "s",
  commit: "r",
  ...more,
});
const undone: RunEvent = { type: "undo.completed", subtask: "a", commit: "r" };
const gaveUp: RunEvent = { type: "undo.abandoned", subtask: "a", failure: failure("checks.failed", "red") };

describe("an accept that is taken back, whole or in part", () => {
  const rows: readonly (readonly [string, readonly RunEvent[], string, string | null, boolean])[] = [
    ["whole", [undoing(), undone], "open", null, true],
    ["whole, from a log without the beginning", [undone], "open", null, true],
    ["in part", [undoing({ part }), undone], "accepted", "left", true],
    ["in part, which did not land", [undoing({ part }), gaveUp], "accepted", null, false],
    ["in part, and while that is under way", [undoing({ part })], "undoing", null, false],
    [
      "in part, and brought back",
      [undoing({ part }), undone, undoing({ part: { taken: null, leftOut: [], left: null }, redo: true }), undone],
      "accepted",
      null,
      false,
    ],
    ["whole, and accepted again", [undoing(), undone, accepting("a"), accepted("a")], "accepted", null, false],
    ["whole, and tried again", [undoing(), undone, retried("a")], "open", null, false],
  ];
  for (const [what, events, kind, left, redoable] of rows)
    it(what, () => {
      const state = stateAfter(...DONE, ...events);
      const a = subtaskState(state, "a");
      deepEqual(
        [a?.decision.kind, a?.decision.kind === "accepted" ? a.decision.left : null, a?.undone !== null],
        [kind, left, redoable],
      );
      equal(decide(state, { type: "redo", subtask: "a" }).ok, redoable);
    });

  it("is not redone over a rejection", () =>
    equal(decide(stateAfter(...DONE, undoing(), undone, rejected("a")), { type: "redo", subtask: "a" }).ok, false));
});

describe("what is left of an accept without a part", () => {
  const hunk: Hunk = { oldStart: 1, oldLines: 1, newStart: 1, newLines: 1, heading: "", lines: [] };
  const files: readonly FileDiff[] = [
    { path: "x", status: "modified", binary: false, hunks: [hunk, hunk, hunk] },
    { path: "new", status: "added", binary: false, hunks: [hunk] },
  ];
  const some: readonly FileChoice[] = [{ path: "x", take: [1, 3] }];
  const rows: readonly (readonly [string, "all" | readonly FileChoice[], readonly FileChoice[], boolean, unknown])[] = [
    ["a hunk of all", "all", [{ path: "x", take: [2] }], true, [[1, 3], "all"]],
    ["a file of all", "all", [{ path: "new", take: "all" }], true, ["all", "none"]],
    ["a hunk of some", some, [{ path: "x", take: [3] }], true, [[1], "none"]],
    ["all there is", some, [{ path: "x", take: "all" }], false, ["none", "none"]],
    ["what is not there, by name", some, [{ path: "x", take: [2, 3] }], true, "x#2 is not on the branch."],
    ["what is not there, by the way", some, [{ path: "x", take: [2, 3] }], false, [[1], "none"]],
    ["a file of another result", "all", [{ path: "y", take: "all" }], false, "The result does not change y."],
    ["a hunk of another result", "all", [{ path: "x", take: [2, 4] }], true, "x has no hunk 4."],
    ["a hunk of what goes whole", "all", [{ path: "new", take: [0] }], true, "new can only be taken whole: it is new."],
    [
      "a file twice",
      "all",
      [
        { path: "x", take: [1] },
        { path: "x", take: "none" },
      ],
      true,
      "x is chosen twice.",
    ],
    ["nothing", some, [{ path: "x", take: [2] }], false, "Nothing of it would be taken back."],
  ];
  for (const [what, taken, back, exact, expected] of rows)
    it(what, () => {
      const left = remainder(files, taken, back, { exact });
      deepEqual("code" in left ? left.message : left.map(({ take }) => take), expected);
    });
});
