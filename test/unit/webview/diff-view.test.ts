import assert from "node:assert/strict";
import { failure, BraidError } from "../../../src/core/failure";
import type { LineRange, LineSlice } from "../../../src/protocol/outline";
import type { OutlinedHunk, ShownFile } from "../../../src/protocol/review-messages";
import { Folds } from "../../../webview/folds";
import { BLOCK_HUNKS, BLOCK_LINES, blocksOf, MAX_FILE_LINES } from "../../../src/protocol/line-blocks";
import { LineStore } from "../../../webview/line-store";
import { nextFile, nextStop, stopsOf, type Stop } from "../../../webview/stops";

function hunk(size: number): OutlinedHunk {
  const place = { side: "result", line: 1 } as const;
  return { oldStart: 0, oldLines: 0, newStart: 1, newLines: size, heading: "", size, place };
}

function file(path: string, sizes: readonly number[], more: Partial<ShownFile> = {}): ShownFile {
  return {
    path,
    status: "modified",
    binary: false,
    hunks: sizes.map(hunk),
    words: { status: "Modified", notes: [], lines: true, markReturns: false },
    parts: sizes.map((_, i) => i + 1),
    whole: null,
    added: 0,
    deleted: 0,
    executable: null,
    outOfScope: false,
    leftOut: [],
    viewed: false,
    ...more,
  };
}

describe("blocksOf", () => {
  const shape = (sizes: readonly number[]) =>
    blocksOf(sizes.map(hunk)).map(({ from, to, pieces }) => [
      from,
      to,
      pieces.map((piece) => `${piece.number}:${piece.from}-${piece.to}`).join(),
    ]);
  const L = BLOCK_LINES;
  const rows: readonly (readonly [string, readonly number[], readonly (readonly [number, number, string])[]])[] = [
    ["nothing for nothing", [], []],
    ["small hunks together", [3, 4], [[0, 7, "1:0-3,2:0-4"]]],
    [
      "a hunk that does not fit begins a block",
      [L - 1, 2],
      [
        [0, L - 1, "1:0-99"],
        [L - 1, L + 1, "2:0-2"],
      ],
    ],
    [
      "only what is larger than a block is cut",
      [2, 2 * L + 5, 1],
      [
        [0, 2, "1:0-2"],
        [2, L + 2, `2:0-${L}`],
        [L + 2, 2 * L + 2, `2:${L}-${2 * L}`],
        [2 * L + 2, 2 * L + 8, `2:${2 * L}-${2 * L + 5},3:0-1`],
      ],
    ],
  ];
  for (const [name, sizes, expected] of rows) it(name, () => assert.deepEqual(shape(sizes), expected));

  it("has no more hunks in a block than are drawn at once", () =>
    assert.deepEqual(
      blocksOf(Array.from({ length: BLOCK_HUNKS + 1 }, () => hunk(1))).map(({ pieces }) => pieces.length),
      [BLOCK_HUNKS, 1],
    ));
});

describe("folds", () => {
  const stands = (one: ShownFile, folds = new Folds()) => {
    const { open, lines } = folds.of("c", one);
    return `${open ? "open" : "closed"} ${lines ? "lines" : "folded"}`;
  };
  it("a small file stands open", () => assert.equal(stands(file("a", [MAX_FILE_LINES])), "open lines"));
  it("a large one is folded", () => assert.equal(stands(file("a", [MAX_FILE_LINES + 1])), "open folded"));
  it("one that was looked at is closed", () => assert.equal(stands(file("a", [1], { viewed: true })), "closed lines"));
  it("what was done by hand stays", () => {
    const folds = new Folds();
    folds.set("c", "a", { lines: true });
    folds.set("c", "a", { open: false });
    assert.equal(stands(file("a", [MAX_FILE_LINES + 1]), folds), "closed lines");
    assert.equal(folds.of("another", file("a", [1])).open, true);
  });
});

describe("stops of the keys", () => {
  const files = [
    file("two", [1, 1]),
    file("one", [1]),
    file("renamed", [1], { parts: [0, 1] }),
    file("cut", [1, 1], { withheld: 3 }),
    file("closed", [1, 1], { viewed: true }),
  ];
  const stops = stopsOf(files, (each) => !each.viewed);
  const say = (stop: Stop | undefined) => `${stop?.path ?? ""}#${stop?.hunk ?? ""}`;
  it("are hunks that can be ticked, and files without such", () =>
    assert.deepEqual(stops.map(say), ["two#1", "two#2", "one#", "renamed#0", "renamed#1", "cut#", "closed#"]));

  const rows: readonly (readonly [string, Stop | null, number, string])[] = [
    ["begin with the first", null, 1, "two#1"],
    ["go on", { path: "two", hunk: 2 }, 1, "one#"],
    ["go back", { path: "renamed", hunk: 0 }, -1, "one#"],
    ["hold at the end", { path: "closed", hunk: null }, 1, "closed#"],
    ["hold at the beginning", { path: "two", hunk: 1 }, -1, "two#1"],
    ["go from a head to its first hunk", { path: "renamed", hunk: null }, 1, "renamed#0"],
    ["go from a head to what is before it", { path: "renamed", hunk: null }, -1, "one#"],
    ["begin again after a file that is gone", { path: "gone", hunk: 1 }, 1, "two#1"],
  ];
  for (const [name, at, step, expected] of rows) it(name, () => assert.equal(say(nextStop(stops, at, step)), expected));

  it("go from file to file", () =>
    assert.deepEqual(
      [nextFile(files, "two", 1), nextFile(files, "two", -1), nextFile(files, null, 1), nextFile(files, "closed", 1)],
      ["one", "two", "two", "closed"],
    ));
});

describe("the lines on screen", () => {
  const result = { subtask: "a", commit: "c" };
  const range = (from: number): LineRange => ({ path: "p", from, to: from + 1 });
  const slice = (text: string): LineSlice => ({ oldLine: 1, newLine: 1, lines: [{ kind: "added", text }] });
  const empty: LineSlice = { oldLine: 0, newLine: 0, lines: [] };

  /** A store, and what was asked for so far; `answer` settles the oldest request that is open. */
  function store() {
    const asked: string[] = [];
    const open: { resolve(slices: readonly LineSlice[]): void; reject(error: unknown): void }[] = [];
    const lines = new LineStore((_, wanted) => {
      asked.push(wanted.map(({ from }) => from).join());
      return new Promise((resolve, reject) => open.push({ resolve, reject }));
    });
    const settle = async (act: (request: (typeof open)[number]) => void) => {
      const request = open.shift();
      assert.ok(request);
      act(request);
      await new Promise((done) => setTimeout(done));
    };
    const text = (from: number) => {
      const loaded = lines.get(result, range(from));
      return loaded.kind === "lines" ? loaded.slice.lines[0]?.text : loaded.kind;
    };
    return { lines, asked, settle, text };
  }
  const turn = () => new Promise((done) => setTimeout(done));

  it("are asked for together, and who wants them is told when they come", async () => {
    const { lines, asked, settle, text } = store();
    const told: number[] = [];
    for (const from of [1, 2]) lines.want(result, range(from), () => told.push(from));
    await turn();
    assert.deepEqual([asked, text(1)], [["1,2"], "loading"]);
    await settle((request) => request.resolve([slice("one"), slice("two")]));
    while (told.length < 2) await turn();
    assert.deepEqual([told, text(1), text(2)], [[1, 2], "one", "two"]);
  });

  it("are asked for again where an answer was full, and not at all once nobody wants them", async () => {
    const { lines, asked, settle, text } = store();
    const leave = [1, 2, 3].map((from) => lines.want(result, range(from), () => undefined));
    await turn();
    leave[2]?.();
    await settle((request) => request.resolve([slice("one"), empty, empty]));
    assert.deepEqual(asked, ["1,2,3", "2"]);
    await settle((request) => request.resolve([slice("two")]));
    assert.deepEqual([asked.length, text(2)], [2, "two"]);
  });

  it("that went out of view before they were asked for are not", async () => {
    const { lines, asked } = store();
    lines.want(result, range(1), () => undefined)();
    await turn();
    assert.deepEqual(asked, []);
  });

  it("say why they did not come, and are asked for again on demand", async () => {
    const { lines, asked, settle, text } = store();
    lines.want(result, range(1), () => undefined);
    await turn();
    await settle((request) => request.reject(new BraidError(failure("git.failed", "no"))));
    assert.deepEqual([asked, text(1)], [["1"], "failed"]);
    lines.retry(result, range(1));
    await turn();
    await settle((request) => request.resolve([slice("one")]));
    assert.deepEqual([asked, text(1)], [["1", "1"], "one"]);
  });

  it("are not asked for without end where there are none", async () => {
    const { lines, asked, settle, text } = store();
    lines.want(result, range(1), () => undefined);
    await turn();
    await settle((request) => request.resolve([empty]));
    await turn();
    assert.deepEqual([asked.length, text(1)], [1, "failed"]);
  });
});
