import assert from "node:assert/strict";
import type { FileDiff } from "../../../src/core/review/diff";
import { fileMark } from "../../../src/core/review/file-mark";

const hunk = (text: string, oldStart = 1) => ({
  oldStart,
  oldLines: 1,
  newStart: 1,
  newLines: 1,
  heading: "f()",
  lines: [{ kind: "added" as const, text }],
});
const FILE: FileDiff = { path: "a", status: "modified", binary: false, blob: "b1", hunks: [hunk("x")] };

describe("fileMark", () => {
  const rows: readonly (readonly [string, Partial<FileDiff>, boolean])[] = [
    ["nothing", {}, true],
    ["the heading of a hunk", { hunks: [{ ...hunk("x"), heading: "g()" }] }, true],
    ["a line", { hunks: [hunk("y")] }, false],
    ["the place of a hunk", { hunks: [hunk("x", 2)] }, false],
    ["the content", { blob: "b2" }, false],
    ["the mode", { newMode: "100755" }, false],
    ["the name", { from: "b" }, false],
  ];
  for (const [what, change, same] of rows)
    it(`${same ? "holds" : "ends"} when ${what} changes`, () =>
      assert.equal(fileMark({ ...FILE, ...change }) === fileMark(FILE), same));
});
