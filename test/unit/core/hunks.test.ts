import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { chmodSync, renameSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { FileDiff } from "../../../src/core/review/diff";
import { lineCountsOf, parseDiff } from "../../../src/core/review/hunks";
import { tempRepo, type TempRepo } from "../../support/temp-repo";

const LONG = Array.from({ length: 30 }, (_, i) => `line ${i + 1}`).join("\n") + "\n";
const SUBMODULE = ["1", "2"].map((digit) => digit.repeat(40));

describe("parseDiff reads what real git prints", () => {
  let repo: TempRepo;
  let files: ReadonlyMap<string, FileDiff>;

  before(() => {
    repo = tempRepo({
      "two.txt": LONG,
      "gone.txt": "a\nb\n",
      "old name.txt": LONG,
      "run.sh": "#!/bin/sh\n",
      "kind.txt": "a file\n",
      "bytes.bin": "\x00\x01\x02",
      "no-end.txt": "one\ntwo",
      "crlf.txt": "a\r\nb\r\n",
      "trap.sql": "-- a/kind.txt\n++ b/kind.txt\nkeep\n",
      "both.sh": "x\n",
      "spaced name.txt": "x\n",
    });
    repo.git("update-index", "--add", "--cacheinfo", `160000,${SUBMODULE[0]},vendor/lib`);
    repo.git("commit", "-qm", "submodule");
    const at = (path: string) => join(repo.dir, path);
    repo.write("two.txt", LONG.replace("line 2\n", "LINE 2\n").replace("line 28\n", "line 28\nline 28b\n"));
    rmSync(at("gone.txt"));
    renameSync(at("old name.txt"), at("new näme.txt"));
    chmodSync(at("run.sh"), 0o755);
    rmSync(at("kind.txt"));
    symlinkSync("two.txt", at("kind.txt"));
    writeFileSync(at("bytes.bin"), Buffer.from([0, 9, 9]));
    repo.write("no-end.txt", "one\ntwo\n");
    repo.write("crlf.txt", "a\nb\n");
    repo.write("trap.sql", "-- b/kind.txt\ndiff --git a/x b/x\n@@ -1 +1 @@\nkeep\n");
    repo.write("both.sh", "y\n");
    chmodSync(at("both.sh"), 0o755);
    repo.write("spaced name.txt", "y\n");
    repo.write("empty.txt", "");
    repo.write('quo"te\t\\日本.txt', "q\n");
    repo.write('empty"quoted', "");
    repo.write("deep/new.txt", "only line without an end");
    repo.write("latin1.txt", "");
    writeFileSync(at("latin1.txt"), Buffer.from([0xe9, 0x0a]));
    // git itself reads an embedded repository as a submodule; an index entry is enough for a diff of two trees.
    repo.git("add", "-A", "--", ":!vendor");
    repo.git("update-index", "--cacheinfo", `160000,${SUBMODULE[1]},vendor/lib`);
    repo.git("commit", "-qm", "work");
    const args = "diff --no-color --no-ext-diff --no-textconv -M --full-index --src-prefix=a/ --dst-prefix=b/";
    const text = execFileSync("git", [...args.split(" "), "HEAD~1", "HEAD", "--"], { cwd: repo.dir }).toString("utf8");
    files = new Map(parseDiff(text).map((file) => [file.path, file]));
  });
  after(() => repo.dispose());

  const bare = (path: string) => {
    const { hunks, blob, ...rest } = files.get(path) ?? assert.fail(`no ${path} among ${[...files.keys()].join(", ")}`);
    // The new content's id, wherever the content is another.
    assert.match(blob ?? "0".repeat(40), /^[0-9a-f]{40}$/u);
    return {
      ...rest,
      lines: hunks.flatMap((h) => h.lines.map((l) => `${l.kind.charAt(0)}${l.text}${l.noNewline ? "$" : ""}`)),
    };
  };
  const plain = { oldMode: "100644", newMode: "100644", binary: false };

  it("two hunks with their places", () => {
    const hunks = files.get("two.txt")?.hunks ?? [];
    assert.deepEqual(
      hunks.map((h) => [h.oldStart, h.oldLines, h.newStart, h.newLines, h.lines.length]),
      [
        [1, 5, 1, 5, 6],
        [26, 5, 26, 6, 6],
      ],
    );
    assert.equal(hunks[1]?.heading, "line 25");
    const file = files.get("two.txt");
    assert.deepEqual(file && lineCountsOf(file), { added: 2, deleted: 1 });
  });

  const rows: readonly (readonly [string, string, object])[] = [
    ["a deletion", "gone.txt", { status: "deleted", oldMode: "100644", binary: false, lines: ["da", "db"] }],
    [
      "a new file without an end",
      "deep/new.txt",
      { status: "added", newMode: "100644", binary: false, lines: ["aonly line without an end$"] },
    ],
    ["an empty new file", "empty.txt", { status: "added", newMode: "100644", binary: false, lines: [] }],
    [
      "an empty new file with a quoted name",
      'empty"quoted',
      { status: "added", newMode: "100644", binary: false, lines: [] },
    ],
    ["a quoted name", 'quo"te\t\\日本.txt', { status: "added", newMode: "100644", binary: false, lines: ["aq"] }],
    ["a rename", "new näme.txt", { status: "renamed", from: "old name.txt", binary: false, lines: [] }],
    ["a mode", "run.sh", { status: "modified", oldMode: "100644", newMode: "100755", binary: false, lines: [] }],
    [
      "a mode and a line",
      "both.sh",
      { status: "modified", oldMode: "100644", newMode: "100755", binary: false, lines: ["dx", "ay"] },
    ],
    [
      "a change of kind",
      "kind.txt",
      { status: "type-changed", oldMode: "100644", newMode: "120000", binary: false, lines: ["da file", "atwo.txt$"] },
    ],
    ["bytes", "bytes.bin", { status: "modified", ...plain, binary: true, lines: [] }],
    ["a final line end", "no-end.txt", { status: "modified", ...plain, lines: ["cone", "dtwo$", "atwo"] }],
    ["line ends", "crlf.txt", { status: "modified", ...plain, lines: ["da\r", "db\r", "aa", "ab"] }],
    ["a name with a blank", "spaced name.txt", { status: "modified", ...plain, lines: ["dx", "ay"] }],
    [
      "a submodule",
      "vendor/lib",
      {
        status: "modified",
        oldMode: "160000",
        newMode: "160000",
        binary: false,
        lines: [`dSubproject commit ${SUBMODULE[0]}`, `aSubproject commit ${SUBMODULE[1]}`],
      },
    ],
    [
      "bytes that are no UTF-8",
      "latin1.txt",
      { status: "added", newMode: "100644", binary: false, lines: ["a\uFFFD"] },
    ],
    [
      "text that looks like headers",
      "trap.sql",
      {
        status: "modified",
        ...plain,
        lines: ["d-- a/kind.txt", "d++ b/kind.txt", "a-- b/kind.txt", "adiff --git a/x b/x", "a@@ -1 +1 @@", "ckeep"],
      },
    ],
  ];
  for (const [name, path, expected] of rows) it(name, () => assert.deepEqual(bare(path), { path, ...expected }));

  it("nothing else", () => assert.equal(files.size, rows.length + 1));
});

describe("parseDiff shows what it cannot read as not shown", () => {
  const good = "diff --git a/ok b/ok\n--- a/ok\n+++ b/ok\n@@ -1 +1 @@\n-a\n+b\n";
  const rows: readonly (readonly [string, string, readonly (readonly [string, boolean, number])[]])[] = [
    ["nothing", "", []],
    [
      "a file after garbage",
      `warning: odd\n${good}`,
      [
        ["warning: odd", true, 0],
        ["ok", false, 1],
      ],
    ],
    ["a combined diff", "diff --cc merged.txt\nindex 1,2..3\n", [["merged.txt", true, 0]]],
    ["a hunk cut short", "diff --git a/x b/x\n@@ -1,9 +1,9 @@\n a\n", [["x", true, 0]]],
    ["a hunk with too many lines", "diff --git a/x b/x\n@@ -1 +1,2 @@\n-a\n-b\n+c\n+d\n", [["x", true, 0]]],
    [
      "a hunk header of another shape",
      `diff --git a/x b/x\n@@ nonsense @@\n${good}`,
      [
        ["x", true, 0],
        ["ok", false, 1],
      ],
    ],
    [
      "a line of no kind",
      `diff --git a/x b/x\n@@ -1 +1 @@\n?a\n${good}`,
      [
        ["x", true, 0],
        ["ok", false, 1],
      ],
    ],
    ["an end marker before any line", "diff --git a/x b/x\n@@ -1 +1 @@\n\\ No newline\n", [["x", true, 0]]],
    [
      "text after the hunks",
      `diff --git a/x b/x\n@@ -1 +1 @@\n-a\n+b\ntrailing\n${good}`,
      [
        ["x", true, 0],
        ["ok", false, 1],
      ],
    ],
    ["a header without paths", "diff --git \n", [["(unreadable)", true, 0]]],
    ["two names in the header alone", "diff --git a/x b/y\n", [["a/x b/y", true, 0]]],
    ["a patch of bytes", "diff --git a/x b/x\nindex 1..2\nGIT binary patch\nliteral 3\nKcmZ\n", [["x", true, 0]]],
    ["an empty context line without its blank", "diff --git a/x b/x\n@@ -1,2 +1,2 @@\n\n-a\n+b\n", [["x", false, 1]]],
    ["a broken quote", 'diff --git "a/x b/x\nBinary files differ\n', [['"a/x b/x', true, 0]]],
  ];
  for (const [name, text, expected] of rows)
    it(name, () =>
      assert.deepEqual(
        parseDiff(text).map((f) => [f.path, f.binary, f.hunks.length]),
        expected,
      ),
    );

  it("is linear in odd input", () => {
    const many = "diff --git a/x b/x\n@@ -1,1000000000 +1 @@\n-a\n".repeat(5_000);
    assert.equal(parseDiff(many).length, 5_000);
  });
});
