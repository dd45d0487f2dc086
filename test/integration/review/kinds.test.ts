import assert from "node:assert/strict";
import { rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileWords } from "../../../src/core/review/file-words";
import { diffText, wholeDiffText } from "../../../src/git/diff";
import { openRepository, type Repository } from "../../../src/git/repository";
import { fileDiffs, readResult, resultDiff, resultImages } from "../../../src/run/accept/result-diff";
import { gif, png } from "../../support/images";
import { tempRepo, type TempRepo } from "../../support/temp-repo";

const A = "a".repeat(40);
const B = "b".repeat(40);
const twenty = Array.from({ length: 20 }, (_, i) => `line ${i}\n`).join("");

const copied = twenty.replaceAll("line", "row");

describe("each kind of change, as git has it, in the words of a review", function () {
  this.timeout(60_000);
  let repo: TempRepo;
  let opened: Repository;
  let base: string;
  let commit: string;
  before(async () => {
    repo = tempRepo({
      "gone.txt": "gone for good\n",
      "old.txt": twenty,
      "moved.txt": `${twenty}and\n`,
      "copied.txt": copied,
      "run.sh": "echo\n",
      "crlf.txt": "a\r\nb\r\n",
      "end.txt": "a\nb",
      "latin.txt": "cafe\n",
      "both.txt": "a file first\n",
    });
    const write = (path: string, bytes: Buffer) => writeFileSync(join(repo.dir, path), bytes);
    write("data.bin", Buffer.from([0, 1, 2, 3]));
    write("logo.png", png(10, 10));
    symlinkSync("run.sh", join(repo.dir, "link"));
    repo.git("add", "-A");
    repo.git("update-index", "--add", "--cacheinfo", `160000,${A},vendor`);
    repo.git("commit", "-qm", "base");
    base = repo.git("rev-parse", "HEAD");
    for (const path of ["gone.txt", "old.txt", "moved.txt", "link", "both.txt"]) rmSync(join(repo.dir, path));
    repo.write("new.txt", "quite another\n");
    repo.write("renamed.txt", twenty);
    repo.write("edited.txt", `${twenty}more\n`);
    repo.write("copy.txt", copied);
    repo.write("crlf.txt", "a\nb\n");
    repo.write("end.txt", "a\nb\n");
    repo.write("empty.txt", "");
    repo.write("bidi.txt", "if (a\u202e) {\n");
    write("latin.txt", Buffer.from("caf\xe9\n", "latin1"));
    write("data.bin", Buffer.alloc(2_000));
    write("logo.png", png(20, 20, 60));
    write("anim.gif", gif(4, 4));
    write("fake.png", Buffer.from("\0<svg onload=alert(1)>"));
    write("bomb.png", png(60_000, 60_000));
    symlinkSync("../outside", join(repo.dir, "link"));
    symlinkSync("new.txt", join(repo.dir, "both.txt"));
    repo.git("add", "-A");
    repo.git("update-index", "--chmod=+x", "run.sh");
    repo.git("update-index", "--add", "--cacheinfo", `160000,${B},vendor`);
    repo.git("commit", "-qm", "result");
    commit = repo.git("rev-parse", "HEAD");
    opened = await openRepository(repo.dir);
  });
  after(() => repo.dispose());

  it("is the same file by file, as the head of a large review reads them", async () => {
    const whole = (await resultDiff(opened, base, commit)).filter(({ status }) => status !== "renamed");
    const alone = await fileDiffs(
      opened,
      { base, commit },
      whole.map(({ path }) => path),
    );
    const paths = new Set(whole.map(({ path }) => path));
    assert.deepEqual(
      alone.filter(({ path }) => paths.has(path)),
      whole.map(({ copiedFrom: _copied, ...file }) => file),
    );
    assert.deepEqual(await fileDiffs(opened, { base, commit }, []), []);
  });

  const rows: readonly (readonly [path: string, said: string])[] = [
    ["anim.gif", `Added | Binary, 13 B.`],
    ["bidi.txt", "Added"],
    ["bomb.png", `Added | Binary, 33 B.`],
    ["both.txt", "Type changed | File mode: plain file → symbolic link (100644 → 120000)."],
    ["copy.txt", "Copied | Copied from “copied.txt”; all of it is shown as new."],
    ["crlf.txt", "Modified | Only line ends change: CRLF → LF."],
    ["data.bin", `Modified | Binary, 4 B → 2.0 kB.`],
    ["edited.txt", "Renamed"],
    ["empty.txt", "Added | Empty file."],
    ["end.txt", "Modified | Only a newline at the end of the file is added."],
    ["fake.png", `Added | Binary, 22 B.`],
    ["gone.txt", "Deleted"],
    [
      "latin.txt",
      "Modified | Some bytes are not UTF-8 and are shown as \ufffd here. What is accepted has them as they are.",
    ],
    ["link", "Modified | Symbolic link, from “run.sh” to “../outside”. | It leads out of the repository."],
    ["logo.png", `Modified | Binary, 33 B → 60 B.`],
    ["new.txt", "Added"],
    ["renamed.txt", "Renamed | Renamed without other changes."],
    ["run.sh", "Modified | File mode: plain file → executable file (100644 → 100755)."],
    ["vendor", `Modified | Submodule moves from commit ${A.slice(0, 10)} to ${B.slice(0, 10)}.`],
  ];
  for (const [path, said] of rows)
    it(`${path}: ${said}`, async () => {
      const file = (await resultDiff(opened, base, commit)).find((each) => each.path === path);
      assert.ok(file);
      const { status, notes } = fileWords(file);
      assert.equal([status, ...notes].join(" | "), said);
    });
  it("is all there is", async () => {
    const paths = (await resultDiff(opened, base, commit)).map((file) => file.path);
    assert.deepEqual(
      paths,
      rows.map(([path]) => path),
    );
  });

  const images: readonly (readonly [path: string, before: RegExp | null, after: RegExp | null])[] = [
    ["logo.png", /^data:image\/png;base64,/u, /^data:image\/png;base64,/u],
    ["anim.gif", null, /^data:image\/gif;base64,/u],
    ["fake.png", null, null],
    ["bomb.png", null, null],
    ["new.txt", null, null],
    ["not there", null, null],
  ];
  for (const [path, before, after] of images)
    it(`shows ${path} as the image it is, or not at all`, async () => {
      const sides = await resultImages(opened, { base, commit }, path);
      for (const [side, expected] of [
        [sides.base, before],
        [sides.result, after],
      ] as const)
        if (expected === null) assert.equal(side, null);
        else assert.match(side ?? "", expected);
    });

  it("knows a result that is too large by its files, each to be taken whole", async () => {
    assert.equal(await wholeDiffText(opened, base, commit, 500), undefined);
    const files = await readResult(opened, base, commit, 500);
    assert.deepEqual(
      files.map(({ path, binary, hunks }) => [path, binary, hunks.length]),
      rows.map(([path]) => [path, true, 0]),
    );
    const renamed = files.find(({ path }) => path === "renamed.txt");
    assert.deepEqual(
      [renamed?.from, renamed?.status, renamed?.bytes],
      ["old.txt", "renamed", { base: twenty.length, result: twenty.length }],
    );
    assert.ok((await diffText(opened, base, commit)).length > 500);
  });
});
