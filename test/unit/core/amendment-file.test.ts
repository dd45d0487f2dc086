import { deepEqual, equal, match } from "node:assert/strict";
import { readAmendment } from "../../../src/core/amendment/amendment-file";

describe("an amendment's file", () => {
  const problemsOf = (text: string): string => {
    const read = readAmendment(text);
    return read.ok ? "" : read.problems.join("\n");
  };

  it("is read, also as Windows writes it", () => {
    const read = readAmendment("\uFEFFreason: why\r\ndrop: [a]\r\n");
    equal(read.ok, true);
    deepEqual(read.ok && [read.amendment.reason, read.amendment.drop], ["why", ["a"]]);
  });

  for (const [what, text, words] of [
    ["nothing at all", "", /^amendment: /u],
    ["a key too many", "reason: why\nadds: []\n", /Unrecognized key: "adds"/u],
    ["a key twice", "reason: a\nreason: b\n", /unique/u],
    ["no YAML", "reason: [", /line 1/u],
    ["brackets without end", `reason: ${"[".repeat(100_000)}`, /^Nested too deeply\.$/u],
    ["an alias to nothing", "reason: *x\n", /alias/iu],
  ] as const)
    it(`with ${what} is refused in words, never by an end of the process`, () => match(problemsOf(text), words));
});
