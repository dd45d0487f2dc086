import { deepEqual, equal, ok } from "node:assert/strict";
import { boundInstructions, chooseInstructions, instructionPaths } from "../../../src/agent/instructions";

const COPILOT = ".github/copilot-instructions.md";

describe("instructions for some files", () => {
  for (const [what, files, existing, expected] of [
    ["none", ["a.ts"], [], []],
    ["the root's", ["src/a.ts"], ["AGENTS.md"], ["AGENTS.md"]],
    ["the root's, where no file is named", [], ["AGENTS.md", "src/AGENTS.md"], ["AGENTS.md"]],
    ["the nearest", ["src/x/a.ts"], ["AGENTS.md", "src/AGENTS.md", "lib/AGENTS.md"], ["src/AGENTS.md"]],
    ["a pattern's", ["src/x/**/*.ts"], ["AGENTS.md", "src/x/AGENTS.md"], ["src/x/AGENTS.md"]],
    ["a pattern's that begins in a name", ["src/x*/a.ts"], ["src/AGENTS.md", "src/x/AGENTS.md"], ["src/AGENTS.md"]],
    ["each file's", ["a/1", "b/2", "a/3"], ["a/AGENTS.md", "b/AGENTS.md"], ["a/AGENTS.md", "b/AGENTS.md"]],
    ["CLAUDE.md where there is no AGENTS.md", ["a/1"], ["CLAUDE.md"], ["CLAUDE.md"]],
    ["AGENTS.md further up before CLAUDE.md nearby", ["a/1"], ["AGENTS.md", "a/CLAUDE.md"], ["AGENTS.md"]],
    ["Copilot's beside them", ["a/1"], [COPILOT, "AGENTS.md"], ["AGENTS.md", COPILOT]],
    ["Copilot's alone", ["a/1"], [COPILOT], [COPILOT]],
    ["the root's for what leaves the repository", ["../x/a"], ["AGENTS.md", "../x/AGENTS.md"], ["AGENTS.md"]],
    ["the root's for what is no path", ["a\u0000b/c"], ["AGENTS.md"], ["AGENTS.md"]],
    ["a path written oddly", ["./src//a.ts"], ["src/AGENTS.md"], ["src/AGENTS.md"]],
  ] as const)
    it(what, () => {
      deepEqual(chooseInstructions(files, new Set(existing)), expected);
      const asked = new Set(instructionPaths(files));
      ok(
        expected.every((path) => asked.has(path)),
        "what is chosen was asked for",
      );
    });

  it("are looked for in a bounded number of places, none of them outside", () => {
    const paths = instructionPaths(Array.from({ length: 1000 }, (_, i) => `d${i}/../../etc/x${i}/a`));
    deepEqual(paths, ["AGENTS.md", "CLAUDE.md", COPILOT]);
    equal(instructionPaths(Array.from({ length: 1000 }, (_, i) => `d${i}/a`)).length, 601);
  });
});

describe("instructions as a worker is given them", () => {
  const given = (...texts: readonly string[]) =>
    boundInstructions(texts.map((text, i) => ({ path: `${i}`, text }))).map(({ path, text }) => `${path}:${text}`);
  it("are none that are blank, and none twice", () => deepEqual(given("a\n", " \n", "\uFEFFa", "b"), ["0:a", "3:b"]));
  it("are cut one by one, and as a whole", () => {
    const texts = given(..."abcd".split("").map((letter) => letter.repeat(30_000)));
    deepEqual(
      texts.map((text) => [text.slice(0, 3), text.length, text.endsWith("\n(Cut.)")]),
      [
        ["0:a", 24_009, true],
        ["1:b", 24_009, true],
      ],
    );
  });
});
