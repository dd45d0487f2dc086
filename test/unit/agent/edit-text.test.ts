import assert from "node:assert/strict";
import { editBytes } from "../../../src/agent/edit-text";
import { unlessQuick } from "../../support/size";

const edit = (text: string | Buffer, oldString: string, newString: string, replaceAll = false) =>
  editBytes(Buffer.from(text as string), { oldString, newString, replaceAll });

describe("an edit that fits", () => {
  const long = "x".repeat(100_000);
  for (const [what, before, oldString, newString, after] of [
    ["a word", "a b c", "b", "B", "a B c"],
    ["the start", "abc", "a", "X", "Xbc"],
    ["the end", "abc", "c", "X", "abX"],
    ["all of it", "abc", "abc", "x", "x"],
    ["nothing left", "abc", "abc", "", ""],
    ["a deletion", "a b c", " b", "", "a c"],
    ["an insertion", "ac", "a", "ab", "abc"],
    ["a longer text", "a", "a", long, long],
    ["a shorter text", `${long}b`, long, "a", "ab"],
    ["several lines", "1\n2\n3\n", "1\n2\n", "one\ntwo\n", "one\ntwo\n3\n"],
    ["a line joined", "a\nb\n", "a\nb", "ab", "ab\n"],
    ["a line split", "ab\n", "ab", "a\nb", "a\nb\n"],
    ["a blank line", "a\n\nb\n", "a\n\n", "a\n", "a\nb\n"],
    ["no final newline", "a\nb", "b", "c", "a\nc"],
    ["a final newline added", "a\nb", "b", "b\n", "a\nb\n"],
    ["a final newline taken", "a\nb\n", "b\n", "b", "a\nb"],
    ["only a newline", "a\nb", "\n", " ", "a b"],
    ["trailing spaces", "a  \nb", "a  \n", "a\n", "a\nb"],
    ["tabs", "\tif\n\t\tx\n", "\t\tx", "\t\ty", "\tif\n\t\ty\n"],
    ["$&", "a", "a", "$&", "$&"],
    ["$1 $` $' $$", "a", "a", "$1 $` $' $$", "$1 $` $' $$"],
    ["a regular expression", "a.*b (c|d)", ".*b (c|d)", "+", "a+"],
    ["a backslash", "a\\nb", "\\n", "\\t", "a\\tb"],
    ["quotes", `"a" 'b'`, `"a" 'b'`, "`c`", "`c`"],
    ["an accent", "é è", "é", "e", "e è"],
    ["Chinese", "你好世界", "世界", "you", "你好you"],
    ["an emoji", "a 👩‍👩‍👧 b", "👩‍👩‍👧", "x", "a x b"],
    ["another normal form stays", "e\u0301 é", "é", "x", "e\u0301 x"],
    ["a mark at the start stays", "\uFEFFa\n", "a", "b", "\uFEFFb\n"],
    ["a mark can be taken", "\uFEFFa\n", "\uFEFFa", "a", "a\n"],
    ["a mark can be set", "a\n", "a", "\uFEFFa", "\uFEFFa\n"],
    ["a NUL", "a\0b", "\0", "", "ab"],
    ["separators", "a\u2028b\u2029c", "\u2028", "\n", "a\nb\u2029c"],
    ["a form feed", "a\fb", "\f", " ", "a b"],
    ["CRLF as given", "a\r\nb\r\n", "a\r\nb", "c\r\nd", "c\r\nd\r\n"],
    ["CRLF for LF", "a\r\nb\r\n", "a\nb", "c\nd", "c\r\nd\r\n"],
    ["CRLF for LF at both ends", "x\r\na\r\ny", "\na\n", "\nb\nc\n", "x\r\nb\r\nc\r\ny"],
    ["CRLF in the new text only", "a\r\nb\r\n", "a", "a1\na2", "a1\r\na2\r\nb\r\n"],
    ["CRLF and both mixed in what is asked", "a\r\nb\r\nc\r\n", "a\r\nb\nc", "1\n2\r\n3", "1\r\n2\r\n3\r\n"],
    ["CRLF without a last line end", "a\r\nb", "b", "c\nd", "a\r\nc\r\nd"],
    ["mixed ends, elsewhere", "a\r\nb\nc\r\n", "b\n", "B\n", "a\r\nB\nc\r\n"],
    ["mixed ends, exactly", "a\r\nb\nc\r\n", "a\r\nb\n", "x\r\n", "x\r\nc\r\n"],
    ["a lone CR", "a\rb\rc", "b\r", "B\r", "a\rB\rc"],
    ["an LF file given a CR", "a\nb\n", "a", "a\r", "a\r\nb\n"],
    ["a match beside itself", "xaax", "aa", "b", "xbx"],
  ] as const)
    it(what, () => {
      const result = edit(before, oldString, newString);
      assert.deepEqual(result, { ok: true, bytes: Buffer.from(after), count: 1 });
    });

  for (const [what, before, oldString, newString, after, count] of [
    ["each", "a a a", "a", "b", "b b b", 3],
    ["one", "a", "a", "b", "b", 1],
    ["neighbours", "aaaa", "aa", "b", undefined, 0],
    ["what the new text has again", "a a", "a", "aa", "aa aa", 2],
    ["in CRLF", "a\r\na\r\n", "a\n", "b\n", "b\r\nb\r\n", 2],
    ["accents", "é,é", "é", "e", "e,e", 2],
    ["with $&", "a,a", "a", "$&", "$&,$&", 2],
  ] as const)
    it(`all: ${what}`, () => {
      const result = edit(before, oldString, newString, true);
      if (after === undefined) assert.equal(result.ok, false);
      else assert.deepEqual(result, { ok: true, bytes: Buffer.from(after), count });
    });

  it("touches no other byte", () => {
    const every = Buffer.from(Array.from({ length: 256 }, (_, i) => i));
    const result = edit(Buffer.concat([every, Buffer.from("\nold\n"), every]), "old", "new é");
    assert.deepEqual(result.ok && result.bytes, Buffer.concat([every, Buffer.from("\nnew é\n"), every]));
  });

  it("does not match half of a character", () => {
    // U+0041 U+00C3 in Latin-1 is the first byte of "é" in UTF-8.
    assert.equal(edit("é", "\u00c3", "x").ok, false);
  });
});

describe("an edit that does not fit", () => {
  for (const [what, before, oldString, newString, replaceAll, message] of [
    ["nothing to find", "abc", "", "x", false, /^old_string is empty/u],
    ["nothing to find in nothing", "", "", "x", false, /^old_string is empty/u],
    ["nothing to find, all", "abc", "", "x", true, /^old_string is empty/u],
    ["the same", "abc", "b", "b", false, /are the same/u],
    ["the same but for line ends, in CRLF", "a\r\nb\r\n", "a\nb", "a\r\nb", false, /are the same/u],
    ["not there", "abc", "d", "x", false, /not found.*Read the file again/u],
    ["not there, all", "abc", "d", "x", true, /not found/u],
    ["in an empty file", "", "d", "x", false, /not found/u],
    ["in another case", "abc", "B", "x", false, /not found/u],
    ["two", "a b a", "a", "x", false, /matches 2 times; .*replace_all/u],
    ["eleven", "a".repeat(11), "a", "x", false, /matches 11 times/u],
    ["overlapping", "aaa", "aa", "x", false, /matches 2 times, and matches overlap/u],
    ["overlapping, all", "aaa", "aa", "x", true, /matches overlap/u],
    ["overlapping lines, all", "a\na\na\n", "a\na\n", "x", true, /matches overlap/u],
    ["overlapping later, all", "aba ababa", "aba", "x", true, /matches 3 times, and matches overlap/u],
    ["other line ends, mixed", "a\r\nb\nc\n", "a\nb", "x", false, /but for its line ends/u],
    ["CRLF asked of LF", "a\nb\n", "a\r\nb", "x", false, /but for its line ends/u],
    ["other indentation", "\tif (x)\n", "    if (x)", "x", false, /but for white space/u],
  ] as const)
    it(what, () => {
      const result = edit(before, oldString, newString, replaceAll);
      assert.match(result.ok ? "it was done" : result.message, message);
    });

  it("makes no file nobody can hold, however often a long text is put for a short one", () => {
    const edited = edit("ab\n".repeat(20_000), "a", "x".repeat(60_000), true);
    assert.match(edited.ok ? "" : edited.message, /would have 1145 MB/u);
  });
});

describe("edits, against an oracle", () => {
  /** Compares bytes at every place; no strings, no decoding. */
  function oracle(file: Buffer, from: Buffer, to: Buffer, all: boolean): Buffer | undefined {
    const places = [...file.keys()].filter((i) => file.subarray(i, i + from.length).equals(from));
    const overlap = places.some((place, i) => i > 0 && place - (places[i - 1] ?? 0) < from.length);
    if (from.equals(to) || overlap || places.length === 0 || (places.length > 1 && !all)) return undefined;
    const parts = places.flatMap((place, i) => [
      file.subarray(i === 0 ? 0 : (places[i - 1] ?? 0) + from.length, place),
      to,
    ]);
    return Buffer.concat([...parts, file.subarray((places.at(-1) ?? 0) + from.length)]);
  }

  /** A small generator, so that a failure can be repeated from its seed. */
  function random(seed: number): (below: number) => number {
    let state = seed;
    return (below) => {
      state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
      return Math.floor((state / 2 ** 32) * below);
    };
  }

  for (let seed = 1; seed <= unlessQuick(20, 4); seed += 1)
    it(`500 random ones, seed ${seed}`, () => {
      const next = random(seed);
      const alphabet = ["a", "b", "é", "\n", "\r", "$&", "你", "\0", " "];
      const text = (length: number) => Array.from({ length }, () => alphabet[next(alphabet.length)]).join("");
      let done = 0;
      for (let round = 0; round < 500; round += 1) {
        const junk = Buffer.from([[], [0xff], [0xc3], [0x80, 0xfe]][next(4)] ?? []);
        const file = Buffer.concat([Buffer.from(text(next(12))), junk, Buffer.from(text(next(12)))]);
        const [oldString, newString, all] = [text(1 + next(2)), text(next(4)), next(2) === 0];
        const latin1 = file.toString("latin1");
        // Files that are CRLF throughout are given other line ends on purpose; the tables above have those.
        if (latin1.includes("\r\n") && !/(?<!\r)\n/u.test(latin1)) continue;
        const expected = oracle(file, Buffer.from(oldString), Buffer.from(newString), all);
        const result = edit(file, oldString, newString, all);
        assert.deepEqual(
          result.ok ? result.bytes : undefined,
          expected,
          JSON.stringify({ file, oldString, newString, all }),
        );
        done += result.ok ? 1 : 0;
      }
      assert.ok(done > 50, `only ${done} were done`);
    });
});
