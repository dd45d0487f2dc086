import assert from "node:assert/strict";
import type { DiffLine, FileDiff } from "../../../src/core/review/diff";
import { parseDiff } from "../../../src/core/review/hunks";
import type { ReviewFile } from "../../../src/core/review/review";
import { linesOf, MAX_LINE_CHARS, outlineOf, type LineRange } from "../../../src/protocol/outline";

/** A file with hunks of these numbers of lines, nine characters each. */
function file(path: string, ...sizes: readonly number[]): ReviewFile {
  const hunks = sizes.map((size) => ({
    oldStart: 1,
    oldLines: 0,
    newStart: 1,
    newLines: size,
    heading: "",
    lines: Array.from({ length: size }, (_, i): DiffLine => ({ kind: "added", text: String(i).padEnd(9, ".") })),
  }));
  const facts = { parts: [], whole: null, added: 0, deleted: 0, executable: null, outOfScope: false, leftOut: [] };
  return { path, status: "modified", binary: false, hunks, ...facts };
}

describe("outlineOf", () => {
  const rows: readonly (readonly [
    string,
    readonly ReviewFile[],
    number,
    readonly (readonly [number, number | undefined])[],
  ])[] = [
    ["names what fits", [file("a", 3, 2)], 2, [[2, undefined]]],
    ["counts what does not", [file("a", 3, 4)], 1, [[1, 4]]],
    [
      "has room for nothing behind that",
      [file("a", 3, 30, 1), file("b", 2)],
      1,
      [
        [1, 31],
        [0, 2],
      ],
    ],
    ["leaves files without hunks alone", [file("a")], 0, [[0, undefined]]],
  ];
  for (const [name, files, max, expected] of rows)
    it(name, () =>
      assert.deepEqual(
        outlineOf(files, max).map((f) => [f.hunks.length, f.withheld]),
        expected,
      ),
    );

  it("has the size of a hunk and the line a remark is about, and no line of it", () => {
    const [outline] = outlineOf([file("a", 3)]);
    assert.equal(outline?.hunks[0]?.size, 3);
    assert.deepEqual(outline.hunks[0].place, { side: "result", line: 1 });
    assert.equal(JSON.stringify(outline).includes("0........"), false);
  });
});

describe("linesOf", () => {
  const check = (wanted: readonly LineRange[], expected: readonly string[], files: readonly FileDiff[], max?: number) =>
    assert.deepEqual(
      linesOf(files, wanted, max).map(({ lines }) => lines.map(({ text }) => text.replaceAll(".", "")).join()),
      expected,
    );
  const range = (from: number, to: number, path = "a"): LineRange => ({ path, from, to });

  it("counts through the hunks", () => check([range(2, 5)], ["2,0,1"], [file("a", 3, 4)]));
  it("gives what there is", () => check([range(1, 99)], ["1,2,0"], [file("a", 3, 1)]));
  it("keeps the order of what was asked", () => check([range(1, 2), range(0, 1)], ["1", "0"], [file("a", 3)]));
  it("has nothing beyond the end, nor of a file that is not there", () =>
    check([range(9, 12), range(0, 1, "b")], ["", ""], [file("a", 3)]));
  it("answers at least one range, and ends where the answer is full", () =>
    check([range(0, 3), range(0, 1), range(1, 2)], ["0,1,2", "", ""], [file("a", 3)], 20));

  it("knows the numbers of the first line on both sides, in the middle of a hunk as well", () => {
    const files = parseDiff(
      "diff --git a/a b/a\nindex 1..2 100644\n--- a/a\n+++ b/a\n@@ -10,3 +20,3 @@\n x\n-y\n+z\n w\n@@ -50 +60 @@\n-q\n+r\n",
    );
    const numbers = (from: number) => linesOf(files, [range(from, from + 1)]).map((s) => [s.oldLine, s.newLine]);
    assert.deepEqual([0, 1, 2, 3, 4].flatMap(numbers), [
      [10, 20],
      [11, 21],
      [12, 21],
      [12, 22],
      [50, 60],
    ]);
  });

  it("shortens a line of a megabyte and says by how much", () => {
    const long = file("a", 1);
    const [hunk] = long.hunks;
    assert.ok(hunk);
    const lines: readonly DiffLine[] = [{ kind: "added", text: "x".repeat(1_000_000) }];
    const [slice] = linesOf([{ ...long, hunks: [{ ...hunk, lines }] }], [range(0, 1)]);
    const text = slice?.lines[0]?.text ?? "";
    assert.equal(text.slice(MAX_LINE_CHARS), ` … ${1_000_000 - MAX_LINE_CHARS} more characters`);
  });
});
