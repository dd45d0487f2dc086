import { deepEqual, equal } from "node:assert/strict";
import { changedLines } from "../../../src/core/plan/plan-lines";

describe("the lines in which two texts differ", () => {
  const table: readonly (readonly [before: string, after: string, replaced: string, by: string])[] = [
    ["a\nb\nc\n", "a\nx\nc\n", "b\n", "x\n"],
    ["a\nb\nc\n", "a\nc\n", "b\n", ""],
    ["a\nc\n", "a\nb\nc\n", "", "b\n"],
    ["a", "b", "a", "b"],
    ["", "a\n", "", "a\n"],
    ["a\n", "", "a\n", ""],
    ["a\nb", "a\nb", "", ""],
    ["a\r\nb\r\n", "a\r\n\r\nb\r\n", "", "\r\n"],
    ["x 😀\n", "x 😁\n", "x 😀\n", "x 😁\n"],
    ["a\na\na\n", "a\na\n", "a\n", ""],
  ];
  for (const [before, after, replaced, by] of table)
    it(JSON.stringify([before, after]), () => {
      const { from, to, text } = changedLines(before, after);
      deepEqual([before.slice(from, to), text], [replaced, by]);
      equal(before.slice(0, from) + text + before.slice(to), after);
    });
});
