import assert from "node:assert/strict";
import type { FileDiff, Hunk } from "../../../src/core/diff";
import { cutHunks } from "../../../webview/cut-hunks";
import { foldedFiles, MAX_FILE_LINES } from "../../../webview/folded-files";

function hunk(lines: number): Hunk {
  const added = Array.from({ length: lines }, (_, i) => ({ kind: "added" as const, text: String(i) }));
  return { oldStart: 0, oldLines: 0, newStart: 1, newLines: lines, heading: "", lines: added };
}

describe("cutHunks", () => {
  const rows: readonly (readonly [number, readonly number[]])[] = [
    [0, []],
    [2, [2]],
    [3, [3]],
    [4, [3, 1]],
    [99, [3, 4]],
  ];
  const hunks = [hunk(3), hunk(4)];
  for (const [limit, expected] of rows)
    it(`${limit} lines`, () =>
      assert.deepEqual(
        cutHunks(hunks, limit).map((h) => h.lines.length),
        expected,
      ));

  it("leaves whole hunks as they are", () => assert.equal(cutHunks(hunks, 5)[0], hunks[0]));
});

describe("foldedFiles", () => {
  const file = (path: string, lines: number): FileDiff => ({
    path,
    status: "modified",
    binary: false,
    hunks: [hunk(lines)],
  });
  const rows: readonly (readonly [string, readonly number[], string])[] = [
    ["small files stand open", [10, 20], ""],
    ["a large one is folded, what follows is not", [10, MAX_FILE_LINES + 1, 10], "1"],
    ["the limit itself stands open", [MAX_FILE_LINES], ""],
    ["many are folded once enough is shown, smaller ones may still fit", [1_500, 1_500, 1_500, 1_500, 1, 0], "4"],
  ];
  for (const [name, sizes, expected] of rows)
    it(name, () => assert.equal([...foldedFiles(sizes.map((size, i) => file(String(i), size)))].join(), expected));
});
