import assert from "node:assert/strict";
import { requiredText } from "../../../src/core/required-text";

describe("the text a line must hold to match", () => {
  const table: readonly (readonly [pattern: string, text: string | undefined, ignoringCase?: string | undefined])[] = [
    ["compute", "compute", "compute"],
    ["value = compute\\(", "value = compute(", "value = compute("],
    ["skip", "skip", undefined],
    ["tasks left", "tasks left", " left"],
    ["handler", "handler", "handler"],
    ["a.bcde", "bcde", "bcde"],
    ["abcd*", "abc", "abc"],
    ["abcd?efg", "abc", "abc"],
    ["abc{0,2}defg", "defg", "defg"],
    ["abcd+x", "abcd", "abcd"],
    ["^import .* from", "import ", "import "],
    ["[A-Za-z]+Error", "Error", "Error"],
    ["(get|set)Name", undefined],
    ["(?i)name", undefined],
    ["(get)?Name", "Name", "Name"],
    ["\\bword\\b", "word", "word"],
    ["\\<word", "word", "word"],
    ["\\x41bcd", undefined],
    ["\\p{L}abc", undefined],
    ["[]abc]def", undefined],
    ["[^\\]]abc", undefined],
    ["ab", undefined],
    [".*", undefined],
    ["größe", "größe", undefined],
    ["naïve value", "naïve value", "ve value"],
    ["abc)", undefined],
  ];
  for (const [pattern, text, ignoringCase] of table)
    it(pattern, () => {
      assert.equal(requiredText(pattern, false), text);
      assert.equal(requiredText(pattern, true), ignoringCase);
    });
});
