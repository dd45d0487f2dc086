import assert from "node:assert/strict";
import { test } from "node:test";
import { newCode } from "../src/code.js";

test("a code has the length asked for", () => {
  assert.equal(newCode().length, 6);
  assert.equal(newCode(10).length, 10);
});

test("a code has no characters that look alike", () => {
  for (let i = 0; i < 500; i += 1) assert.doesNotMatch(newCode(), /[01ilo]/);
});

test("a code follows the numbers it is given", () => {
  assert.equal(newCode(3, () => 0), "222");
});
