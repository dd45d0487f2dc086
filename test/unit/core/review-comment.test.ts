import assert from "node:assert/strict";
import { parseDiff } from "../../../src/core/review/hunks";
import { describeChangeRequest, isInHunk, placeOf } from "../../../src/core/review/review-comment";

const files = parseDiff(
  [
    "diff --git a/a.ts b/a.ts",
    "index 1..2 100644",
    "--- a/a.ts",
    "+++ b/a.ts",
    "@@ -1,3 +1,3 @@",
    " one",
    "-two",
    "+deux",
    " three",
    "@@ -10,2 +10 @@",
    " ten",
    "-eleven",
    "",
  ].join("\n"),
);
const [first, second] = files[0]?.hunks ?? [];

describe("remarks on a result", () => {
  it("stand where the hunk changes: in the result, or where that has nothing, in the base", () => {
    assert.ok(first && second);
    assert.deepEqual(placeOf(first), { side: "result", line: 2 });
    assert.deepEqual(placeOf(second), { side: "base", line: 11 });
  });

  const inside: readonly (readonly ["base" | "result", number, boolean])[] = [
    ["result", 1, true],
    ["result", 3, true],
    ["result", 4, false],
    ["base", 3, true],
    ["base", 4, false],
  ];
  for (const [side, line, expected] of inside)
    it(`${side} line ${line} is ${expected ? "" : "not "}in the hunk`, () => {
      assert.ok(first);
      assert.equal(isInHunk(first, { side, line }), expected);
    });

  it("are told with place and line", () =>
    assert.equal(
      describeChangeRequest(
        " In French, please. ",
        [
          { path: "a.ts", side: "result", line: 2, text: "And the others?" },
          { path: "a.ts", side: "base", line: 11, text: "Keep it." },
          { path: "a.ts", side: "result", line: 99, text: "Here too." },
        ],
        files,
      ),
      [
        "The user looked at your last result and asks for changes:",
        "In French, please.",
        "1. a.ts:2, as you left it:\n> deux\nAnd the others?",
        "2. a.ts:11, as it was before:\n> eleven\nKeep it.",
        "3. a.ts:99, as you left it:\nHere too.",
        "Say in your report's `answers`, by these numbers, what you made of each.",
      ].join("\n\n"),
    ));
});
