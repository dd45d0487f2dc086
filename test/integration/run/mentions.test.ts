import { deepEqual, equal, match, ok, rejects } from "node:assert/strict";
import { symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describeMaterial } from "../../../src/agent/material";
import { BraidError } from "../../../src/core/failure";
import { openRepository, readHead } from "../../../src/git/repository";
import { readMentions } from "../../../src/run/attempt/mentions";
import { png } from "../../support/images";
import { type TempRepo, tempRepo } from "../../support/temp-repo";

describe("what a goal names, read from a commit", function () {
  this.timeout(60_000);
  let temp: TempRepo;
  before(() => {
    temp = tempRepo({ "src/a.ts": "one\ntwo\nthree\n", "src/b.ts": "b\n", "with space.md": "# Hi\n" });
    writeFileSync(join(temp.dir, "mock.txt"), png(10, 20));
    writeFileSync(join(temp.dir, "huge.png"), png(9000, 20));
    writeFileSync(join(temp.dir, "tool.bin"), Buffer.from([1, 0, 2]));
    writeFileSync(join(temp.dir, "big.txt"), "line\n".repeat(600_000));
    symlinkSync("/etc/passwd", join(temp.dir, "link.md"));
    temp.git("add", "-A");
    temp.git("update-index", "--add", "--cacheinfo", `160000,${"1".repeat(40)},sub`);
    temp.git("commit", "-qm", "more");
    // What is only in the work tree is not in the commit.
    writeFileSync(join(temp.dir, "later.ts"), "later\n");
  });
  after(() => temp.dispose());

  const read = async (text: string, strict = true) => {
    const repo = await openRepository(temp.dir);
    return readMentions(repo, text, { commit: (await readHead(repo)).commit, strict });
  };

  it("files, lines, folders and images by content", async () => {
    const { files, images } = await read('See @src/a.ts:2-9, @"with space.md", @src/ and @mock.txt.');
    deepEqual(files, [
      { path: "src/a.ts", text: "two\nthree", lines: [2, 3], isFolder: false },
      { path: "with space.md", text: "# Hi\n", isFolder: false },
      { path: "src", text: "src/a.ts\nsrc/b.ts", isFolder: true },
    ]);
    deepEqual(
      images.map(({ name, mediaType, width, height, data }) => [name, mediaType, width, height, data]),
      [["mock.txt", "image/png", 10, 20, png(10, 20).toString("base64")]],
    );
  });

  for (const [text, words] of [
    ["@nope.ts", /@nope\.ts is not in the commit the run starts from/u],
    ["@src/A.ts:1", /Did you mean @src\/a\.ts/u],
    ['@"with spade.md"', /Did you mean @"with space\.md"\?/u],
    ["@later.ts", /is not in the commit/u],
    ["@../x.ts", /lies outside the repository/u],
    ["@link.md", /is a link, and none is followed/u],
    ["@sub", /is another repository/u],
    ["@tool.bin", /is neither text nor an image/u],
    ["@huge.png", /is 9000 × 20 pixels/u],
    ["@big.txt", /has 3 MB\. Name some of its lines, as in @big\.txt:1-200/u],
    ["@src/a.ts:9", /names lines that are not there: the file has 3/u],
    ["@src/a.ts:3-1", /names no lines/u],
    ["@src/:1", /it is a folder/u],
    [Array.from({ length: 51 }, (_, n) => `@big.txt:${n + 1}`).join(" "), /names 51 files and folders; at most 50/u],
  ] as const)
    it(`${text.slice(0, 30)} is refused in a goal, and does not count in a model's words`, async () => {
      await rejects(read(text), (error) => {
        ok(error instanceof BraidError);
        equal(error.failure.code, "goal.path");
        match(`${error.failure.message} ${error.failure.hint ?? ""}`, words);
        return true;
      });
      await read(text, false);
    });

  it("lines of a long file can be named", async () =>
    equal((await read("@big.txt:599999-600000")).files[0]?.text, "line\nline"));

  it("is handed over bounded, with its end marked", async () => {
    const long = { path: "a", text: "x".repeat(50_000), isFolder: false };
    const told = describeMaterial({ files: [long, long, long, long, long, long], images: [] });
    ok(told.length < 165_000, String(told.length));
    match(told, /\(Cut: 10000 more characters; read it yourself\.\)\n--- End of a ---/u);
    match(told, /\(Cut: 50000 more characters/u);
    equal(describeMaterial({ files: [], images: [] }), "");
  });
});
