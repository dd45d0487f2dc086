import assert from "node:assert/strict";
import type { DiffLine } from "../../../src/core/review/diff";
import { changedStretches, compareLines, type Stretch } from "../../../src/core/review/intraline";

/** The line with what differs in brackets. */
function marked(text: string, stretches: readonly Stretch[]): string {
  return stretches
    .toReversed()
    .reduce((line, { from, to }) => `${line.slice(0, from)}[${line.slice(from, to)}]${line.slice(to)}`, text);
}

describe("compareLines", () => {
  const rows: readonly (readonly [string, string, string, string])[] = [
    ["const a = 1;", "const a = 2;", "const a = [1];", "const a = [2];"],
    ["f(a)", "f(a, b)", "f(a)", "f(a[, b])"],
    ["return x + y;", "return y;", "return [x + ]y;", "return y;"],
    ["a b c d", "a c d e", "a [b ]c d", "a c d[ e]"],
    ["same", "same", "same", "same"],
    ["  if (x)", "    if (x)", "[  ]if (x)", "[    ]if (x)"],
    ["naïve café 1", "naïve café 2", "naïve café [1]", "naïve café [2]"],
    ["👩‍💻 yes it is", "👩‍🔬 yes it is", "[👩‍💻] yes it is", "[👩‍🔬] yes it is"],
    ["👍 yes it is", "👎 yes it is", "[👍] yes it is", "[👎] yes it is"],
  ];
  for (const [before, after, old, now] of rows)
    it(`${before} → ${after}`, () => {
      const pair = compareLines(before, after);
      assert.ok(pair);
      assert.deepEqual([marked(before, pair.before), marked(after, pair.after)], [old, now]);
    });

  const apart: readonly (readonly [string, string, string])[] = [
    ["have nothing in common", "alpha beta", "gamma delta"],
    ["share a bracket only", "function first() {", "class Second {"],
    ["are too long", "x".repeat(501), "x".repeat(500)],
    ["are blank", "", "  "],
  ];
  for (const [name, before, after] of apart)
    it(`leaves alone lines that ${name}`, () => assert.equal(compareLines(before, after), undefined));

  it("takes all between beginning and end as changed where there is too much of it", () => {
    const start = "same ".repeat(20);
    const [before, after] = [start + ";.".repeat(55), start + ".,".repeat(55)];
    const pair = compareLines(before, after);
    assert.deepEqual(pair, { before: [{ from: 100, to: before.length }], after: [{ from: 100, to: after.length }] });
  });
});

describe("changedStretches", () => {
  const lines = (...texts: readonly string[]) =>
    texts.map((text): DiffLine => ({
      kind: text.startsWith("+") ? "added" : text.startsWith("-") ? "deleted" : "context",
      text: text.slice(1),
    }));
  const rows: readonly (readonly [string, readonly DiffLine[], readonly number[]])[] = [
    ["one for one", lines(" x", "-a 1", "+a 2"), [1, 2]],
    ["two for two", lines("-a 1", "-b 1", "+a 2", "+b 2"), [0, 1, 2, 3]],
    ["one for two, where it is alike", lines("-let a = 1", "+let a = 2", "+b"), [0, 1]],
    ["one for two, where it is not", lines("-let a = 1", "+let other", "+b"), []],
    ["only added", lines("+a", "+b"), []],
    ["two places", lines("-a 1", "+a 2", " x", "-b 1", "+b 2"), [0, 1, 3, 4]],
    ["added before deleted", lines("+a 2", "-a 1"), []],
  ];
  for (const [name, hunk, expected] of rows)
    it(name, () =>
      assert.deepEqual(
        [...changedStretches(hunk).keys()].toSorted((a, b) => a - b),
        expected,
      ),
    );
});
