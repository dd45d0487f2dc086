import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { BraidError, type FailureCode } from "../../../src/core/failure";
import { landCommit, undoLanding, type Landing } from "../../../src/git/land";
import { openRepository } from "../../../src/git/repository";
import { stageCommit } from "../../../src/git/stage";
import { newFence } from "../../../src/run/log/fence";
import { tempFolder, tempRepo, type TempRepo } from "../../support/temp-repo";

const TARGET = "refs/heads/main";
const BIG = "new\n".repeat(50_000);

let temp: TempRepo;
let landing: Landing;
beforeEach(() => {
  temp = tempRepo({ "a.txt": "a\n".repeat(4000), "gone/b.txt": "b\n", "d/x": "x\n", "mine.txt": "1\n" });
  const seen = temp.git("rev-parse", "main");
  temp.git("switch", "-qc", "result");
  temp.write("a.txt", "A\n".repeat(4000));
  temp.write("new/deep/n.txt", BIG);
  rmSync(join(temp.dir, "gone"), { recursive: true });
  rmSync(join(temp.dir, "d"), { recursive: true });
  temp.write("d", "a file now\n");
  landing = { target: TARGET, seen, commit: temp.commit("result") };
  temp.git("switch", "-q", "main");
});
afterEach(() => temp.dispose());

const land = async () =>
  landCommit(await openRepository(temp.dir), { ...landing, reason: "test", fence: newFence("r0000000") });
const undo = async () => undoLanding(await openRepository(temp.dir), landing);
const status = (dir = temp.dir) => temp.git("-C", dir, "status", "--porcelain");

async function fails(code: FailureCode, act: () => Promise<unknown>, words: RegExp): Promise<void> {
  await assert.rejects(act, (error: unknown) => {
    assert.ok(error instanceof BraidError, String(error));
    assert.equal(error.failure.code, code, error.failure.message);
    assert.match(error.failure.message, words);
    return true;
  });
}

describe("a landing that breaks off", () => {
  it("because the disk is full puts the files back and says so", async function () {
    const folder = tempFolder();
    const disk = join(folder.dir, "disk");
    mkdirSync(disk);
    try {
      execFileSync("mount", ["-t", "tmpfs", "-o", "size=96k", "tmpfs", disk], { stdio: "ignore" });
    } catch {
      // Only root may mount.
      folder.dispose();
      return this.skip();
    }
    try {
      const tree = join(disk, "w");
      temp.git("switch", "-q", "result");
      temp.git("worktree", "add", "-q", tree, "main");
      writeFileSync(join(tree, "mine.txt"), "2\n");
      await fails("disk.full", land, /disk is full/u);
      assert.equal(status(tree), " M mine.txt");
      assert.equal(readFileSync(join(tree, "a.txt"), "utf8"), "a\n".repeat(4000));
      assert.ok(!existsSync(join(tree, "new")));
      assert.equal(readFileSync(join(tree, "d/x"), "utf8"), "x\n");
      assert.equal(temp.git("rev-parse", "main"), landing.seen);
    } finally {
      execFileSync("umount", [disk], { stdio: "ignore" });
      folder.dispose();
    }
  });

  it("because git cannot commit the move of the branch takes index and files back", async () => {
    const log = join(temp.dir, ".git/logs/refs/heads/main");
    rmSync(log);
    mkdirSync(log);
    writeFileSync(join(log, "x"), "");
    temp.write("mine.txt", "2\n");
    temp.git("add", "mine.txt");
    await fails("git.failed", land, /main could not be moved/u);
    assert.equal(status(), "M  mine.txt");
    assert.equal(temp.read("d/x"), "x\n");
    assert.equal(temp.git("rev-parse", "main"), landing.seen);
  });
});

describe("a landing beside a conflict that git shows in the index alone", () => {
  it("is refused, and says what to do", async () => {
    temp.write("mine.txt", "stashed\n");
    temp.git("stash", "-q");
    temp.write("mine.txt", "other\n");
    landing = { ...landing, seen: temp.commit("mine") };
    assert.throws(() => temp.git("stash", "pop", "-q"));
    await fails("tree.dirty", land, /A conflict stands unresolved in /u);
    assert.equal(status(), "UU mine.txt");
  });
});

describe("a landing in whose midst somebody switches branches", () => {
  /** Where HEAD is as it begins, and where it goes once it was looked at. */
  const SWITCHES: readonly (readonly [string, string, RegExp, typeof landCommit | typeof stageCommit])[] = [
    ["main", "other", /switched to another branch than main.*nothing was moved/u, landCommit],
    ["main", "other", /switched to another branch than main.*nothing was moved/u, stageCommit],
    ["other", "main", /main was checked out.*nothing was moved/u, landCommit],
  ];
  for (const [from, to, words, act] of SWITCHES)
    it(`from ${from} to ${to}: ${act.name} moves neither the branch nor a file`, async () => {
      temp.git("branch", "other", "main");
      temp.git("switch", "-q", from);
      const fence = {
        ref: newFence("r0000000").ref,
        // It is read as git is asked for the lock.
        get at() {
          temp.git("switch", "-q", to);
          return null;
        },
      };
      const repo = await openRepository(temp.dir);
      await fails("target.moved", () => act(repo, { ...landing, reason: "test", fence }), words);
      assert.deepEqual([status(), temp.git("rev-parse", "main")], ["", landing.seen]);
    });
});

describe("a landing whose process was killed", () => {
  const moveFiles = () => temp.git("read-tree", "-m", "-u", landing.seen, landing.commit);

  it("before anything moved is left alone", async () => {
    temp.write("mine.txt", "2\n");
    await undo();
    assert.equal(status(), " M mine.txt");
  });

  it("before the branch moved is undone, and can be landed again", async () => {
    temp.write("mine.txt", "2\n");
    temp.git("add", "mine.txt");
    moveFiles();
    await undo();
    assert.equal(status(), "M  mine.txt");
    assert.equal(temp.read("d/x"), "x\n");
    await land();
    assert.equal(status(), "M  mine.txt");
    assert.equal(temp.git("rev-parse", "main"), landing.commit);
  });

  it("half-way through the files is undone, and what others wrote stays", async () => {
    temp.write("a.txt", "A\n".repeat(10));
    temp.write("new/deep/n.txt", BIG.slice(0, 100));
    temp.write("new/mine", "mine\n");
    rmSync(join(temp.dir, "gone"), { recursive: true });
    rmSync(join(temp.dir, "d"), { recursive: true });
    temp.write("d", "");
    temp.write("mine.txt", "2\n");
    await undo();
    assert.equal(status(), " M mine.txt\n?? new/");
    assert.equal(temp.read("a.txt"), "a\n".repeat(4000));
    assert.equal(temp.read("new/mine"), "mine\n");
    assert.ok(!existsSync(join(temp.dir, "new/deep")));
  });

  it("does not take what the user has written since for its own", async () => {
    temp.write("a.txt", "A\nmine\n");
    temp.write("new/deep/n.txt", "mine\n");
    temp.write("d/x", "mine\n");
    await undo();
    assert.deepEqual(
      ["a.txt", "new/deep/n.txt", "d/x"].map((path) => temp.read(path)),
      ["A\nmine\n", "mine\n", "mine\n"],
    );
  });

  it("says so when the user's changes since then are in the way, and keeps them", async () => {
    moveFiles();
    temp.write("a.txt", "mine\n");
    await fails("git.failed", undo, /could not be undone: a\.txt/u);
    assert.equal(temp.read("a.txt"), "mine\n");
    assert.equal(temp.read("d"), "a file now\n");
  });

  it("is none of ours any more once somebody has moved the branch", async () => {
    moveFiles();
    temp.git("commit", "-qm", "mine");
    await undo();
    assert.equal(status(), "");
    assert.equal(temp.read("d"), "a file now\n");
  });
});
