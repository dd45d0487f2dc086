import { deepEqual, equal } from "node:assert/strict";
import { tooDeepAt } from "../../../src/core/plan-depth";
import { readPlanFile } from "../../../src/core/plan-file";
import { suggestionsAt } from "../../../src/core/plan-words";

describe("a plan that nests too deeply is told so where it does, before anything builds it", () => {
  const deep: readonly (readonly [what: string, text: string, line: number, column: number])[] = [
    ["brackets", `task: t\nx: ${"[".repeat(1e5)}`, 2, 68],
    ["braces that all close", `x: ${"{a: ".repeat(65)}1${"}".repeat(65)}`, 1, 260],
    ["dashes on one line", `task: t\r\n\r\nx: y\r\n${"- ".repeat(1e5)}`, 4, 129],
    ["questions on one line", `\uFEFF${"? ".repeat(1e5)}`, 1, 130],
    ["brackets after dashes", `${"- ".repeat(40)}${"[".repeat(40)}`, 1, 105],
  ];
  for (const [what, text, line, column] of deep)
    it(what, () => {
      const { plan, diagnostics } = readPlanFile(text);
      equal(plan, undefined);
      deepEqual(diagnostics, [{ severity: "error", line, column, message: "Nested too deeply: more than 64 levels." }]);
      deepEqual(suggestionsAt(text, text.length, []), []);
    });

  const fine: readonly (readonly [what: string, text: string])[] = [
    ["brackets in words", `task: "${"[".repeat(1e4)}"\nsubtasks: [{id: a}]`],
    ["brackets in a block of lines", `task: |\n  ${"[{- ".repeat(1e3)}\nsubtasks: [{id: a}]`],
    ["brackets in a comment", `task: t # ${"[".repeat(1e4)}\nsubtasks: [{id: a}]`],
    [
      "a thousand items, one after the other",
      `task: t\nsubtasks:\n${Array.from({ length: 1000 }, (_, i) => `- id: s${i}`).join("\n")}`,
    ],
  ];
  for (const [what, text] of fine)
    it(`but not ${what}`, () => {
      equal(tooDeepAt(text), undefined);
      deepEqual(readPlanFile(text).diagnostics, []);
    });
});
