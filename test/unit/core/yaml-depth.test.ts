import { deepEqual, equal } from "node:assert/strict";
import { tooDeepAt } from "../../../src/core/plan/yaml-depth";
import { readPlanFile } from "../../../src/core/plan/plan-file";
import { suggestionsAt } from "../../../src/core/plan/plan-words";

describe("a plan that nests too deeply is told so where it does, before anything builds it", () => {
  const deep: readonly (readonly [what: string, text: string, line: number, column: number])[] = [
    ["brackets", `task: t\nx: ${"[".repeat(1e5)}`, 2, 103],
    ["braces that all close", `x: ${"{a: ".repeat(101)}1${"}".repeat(101)}`, 1, 400],
    ["dashes on one line", `task: t\r\n\r\nx: y\r\n${"- ".repeat(1e5)}`, 4, 199],
    ["questions on one line", `\uFEFF${"? ".repeat(1e5)}`, 1, 200],
    ["brackets after dashes", `${"- ".repeat(60)}${"[".repeat(60)}`, 1, 160],
  ];
  for (const [what, text, line, column] of deep)
    it(what, () => {
      const { plan, diagnostics } = readPlanFile(text);
      equal(plan, undefined);
      deepEqual(diagnostics, [{ severity: "error", line, column, message: "Nested too deeply." }]);
      deepEqual(suggestionsAt(text, text.length, { models: [], ownRoles: new Map(), scripts: [] }), []);
    });

  it("mappings, each on a line of its own", () => {
    const text = Array.from({ length: 200 }, (_, i) => `${" ".repeat(i)}a:\n`).join("");
    equal(readPlanFile(text).diagnostics[0]?.line, 101);
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
