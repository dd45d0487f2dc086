import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { openRepository, readBlob } from "../../../src/git/repository";
import { readTexts } from "../../../src/git/texts";
import { tempRepo, type TempRepo } from "../../support/temp-repo";

describe("reading the texts of files", () => {
  let repo: TempRepo;
  let commit: string;
  before(() => {
    repo = tempRepo({
      "a.txt": "one\ntwo",
      "dir/b c.txt": "blob 12 missing\n",
      "empty.txt": "",
      "same.txt": "one\ntwo",
    });
    repo.write("line\nend.txt", "not to be asked for");
    repo.write("a.txt\r", "nor this");
    writeFileSync(join(repo.dir, "latin.txt"), Buffer.from([0xe9, 0x0a]));
    repo.write("large.txt", "x".repeat(2_000));
    commit = repo.commit("more");
  });
  after(() => repo.dispose());

  const rows: readonly (readonly [string, string, string | null])[] = [
    ["a text without a line end", "a.txt", "one\ntwo"],
    ["one that looks like git's own answers", "dir/b c.txt", "blob 12 missing\n"],
    ["an empty one", "empty.txt", ""],
    ["the same content by another name", "same.txt", "one\ntwo"],
    ["what is not there", "gone.txt", null],
    ["a folder", "dir", null],
    ["a name with a line end", "line\nend.txt", null],
    ["a name that ends with a part of one", "a.txt\r", null],
    ["what is not UTF-8", "latin.txt", null],
    ["what is too large", "large.txt", null],
  ];
  it("gives each its own, all at once", async () => {
    const places = rows.map(([, path]) => ({ commit, path }));
    const texts = await readTexts(await openRepository(repo.dir), places, 1_000);
    for (const [i, [name, , expected]] of rows.entries()) assert.equal(texts[i], expected, name);
    const odd = await readBlob(await openRepository(repo.dir), commit, "a.txt\r");
    assert.equal(odd?.toString(), "nor this");
  });

  it("asks git nothing for nothing that is there", async () =>
    assert.deepEqual(await readTexts(await openRepository(repo.dir), [{ commit, path: "gone" }], 1_000), [null]));
});
