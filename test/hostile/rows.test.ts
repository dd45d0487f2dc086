import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { ROOT } from "../workbench/root";

/** The rows of the threat table: how many each letter has, and what the letter stands for. */
const ROWS = [
  ["P", 21, "paths"],
  ["G", 18, "git's metadata and what it executes"],
  ["C", 18, "configuration that executes later"],
  ["S", 13, "the shell"],
  ["W", 6, "webview and VS Code's own surfaces"],
  ["T", 7, "trust, settings, secrets"],
] as const;

/** What is driven by letter alone: ways a text is injected, and things that would use everything up. */
const LETTERS = [
  ["I", 25, "carriers of injected text"],
  ["R", 20, "what would use everything up"],
] as const;

// Titles are put together from the row and the input, so the words in quotes are what there is to look for.
const sources = ["hostile", "host"]
  .flatMap((folder) =>
    readdirSync(join(ROOT, "test", folder))
      .filter((name) => name.endsWith(".test.ts") && name !== "rows.test.ts")
      .map((name) => readFileSync(join(ROOT, "test", folder, name), "utf8")),
  )
  .join("\n")
  .replaceAll(/^\s*(?:\/\/|\/?\*).*$/gmu, "");

describe("every row of the threat table has a test that names it", () => {
  for (const [letter, count, what] of ROWS)
    for (let number = 1; number <= count; number += 1) {
      const row = `${letter}${String(number).padStart(2, "0")}`;
      it(`${row} (${what})`, () => {
        assert.ok(new RegExp(String.raw`["'\x60(][^"'\x60\n]{0,80}\b${row}\b|^\s+${row}: `, "mu").test(sources));
      });
    }
  for (const [letter, least, what] of LETTERS)
    it(`${letter} (${what}), ${least} times at least`, () => {
      const found = sources.match(letter === "I" ? /^ {2}"[^"\n]+": \{/gmu : /\brow: "R"|\bbash\(/gu) ?? [];
      assert.ok(found.length >= least, `${found.length}`);
    });
});
