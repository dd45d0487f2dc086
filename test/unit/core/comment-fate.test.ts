import { deepEqual } from "node:assert/strict";
import { fateOf, type CommentFate } from "../../../src/core/review/comment-fate";
import type { DiffLine, FileDiff, Hunk } from "../../../src/core/review/diff";

/** A hunk from lines as git prints them, whose first stands at `old` before and at `now` behind. */
function hunk(old: number, now: number, ...lines: readonly string[]): Hunk {
  const parsed = lines.map((line): DiffLine => {
    const [sign, text] = [line.charAt(0), line.slice(1)];
    if (sign === " ") return { kind: "context", text };
    return { kind: sign === "+" ? "added" : "deleted", text };
  });
  const oldLines = parsed.filter(({ kind }) => kind !== "added").length;
  const newLines = parsed.filter(({ kind }) => kind !== "deleted").length;
  return { oldStart: old, oldLines, newStart: now, newLines, heading: "", lines: parsed };
}

function diff(...hunks: readonly Hunk[]): FileDiff {
  return { path: "a", status: "modified", binary: false, hunks };
}

describe("what became of a comment", () => {
  const since = diff(hunk(9, 9, " 9", "-10", "+ten", "+more", " 11"), hunk(29, 30, " 29", "-30", " 31"));
  const onResult: readonly (readonly [number, CommentFate, number])[] = [
    [1, "as-it-was", 1],
    [6, "as-it-was", 6],
    [7, "close-by", 7],
    [9, "close-by", 9],
    [10, "changed", 10],
    [11, "close-by", 12],
    [14, "close-by", 15],
    [15, "as-it-was", 16],
    [30, "changed", 31],
    [40, "as-it-was", 40],
  ];
  for (const [line, fate, now] of onResult)
    it(`line ${line} of the result: ${fate}`, () =>
      deepEqual(fateOf({ side: "result", line }, { toLast: undefined, toResult: undefined, since }), {
        fate,
        now: { side: "result", line: now },
      }));

  const out = (text: string) => diff(hunk(4, 4, " 4", `-${text}`, " 6"));
  it("a line that was taken out and is back is changed", () =>
    deepEqual(
      fateOf(
        { side: "base", line: 5 },
        { toLast: out("5"), toResult: undefined, since: diff(hunk(4, 4, " 4", "+5", " 6")) },
      ),
      { fate: "changed", now: { side: "result", line: 5 } },
    ));
  it("one that stays out is as it was, whatever else changed far off", () =>
    deepEqual(fateOf({ side: "base", line: 5 }, { toLast: out("5"), toResult: out("5"), since }), {
      fate: "as-it-was",
      now: { side: "base", line: 5 },
    }));
  it("one that stays out where something else was put is close by", () =>
    deepEqual(
      fateOf(
        { side: "base", line: 5 },
        {
          toLast: out("5"),
          toResult: diff(hunk(4, 4, " 4", "-5", "+five", " 6")),
          since: diff(hunk(4, 4, " 4", "+five", " 6")),
        },
      ),
      { fate: "close-by", now: { side: "base", line: 5 } },
    ));

  it("a file nobody touched again leaves all as it was, one that is gone changed it", () => {
    const on = (file: FileDiff | undefined) =>
      fateOf({ side: "result", line: 3 }, { toLast: undefined, toResult: undefined, since: file }).fate;
    deepEqual(
      [
        on(undefined),
        on({ ...diff(hunk(1, 0, "-1", "-2", "-3")), status: "deleted" }),
        on({ ...diff(), binary: true }),
        on({ ...diff(hunk(0, 1, "+1")), status: "added" }),
      ],
      ["as-it-was", "changed", "close-by", "close-by"],
    );
  });
});
