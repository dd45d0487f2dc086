import assert from "node:assert/strict";
import { piecesOf } from "../../../webview/colours/pieces";
import { languageOf } from "../../../webview/colours/languages";
import { MAX_LINE_CHARS, tokensOf, type Token } from "../../../webview/colours/tokenise";
import { ColourStore } from "../../../webview/colours/colour-store";
import type { ShownFile } from "../../../src/protocol/review-messages";

/** The tokens of a text as `colour:word`, line by line. */
async function tokens(path: string, text: string): Promise<readonly string[]> {
  const language = await languageOf(path)?.();
  assert.ok(language);
  const lines = text.split("\n");
  return [...tokensOf(language, text)].map((line, i) =>
    line.map(({ from, to, colour }) => `${colour}:${lines[i]?.slice(from, to)}`).join(" "),
  );
}

describe("colours of code", () => {
  const rows: readonly (readonly [string, string, readonly string[]])[] = [
    ["a.ts", "const a = 'x'; // y", ["keyword:const name:a string:'x' comment:// y"]],
    ["a.ts", "/* one\n * don't\n */ let b", ["comment:/* one", "comment: * don't", "comment: */ keyword:let name:b"]],
    [
      "a.py",
      '"""one\ndon\'t\n"""\nreturn 1',
      ['string:"""one', "string:don't", 'string:"""', "keyword:return number:1"],
    ],
    ["x/Main.java", "public int a;", ["keyword:public type:int"]],
    ["deep/Dockerfile", "FROM node", ["keyword:FROM"]],
    ["a.yml", "key: true # why", ["constant:key comment:# why"]],
  ];
  for (const [path, text, expected] of rows)
    it(`${path}: ${JSON.stringify(text)}`, async () => {
      const found = await tokens(path, text);
      for (const [i, line] of expected.entries())
        for (const part of line.split(/ (?=\w+:)/u)) assert.ok(found[i]?.includes(part), `${part} in ${found[i]}`);
    });

  for (const path of ["a.bin", "README", "a.unknown", "constructor", "a.__proto__"])
    it(`has none for ${path}`, () => assert.equal(languageOf(path), undefined));

  it("leaves a line of data alone and goes on behind it", async () => {
    const long = "x".repeat(MAX_LINE_CHARS + 1);
    assert.deepEqual((await tokens("a.js", `${long}\nlet a`))[0], "");
    assert.match((await tokens("a.js", `${long}\nlet a`))[1] ?? "", /keyword:let/u);
  });

  for (const [name, token] of [
    [
      "throws",
      () => {
        throw new Error("no");
      },
    ],
    ["stands still", () => null],
  ] as const)
    it(`has none behind where a parser ${name}`, () =>
      assert.deepEqual([...tokensOf({ token, languageData: {} }, "a\nb")], [[], []]));
});

describe("a line in pieces", () => {
  const k = (from: number, to: number): Token => ({ from, to, colour: "keyword" });
  const check = (changed: readonly [number, number][], found: readonly Token[], expected: string) =>
    assert.equal(
      piecesOf(
        "0123456789",
        changed.map(([from, to]) => ({ from, to })),
        found,
      )
        .map(
          ({ from, to, colour, isChanged }) => `${from}-${to}${colour === undefined ? "" : "k"}${isChanged ? "!" : ""}`,
        )
        .join(" "),
      expected,
    );
  it("is one where there is nothing to show", () => check([], [], "0-10"));
  it("has what changed", () => check([[2, 4]], [], "0-2 2-4! 4-10"));
  it("has what has a colour", () => check([], [k(0, 3), k(3, 5)], "0-3k 3-5k 5-10"));
  it("keeps what changed on top of colours", () =>
    check([[2, 6]], [k(0, 3), k(5, 8)], "0-2k 2-3k! 3-5! 5-6k! 6-8k 8-10"));
  it("is cut where the text ends", () => check([[8, 99]], [k(5, 40)], "0-5 5-8k 8-10k!"));
  it("takes nothing from empty stretches", () => check([[3, 3]], [], "0-3 3-10"));
});

describe("the colours of files in view", () => {
  const result = { subtask: "a", commit: "c" };
  const file = (path: string): ShownFile => ({
    path,
    status: "modified",
    binary: false,
    hunks: [
      { oldStart: 1, oldLines: 1, newStart: 2, newLines: 1, heading: "", size: 2, place: { side: "result", line: 2 } },
    ],
    words: { status: "", notes: [], lines: true, markReturns: false },
    parts: [],
    whole: null,
    added: 0,
    deleted: 0,
    executable: null,
    outOfScope: false,
    leftOut: [],
    viewed: false,
  });
  const wanted = (store: ColourStore, path: string) =>
    new Promise<void>((come) => store.want(result, file(path), come));

  it("are those of the lines its hunks show, on both sides", async () => {
    const store = new ColourStore(async (_, paths) =>
      paths.map(() => ({ base: "let a", result: "// no\nlet b\nlet c" })),
    );
    await wanted(store, "a.ts");
    const colours = store.get(result, "a.ts");
    assert.deepEqual([[...(colours?.base.keys() ?? [])], [...(colours?.result.keys() ?? [])]], [[1], [2]]);
  });

  it("are not there where the texts cannot be had, and nobody hears of it", async () => {
    const store = new ColourStore(() => Promise.reject(new Error("no")));
    await wanted(store, "a.ts");
    assert.equal(store.get(result, "a.ts"), undefined);
  });

  it("are not asked for where there is no language", () => {
    const store = new ColourStore(() => assert.fail("asked"));
    store.want(result, file("a.bin"), () => assert.fail("told"))();
  });
});
