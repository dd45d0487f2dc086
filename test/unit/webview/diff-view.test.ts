import assert from "node:assert/strict";
import type { FileDiff, Hunk } from "../../../src/core/review/diff";
import { cutHunks } from "../../../webview/cut-hunks";
import { foldedFiles, MAX_FILE_LINES, nextBatch } from "../../../webview/folded-files";

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

describe("nextBatch", () => {
  const files = (count: number, lines: number) =>
    Array.from({ length: count }, (_, i): FileDiff => ({
      path: String(i),
      status: "modified",
      binary: false,
      hunks: [hunk(lines)],
    }));
  const rows: readonly (readonly [string, readonly FileDiff[], number, number])[] = [
    ["a few small files at once", files(5, 10), 0, 5],
    ["large ones one by one", files(5, 1_500), 0, 1],
    ["and goes on from there", files(5, 1_500), 1, 2],
    ["no more than there are", files(2, 10), 2, 2],
    ["not all of many empty ones", files(300, 0), 0, 40],
  ];
  for (const [name, all, drawn, expected] of rows)
    it(`draws ${name}`, () => assert.equal(nextBatch(all, new Set(), drawn), expected));

  it("takes what is folded as nothing", () => assert.equal(nextBatch(files(5, 1_500), new Set(["0", "1", "2"]), 0), 4));
});
