import { deepEqual, equal } from "node:assert/strict";
import { mentionsIn, resolveMentions, type Tree } from "../../../src/core/plan/mention";

const FILES = [
  "README.md",
  "src/a.ts",
  "src/deep/b.ts",
  "with space.md",
  "docs/guide.md",
  "types/index.d.ts",
  "Makefile",
];
const TREE: Tree = {
  paths: FILES,
  find: (path) => {
    if (path === "link.md") return "link";
    if (FILES.includes(path)) return "file";
    return path === "" || FILES.some((file) => file.startsWith(`${path}/`)) ? "folder" : undefined;
  },
};

describe("what a goal names", () => {
  const check = (text: string, found: readonly string[], missing: readonly string[] = []) =>
    it(JSON.stringify(text), () => {
      const named = resolveMentions(text, TREE);
      deepEqual(
        [
          named.found.map(
            ({ path, kind, mention }) =>
              `${kind} ${path}${mention.lines === undefined ? "" : ` ${mention.lines.join("-")}`}`,
          ),
          named.missing.map(({ mention }) => mention.text),
        ],
        [found, missing],
      );
    });

  check("Change @src/a.ts", ["file src/a.ts"]);
  check("Change @src/a.ts.", ["file src/a.ts"]);
  check("Is it @src/a.ts? Or (@README.md), or *@Makefile*!", ["file src/a.ts", "file README.md", "file Makefile"]);
  check("@./src/a.ts and @src/../README.md", ["file src/a.ts", "file README.md"]);
  check('Read @"with space.md", please', ["file with space.md"]);
  check("All of @src/ and @docs", ["folder src", "folder docs"]);
  check("Everything in @.", []);
  check("Lines @src/a.ts:10-20 and @src/a.ts:7", ["file src/a.ts 10-20", "file src/a.ts 7-7"]);
  check('Lines @"with space.md":1-2', ["file with space.md 1-2"]);
  check("@src/a.ts twice @src/a.ts", ["file src/a.ts"]);
  check("A link @link.md", ["link link.md"]);

  check("Mail me@example.com or a@src/a.ts", []);
  check("Ask @jane, @example.com and @ nobody", []);
  check("Install @types/node and @anthropic-ai/sdk", [], ["@types/node"]);
  check("Install `@types/node` and @anthropic-ai/sdk@1.2.3", []);
  check("Use @Component, @Input() and @app.route('/x')", []);
  check("Use @pytest.fixture and @dataclass", []);
  check("Alias @/components/Button", []);
  check("In code:\n```ts\n@src/nope.ts\n```\nend", []);
  check("A version @1.2.3, a tag @latest", []);

  check("Change @nope.ts", [], ["@nope.ts"]);
  check("Change @nope.zig", []);
  check("Change @src/nope", [], ["@src/nope"]);
  check("Change @other/nope/", [], ["@other/nope/"]);
  check("Change @./nope", [], ["@./nope"]);
  check("Change @nope:3", [], ["@nope:3"]);
  check('Change @"any thing"', [], ['@"any thing"']);
  check("As in @mock.png", [], ["@mock.png"]);
  check("Read @../secret.txt", [], ["@../secret.txt"]);
  check('Read @"/etc/passwd"', [], ['@"/etc/passwd"']);
  check("Read @src/../../x.ts", [], ["@src/../../x.ts"]);
});

describe("what comes near an unknown path", () => {
  for (const [text, near] of [
    ["@src/A.ts:1", ["src/a.ts", "src/deep/b.ts"]],
    ["@b.ts", ["src/deep/b.ts", "src/a.ts"]],
    ["@READM.md", ["README.md"]],
    ["@docs/gide.md", ["docs/guide.md"]],
    ["@src/completely-different.ts", []],
  ] as const)
    it(text, () => deepEqual(resolveMentions(text, TREE).missing[0]?.near.slice(0, 2), near));
});

it("a name that means something else is no path", () =>
  deepEqual(resolveMentions("As in @mock.png", TREE, new Set(["mock.png"])), { found: [], missing: [] }));

it("a text without an at sign names nothing; a very long one is read in no time", () => {
  equal(mentionsIn("nothing").length, 0);
  equal(mentionsIn("@a.ts ".repeat(20_000)).length, 20_000);
  equal(mentionsIn(`@${"a/".repeat(50_000)}`).length, 1);
  equal(mentionsIn("@".repeat(100_000)).length, 0);
});
