import assert from "node:assert/strict";
import { headAndTail } from "../../../src/agent/output";

describe("output kept in bounds", () => {
  for (const [what, limit, chunks, text, truncated] of [
    ["nothing", 10, [], "", false],
    ["less", 10, ["abc"], "abc", false],
    ["just enough", 10, ["abcde", "fghij"], "abcdefghij", false],
    ["one too many", 10, ["abcdefghijk"], "abcde\n… 1 bytes left out …\nghijk", true],
    ["byte by byte", 4, "abcdefgh".split(""), "ab\n… 4 bytes left out …\ngh", true],
    ["one large after small", 4, ["a", "bcdefgh"], "ab\n… 4 bytes left out …\ngh", true],
    ["a character at the limit", 10, ["éé€€"], "éé€€", false],
    ["a character at each cut", 8, ["abc€xxxx€xyz"], "abc\n… 8 bytes left out …\nxyz", true],
  ] as const)
    it(what, () => {
      const output = headAndTail(limit);
      for (const chunk of chunks) output.push(Buffer.from(chunk));
      assert.deepEqual(output.read(), { text, truncated });
    });

  it("reads half characters together, however they come", () => {
    const output = headAndTail(100);
    for (const byte of Buffer.from("a€b")) output.push(Buffer.from([byte]));
    assert.equal(output.read().text, "a€b");
  });

  it("keeps what is last of 100,000 chunks", () => {
    const output = headAndTail(1000);
    for (let i = 0; i < 100_000; i += 1) output.push(Buffer.from(`${i}\n`));
    assert.match(output.read().text, /^0\n1\n[^]*… \d+ bytes left out …[^]*99998\n99999\n$/u);
  });
});
