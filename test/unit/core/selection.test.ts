import { deepEqual, equal, match, ok } from "node:assert/strict";
import { applyHunks } from "../../../src/core/review/apply-hunks";
import type { FileDiff, Hunk } from "../../../src/core/review/diff";
import { defaultChoices, leaveOut, leftOutBefore } from "../../../src/core/review/left-out";
import { partsOf, takesOf, wholeReason, type FileChoice } from "../../../src/core/review/selection";
import { choicesOf } from "../../../src/core/review/selection-words";

function hunk(at: number, ...lines: readonly string[]): Hunk {
  const kinds = { "+": "added", "-": "deleted", " ": "context" } as const;
  const read = lines.map((line) => ({ kind: kinds[line.charAt(0) as "+"], text: line.slice(1) }));
  const count = (not: string) => read.filter((line) => line.kind !== not).length;
  return { oldStart: at, oldLines: count("added"), newStart: at, newLines: count("deleted"), heading: "", lines: read };
}

const MODES = { oldMode: "100644", newMode: "100644", binary: false } as const;
const file = (path: string, more: Partial<FileDiff> = {}): FileDiff => ({
  path,
  status: "modified",
  ...MODES,
  hunks: [hunk(1, "-a", "+b"), hunk(20, "-c", "+d"), hunk(40, "+e")],
  ...more,
});
const DIFF: readonly FileDiff[] = [
  file("a.ts"),
  file("new.ts", { status: "added", oldMode: "000000", hunks: [hunk(1, "+x")] }),
  file("gone/x", { status: "deleted", newMode: "000000", hunks: [hunk(1, "-x")] }),
  file("moved.ts", { status: "renamed", from: "old.ts", hunks: [hunk(1, "-a", "+b")] }),
  file("run.sh", { newMode: "100755", hunks: [] }),
  file("pic.png", { binary: true, hunks: [] }),
  file("odd#2", { hunks: [hunk(1, "+x"), hunk(9, "+y")] }),
];

describe("the parts of a file", () => {
  const table: readonly (readonly [string, readonly number[], RegExp | undefined])[] = [
    ["a.ts", [1, 2, 3], undefined],
    ["new.ts", [], /new/u],
    ["gone/x", [], /deleted/u],
    ["moved.ts", [0, 1], undefined],
    ["run.sh", [0], undefined],
    ["pic.png", [], /binary/u],
  ];
  for (const [path, numbers, whole] of table)
    it(path, () => {
      const found = DIFF.find((each) => each.path === path);
      ok(found);
      deepEqual(
        partsOf(found).map((part) => part.number),
        numbers,
      );
      if (whole === undefined) equal(wholeReason(found), undefined);
      else match(wholeReason(found) ?? "", whole);
    });
  it("of a link and of a submodule are the whole", () => {
    match(wholeReason(file("l", { oldMode: "120000", newMode: "120000" })) ?? "", /symbolic link/u);
    match(wholeReason(file("s", { oldMode: "160000", newMode: "160000" })) ?? "", /submodule/u);
    match(wholeReason(file("t", { status: "type-changed", newMode: "120000" })) ?? "", /another kind/u);
  });
});

describe("words for a choice", () => {
  const check = (only: readonly string[], except: readonly string[], expected: Readonly<Record<string, unknown>>) => {
    const choices = choicesOf(DIFF, { only, except });
    ok(!("code" in choices), JSON.stringify(choices));
    const named = Object.fromEntries(choices.filter((c) => c.take !== "none").map((c) => [c.path, c.take]));
    deepEqual(named, expected);
  };
  const ALL = Object.fromEntries(DIFF.map((each) => [each.path, "all"]));
  it("none: everything", () => check([], [], ALL));
  it("one hunk", () => check(["a.ts#2"], [], { "a.ts": [2] }));
  it("several, as list and range", () => check(["a.ts#1,3", "odd#2"], [], { "a.ts": [1, 3], "odd#2": "all" }));
  it("all hunks are the file", () => check(["a.ts#1-3"], [], { "a.ts": "all" }));
  it("a name with a # in it", () => check(["odd#2#1"], [], { "odd#2": [1] }));
  it("except a file", () => check([], ["a.ts"], { ...ALL, "a.ts": undefined }.valueOf() && without(ALL, "a.ts")));
  it("except a hunk", () => check([], ["a.ts#2"], { ...ALL, "a.ts": [1, 3] }));
  it("only and except together", () => check(["a.ts"], ["a.ts#1"], { "a.ts": [2, 3] }));
  it("a new file's only change by number", () => check(["new.ts#1"], [], { "new.ts": "all" }));
  it("a rename without its name", () => check([], ["moved.ts#0"], { ...ALL, "moved.ts": [1] }));

  const refusals: readonly (readonly [string, RegExp])[] = [
    ["nowhere.ts", /does not change nowhere\.ts/u],
    ["a.ts#4", /a\.ts has no hunk 4\..*1, 2, 3/u],
    ["a.ts#0", /a\.ts has no hunk 0/u],
    ["a.ts#x", /"x" in "a\.ts#x" is no hunk number/u],
    ["a.ts#3-1", /no hunk number/u],
    ["a.ts#1-999999999", /no hunk 1-999999999/u],
    ["pic.png#2", /only be taken whole: it is binary/u],
    ["a.ts#", /no hunk number/u],
  ];
  for (const [word, words] of refusals)
    it(`not ${word}`, () => {
      const refused = choicesOf(DIFF, { only: [word], except: [] });
      ok("code" in refused, JSON.stringify(refused));
      match(`${refused.message} ${refused.hint ?? ""}`, words);
    });
});

function without(record: Readonly<Record<string, unknown>>, key: string): Readonly<Record<string, unknown>> {
  return Object.fromEntries(Object.entries(record).filter(([name]) => name !== key));
}

describe("a choice that makes no tree is refused", () => {
  const check = (files: readonly FileDiff[], choices: readonly FileChoice[], words: RegExp) => {
    const refused = takesOf(files, { base: "b", commit: "c", files: choices });
    ok("code" in refused, JSON.stringify(refused));
    match(refused.message, words);
  };
  const FOLDER_TO_FILE = [
    file("d/x", { status: "deleted", hunks: [hunk(1, "-x")] }),
    file("d", { status: "added", hunks: [hunk(1, "+x")] }),
  ];
  it("a file in place of a folder that stays", () =>
    check(FOLDER_TO_FILE, [{ path: "d", take: "all" }], /d cannot be a file while d\/x is in it/u));
  it("a file named twice", () =>
    check(
      DIFF,
      [1, 2].map((n) => ({ path: "a.ts", take: [n] })),
      /a\.ts is chosen twice/u,
    ));
  it("a file nobody changed", () => check(DIFF, [{ path: "z", take: "all" }], /does not change z/u));
  it("a hunk that is not there", () => check(DIFF, [{ path: "a.ts", take: [7] }], /no hunk 7/u));
  it("both changes together are fine", () => {
    const choices = FOLDER_TO_FILE.map(({ path }): FileChoice => ({ path, take: "all" }));
    ok(!("code" in takesOf(FOLDER_TO_FILE, { base: "b", commit: "c", files: choices })));
  });
});

describe("applying hunks", () => {
  const bytes = (text: string) => Buffer.from(text, "latin1");
  const check = (
    base: string,
    result: string,
    ranges: readonly (readonly [number, number, number, number])[],
    chosen: readonly number[],
    expected: string | undefined,
  ) => {
    const hunks = ranges.map(([oldStart, oldLines, newStart, newLines]) => ({
      oldStart,
      oldLines,
      newStart,
      newLines,
    }));
    const made = applyHunks(bytes(base), bytes(result), hunks, chosen);
    equal(made && Buffer.from(made).toString("latin1"), expected);
  };
  const BASE = "1\n2\n3\n4\n5\n6\n";
  const RESULT = "1\nTWO\n3\n4\nfive\nfive and a half\n6\n";
  const RANGES = [
    [2, 1, 2, 1],
    [5, 1, 5, 2],
  ] as const;
  it("the first", () => check(BASE, RESULT, RANGES, [1], "1\nTWO\n3\n4\n5\n6\n"));
  it("the second", () => check(BASE, RESULT, RANGES, [2], "1\n2\n3\n4\nfive\nfive and a half\n6\n"));
  it("none is the base, all is the result", () => {
    check(BASE, RESULT, RANGES, [], BASE);
    check(BASE, RESULT, RANGES, [1, 2], RESULT);
  });
  it("keeps carriage returns and bytes that are no text", () =>
    check(
      "\xe9\r\nb\nc",
      "\xff\r\nb\nC",
      [
        [1, 1, 1, 1],
        [3, 1, 3, 1],
      ],
      [1],
      "\xff\r\nb\nc",
    ));
  it("keeps a missing final line end", () =>
    check(
      "a\nb",
      "A\nb\nc\n",
      [
        [1, 1, 1, 1],
        [2, 1, 2, 2],
      ],
      [1],
      "A\nb",
    ));
  it("adds to an empty file, and empties one", () => {
    check("", "x", [[0, 0, 1, 1]], [1], "x");
    check("x\n", "", [[1, 1, 0, 0]], [1], "");
  });
  it("an insertion without context", () => check("a\nb\n", "a\nX\nb\n", [[1, 0, 2, 1]], [1], "a\nX\nb\n"));
  it("refuses hunks of other files", () => {
    check(BASE, RESULT, [[1, 1, 1, 1]], [1], undefined);
    check(BASE, RESULT, [[90, 1, 90, 1]], [1], undefined);
    check(BASE, "1\nTWO\n3\n4\n5\n6\n7\n", [[2, 1, 2, 1]], [1], undefined);
  });
});

describe("what is left out stays out", () => {
  const selection = { base: "b", commit: "c", files: [{ path: "a.ts", take: [1, 3] }] as const };
  const takes = takesOf([file("a.ts")], selection);
  ok(!("code" in takes));
  const out = leaveOut(takes, "too clever", []);

  it("with its reason and what it was", () =>
    deepEqual(
      out.map(({ path, number, excerpt, reason }) => [path, number, excerpt, reason]),
      [["a.ts", 2, "-c\n+d", "too clever"]],
    ));
  it("is known again at another place and under another number", () => {
    const moved = file("a.ts", { hunks: [hunk(99, " context", "-c", "+d")] });
    deepEqual(leftOutBefore(moved, out), [1]);
    deepEqual(defaultChoices([moved], out), [{ path: "a.ts", take: "none" }]);
    deepEqual(defaultChoices([file("a.ts")], out), [{ path: "a.ts", take: [1, 3] }]);
  });
  it("but not in another file, nor where it says something else", () => {
    deepEqual(leftOutBefore(file("b.ts"), out), []);
    deepEqual(leftOutBefore(file("a.ts", { hunks: [hunk(20, "-c", "+D")] }), out), []);
  });
  it("until it is taken by name", () => {
    const all = takesOf([file("a.ts")], { ...selection, files: "all" });
    ok(!("code" in all));
    deepEqual(leaveOut(all, "", out), []);
  });
  it("through an attempt that does not bring it", () => {
    const other = takesOf([file("z.ts")], { ...selection, files: "all" });
    ok(!("code" in other));
    deepEqual(leaveOut(other, "", out), out);
  });
});
