import assert from "node:assert/strict";
import type { FileDiff } from "../../../src/core/review/diff";
import { boundDiff, MAX_LINE_CHARS } from "../../../src/protocol/bound-diff";

/** A file with hunks of these numbers of lines, ten characters each with their line end. */
function file(path: string, ...sizes: readonly number[]): FileDiff {
  const hunks = sizes.map((size) => ({
    oldStart: 1,
    oldLines: 0,
    newStart: 1,
    newLines: size,
    heading: "",
    lines: Array.from({ length: size }, () => ({ kind: "added" as const, text: "123456789" })),
  }));
  return { path, status: "modified", binary: false, hunks };
}

describe("boundDiff", () => {
  const rows: readonly (readonly [
    string,
    readonly FileDiff[],
    number,
    readonly (readonly [number, number | undefined])[],
  ])[] = [
    ["sends what fits", [file("a", 3, 2)], 50, [[2, undefined]]],
    ["counts what does not", [file("a", 3, 3)], 50, [[1, 3]]],
    ["leaves no gap within a file", [file("a", 3, 30, 1)], 50, [[1, 31]]],
    [
      "goes on with the next file that fits",
      [file("a", 9), file("b", 2)],
      50,
      [
        [0, 9],
        [1, undefined],
      ],
    ],
    ["leaves empty files alone", [file("a")], 0, [[0, undefined]]],
  ];
  for (const [name, files, max, expected] of rows)
    it(name, () =>
      assert.deepEqual(
        boundDiff(files, max).map((f) => [f.hunks.length, f.withheld]),
        expected,
      ),
    );

  it("shortens a line of a megabyte and says by how much", () => {
    const long = file("a", 1);
    const [hunk] = long.hunks;
    assert.ok(hunk);
    const [bounded] = boundDiff([
      { ...long, hunks: [{ ...hunk, lines: [{ kind: "added", text: "x".repeat(1_000_000) }] }] },
    ]);
    const text = bounded?.hunks[0]?.lines[0]?.text ?? "";
    assert.equal(text.slice(MAX_LINE_CHARS), ` … ${1_000_000 - MAX_LINE_CHARS} more characters`);
  });
});
