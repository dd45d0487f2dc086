import { deepEqual, equal } from "node:assert/strict";

import { quote, redact } from "../../../src/model/quote";

describe("other people's words", () => {
  it("lose line ends, escapes and invisible direction marks", () =>
    equal(quote("a\r\n\u001b[31mred\u202e b\u0000 "), "a [31mred b"));
  it("are cut at 500 characters, never inside a character", () => {
    equal(quote("x".repeat(501)), `${"x".repeat(500)}…`);
    equal(quote(`${"x".repeat(499)}😀😀`).isWellFormed(), true);
  });
});

describe("redaction", () => {
  const secret = "canary-key-123";
  for (const [name, value, expected] of [
    ["a text", `a ${secret} b ${secret}`, "a [key] b [key]"],
    ["a nested value", { a: [secret], b: { c: `x${secret}` }, n: 1 }, { a: ["[key]"], b: { c: "x[key]" }, n: 1 }],
    ["another key of the API", "is sk-ant-api03-Ab_9 valid", "is [key] valid"],
  ] as const)
    it(name, () => deepEqual(redact<unknown>(value, secret), expected));
  it("a placeholder too short to be a key takes no words out", () => equal(redact("a demo", "demo"), "a demo"));
});
