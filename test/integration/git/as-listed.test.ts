import { equal, rejects } from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { chmodSync, existsSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import { isAsListed } from "../../../src/git/as-listed";
import { rawChanges } from "../../../src/git/diff";
import { requireFreeIndex } from "../../../src/git/land";
import { moveFiles } from "../../../src/git/move-files";
import { openRepository } from "../../../src/git/repository";
import { tempFolder, tempRepo, type TempRepo } from "../../support/temp-repo";

describe("what a move touches is known to be untouched", function () {
  this.timeout(60_000);
  const path = process.env["PATH"] ?? "";
  let bin: ReturnType<typeof tempFolder>;
  let repo: TempRepo;
  before(() => {
    const real = execFileSync("sh", ["-c", "command -v git"], { encoding: "utf8" }).trim();
    bin = tempFolder();
    const script = `case "$*" in *"read-tree -m -u"*) . "${join(bin.dir, "meanwhile")}";; esac`;
    writeFileSync(join(bin.dir, "git"), `#!/bin/sh\n${script}\nexec ${real} "$@"\n`);
    chmodSync(join(bin.dir, "git"), 0o755);
    meanwhile("");
    process.env["PATH"] = `${bin.dir}${delimiter}${path}`;
  });
  after(() => {
    process.env["PATH"] = path;
    bin.dispose();
  });
  /** What a shell does there right before git moves anything. */
  const meanwhile = (lines: string) => writeFileSync(join(bin.dir, "meanwhile"), lines);
  const text = (name: string) => `${name}\n`.repeat(20);
  beforeEach(() => {
    repo = tempRepo({ "a.txt": text("a"), "[b]*.txt": text("b"), "gone.txt": text("gone"), "old.txt": text("old") });
    repo.git("switch", "-qc", "next");
    repo.write("a.txt", "changed\n");
    repo.write("[b]*.txt", "changed\n");
    repo.write("new/c.txt", "new\n");
    repo.git("rm", "-q", "gone.txt");
    repo.git("mv", "old.txt", "renamed.txt");
    repo.commit("next");
    repo.git("switch", "-q", "main");
  });
  afterEach(() => repo.dispose());

  const check = (name: string, wanted: boolean, change: () => void = () => undefined) =>
    it(`${wanted ? "yes" : "no"}: ${name}`, async () => {
      change();
      const place = await openRepository(repo.dir);
      const changes = await rawChanges(place, "main", "next");
      equal(changes.length, 5);
      equal(await isAsListed(place, changes), wanted);
    });
  check("nothing was done", true);
  check("something else was edited, staged, added", true, () => {
    repo.write("b.txt", "like the pattern\n");
    repo.git("add", "b.txt");
    repo.write("loose.txt", "x\n");
  });
  check("one was edited", false, () => repo.write("a.txt", "mine\n"));
  check("one was edited and staged", false, () => (repo.write("a.txt", "mine\n"), repo.git("add", "a.txt")));
  check("one was staged, and edited back", false, () => {
    repo.write("a.txt", "mine\n");
    repo.git("add", "a.txt");
    repo.write("a.txt", text("a"));
  });
  check("one was deleted", false, () => rmSync(join(repo.dir, "[b]*.txt")));
  check("one was taken out of the index", false, () => repo.git("rm", "-q", "--cached", "old.txt"));
  check("one that goes was edited", false, () => repo.write("gone.txt", "mine\n"));
  check("a new one is staged", false, () => (repo.write("new/c.txt", "mine\n"), repo.git("add", "new/c.txt")));
  check("a mode was staged", false, () => repo.git("update-index", "--chmod=+x", "a.txt"));
  check("one only looks changed", true, () => utimesSync(join(repo.dir, "a.txt"), 1, 1));
  check("one is edited, and git told not to look", false, () => {
    repo.git("update-index", "--assume-unchanged", "a.txt");
    repo.write("a.txt", "mine\n");
  });
  check("one is sparse", false, () => repo.git("update-index", "--skip-worktree", "a.txt"));

  it("what only looks changed keeps no move from going in", async () => {
    for (const name of ["a.txt", "gone.txt"]) utimesSync(join(repo.dir, name), 1, 1);
    await moveFiles(await openRepository(repo.dir), repo.dir, "main", "next");
    equal(repo.git("write-tree"), repo.git("rev-parse", "next^{tree}"));
    equal(repo.git("diff", "--name-only"), "");
  });

  const checkKept = (name: string, lines: string, refusal: RegExp, left: string | undefined) =>
    it(`what somebody does in the very moment stays: ${name}`, async () => {
      meanwhile(lines);
      try {
        await rejects(moveFiles(await openRepository(repo.dir), repo.dir, "main", "next"), refusal);
      } finally {
        meanwhile("");
      }
      equal(existsSync(join(repo.dir, "a.txt")) ? repo.read("a.txt") : undefined, left);
      equal(repo.git("diff", "--cached", "--name-only", "main"), "");
    });
  checkKept(
    "a file that is being saved, and empty until it is",
    "[ -e .git/saved ] || : > a.txt; : > .git/saved",
    /^BraidError: a\.txt would be over/u,
    "",
  );
  checkKept(
    "a file that another git takes away",
    ": > .git/index.lock; rm -f a.txt",
    /Another git process holds .*index\.lock/u,
    undefined,
  );

  it("what a git had begun that was ended from outside is taken back", async () => {
    meanwhile("printf 'chan' > a.txt; rm gone.txt; mkdir new; printf 'ne' > new/c.txt; kill -9 $$");
    try {
      const moved = moveFiles(await openRepository(repo.dir), repo.dir, "main", "next");
      await rejects(moved, /^BraidError: git read-tree was ended from outside\.$/u);
    } finally {
      meanwhile("");
    }
    equal(repo.git("status", "--porcelain"), "");
    equal(existsSync(join(repo.dir, "new")), false);
  });

  it("an index that another git holds is busy, though nothing in it would change", async () => {
    const place = await openRepository(repo.dir);
    await requireFreeIndex(place, "refs/heads/main");
    writeFileSync(join(repo.dir, ".git/index.lock"), "");
    await rejects(requireFreeIndex(place, "refs/heads/main"), /Another git process holds .*index\.lock/u);
  });
});
