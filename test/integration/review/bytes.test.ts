import { deepEqual, equal, ok } from "node:assert/strict";
import { chmodSync, renameSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseDiff } from "../../../src/core/review/hunks";
import { takesOf, type FileChoice } from "../../../src/core/review/selection";
import { diffText } from "../../../src/git/diff";
import { partialTree } from "../../../src/git/partial-tree";
import { openRepository, type Repository } from "../../../src/git/repository";
import { tempRepo, type TempRepo } from "../../support/temp-repo";

const MANY = Array.from({ length: 40 }, (_, i) => `line ${i + 1}`);
const latin1 = (text: string) => Buffer.from(text, "latin1");

describe("a chosen part of a result, in git", function () {
  this.timeout(60_000);
  let temp: TempRepo;
  let repo: Repository;
  beforeEach(async () => {
    temp = tempRepo({ start: "x\n" });
    repo = await openRepository(temp.dir);
  });
  afterEach(() => temp.dispose());
  const at = (path: string) => join(temp.dir, path);

  async function chosen(change: () => void, files: readonly FileChoice[]): Promise<string> {
    temp.git("add", "-A");
    temp.git("commit", "-q", "--allow-empty", "-m", "base");
    const base = temp.git("rev-parse", "HEAD");
    change();
    const commit = temp.commit("result");
    const diff = parseDiff(await diffText(repo, base, commit));
    const takes = takesOf(diff, { base, commit, files });
    ok(!("code" in takes), JSON.stringify(takes));
    const index = temp.git("rev-parse", ":start");
    const tree = await partialTree(repo, { base, commit }, takes);
    // The user's index and files are where they were.
    equal(temp.git("rev-parse", ":start"), index);
    equal(temp.git("status", "--porcelain"), "");
    return tree;
  }
  it("keeps bytes that are no UTF-8, carriage returns and a missing last line end", async () => {
    const base = `\xe9\xff\r\n${MANY.join("\r\n")}\r\nlast \xc3`;
    writeFileSync(at("f"), latin1(base));
    const tree = await chosen(
      () => writeFileSync(at("f"), latin1(base.replace("\xe9\xff", "\xfe\xe9").replace("last \xc3", "LAST \xc4\n"))),
      [{ path: "f", take: [1] }],
    );
    const id = temp.git("rev-parse", `${tree}:f`);
    writeFileSync(at("expected"), latin1(base.replace("\xe9\xff", "\xfe\xe9")));
    equal(id, temp.git("hash-object", "--no-filters", "expected"));
  });

  it("is not touched by filters and line end settings of the repository", async () => {
    temp.git("config", "core.autocrlf", "true");
    temp.write(".gitattributes", "*.txt text eol=crlf\n");
    temp.write("a.txt", `${MANY.join("\n")}\n`);
    const text = MANY.with(1, "TWO");
    const tree = await chosen(
      () => temp.write("a.txt", `${text.with(30, "THIRTY").join("\n")}\n`),
      [{ path: "a.txt", take: [1] }],
    );
    equal(temp.git("cat-file", "-p", `${tree}:a.txt`), text.join("\n"));
  });

  it("takes a rename without its edits, and edits without the rename", async () => {
    const edited = `${MANY.with(3, "four").join("\n")}\n`;
    temp.write("old.txt", `${MANY.join("\n")}\n`);
    const move = () => {
      renameSync(at("old.txt"), at("new.txt"));
      temp.write("new.txt", edited);
    };
    const renamed = await chosen(move, [{ path: "new.txt", take: [0] }]);
    equal(temp.git("ls-tree", "--name-only", renamed), "new.txt\nstart");
    equal(temp.git("show", `${renamed}:new.txt`), MANY.join("\n"));
    temp.git("reset", "-q", "--hard", "HEAD~1");
    const kept = await chosen(move, [{ path: "new.txt", take: [1] }]);
    equal(temp.git("ls-tree", "--name-only", kept), "old.txt\nstart");
    equal(temp.git("show", `${kept}:old.txt`), edited.trimEnd());
  });

  it("takes a mode without the lines, and lines without the mode", async () => {
    temp.write("run.sh", "a\n");
    const change = () => {
      temp.write("run.sh", "b\n");
      chmodSync(at("run.sh"), 0o755);
    };
    const mode = await chosen(change, [{ path: "run.sh", take: [0] }]);
    equal(temp.git("ls-tree", mode, "run.sh").split(" ")[0], "100755");
    equal(temp.git("show", `${mode}:run.sh`), "a");
    temp.git("reset", "-q", "--hard", "HEAD~1");
    const lines = await chosen(change, [{ path: "run.sh", take: [1] }]);
    equal(temp.git("ls-tree", lines, "run.sh").split(" ")[0], "100644");
    equal(temp.git("show", `${lines}:run.sh`), "b");
  });

  it("takes links, binaries, new and deleted files whole, beside files it leaves", async () => {
    temp.write("gone", "x\n");
    temp.write("kind", "x\n");
    temp.write("bin", "\0a");
    temp.write("left", "x\n");
    const tree = await chosen(
      () => {
        rmSync(at("gone"));
        rmSync(at("kind"));
        symlinkSync("start", at("kind"));
        temp.write("bin", "\0b");
        temp.write("left", "y\n");
        temp.write("deep/er/new", "n\n");
      },
      ["gone", "kind", "bin", "deep/er/new"].map((path) => ({ path, take: "all" })),
    );
    deepEqual(
      temp
        .git("ls-tree", "-r", tree)
        .split("\n")
        .map((line) => [line.slice(0, 6), line.split("\t")[1]]),
      [
        ["100644", "bin"],
        ["100644", "deep/er/new"],
        ["120000", "kind"],
        ["100644", "left"],
        ["100644", "start"],
      ],
    );
    equal(temp.git("show", `${tree}:left`), "x");
  });

  it("takes a folder that became a file", async () => {
    temp.write("d/x", "x\n");
    const tree = await chosen(() => {
      rmSync(at("d"), { recursive: true });
      temp.write("d", "file\n");
    }, [
      { path: "d/x", take: "all" },
      { path: "d", take: "all" },
    ]);
    equal(temp.git("ls-tree", "-r", "--name-only", tree), "d\nstart");
  });

  it("does not depend on how the user likes diffs", async () => {
    for (const [key, value] of [
      ["diff.context", "0"],
      ["diff.interHunkContext", "50"],
      ["diff.algorithm", "minimal"],
      ["diff.renames", "false"],
      ["diff.mnemonicPrefix", "true"],
      ["diff.noprefix", "true"],
      ["diff.orderFile", "start"],
      ["core.quotePath", "true"],
    ] as const)
      temp.git("config", key, value);
    temp.write("f", `${MANY.join("\n")}\n`);
    const tree = await chosen(
      () => temp.write("f", `${MANY.with(1, "a").with(20, "b").with(38, "c").join("\n")}\n`),
      [{ path: "f", take: [2] }],
    );
    equal(temp.git("show", `${tree}:f`), MANY.with(20, "b").join("\n"));
  });
});
