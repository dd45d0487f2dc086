import assert from "node:assert/strict";
import { mkdirSync, rmSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { BraidError, type FailureCode } from "../../../src/core/failure";
import { changedFiles, diffText } from "../../../src/git/diff";
import { landCommit } from "../../../src/git/land";
import { openRepository } from "../../../src/git/repository";
import { checkTree } from "../../../src/git/tree-check";
import { newFence } from "../../../src/run/log/fence";
import { tempFolder, tempRepo, type TempRepo } from "../../support/temp-repo";

let temp: TempRepo;
let base: string;
beforeEach(() => {
  temp = tempRepo({ "a.txt": "a\n", "d/x": "x\n", "d/deep/y": "y\n", ".gitignore": "*.log\n" });
  base = temp.git("rev-parse", "main");
});
afterEach(() => temp.dispose());

/** A commit on `base` that `change` makes on a branch of its own; the checkout is back on `main` afterwards. */
function commitOf(change: () => void): string {
  temp.git("switch", "-qc", "result");
  change();
  const commit = temp.commit("result");
  temp.git("switch", "-q", "main");
  return commit;
}

async function land(commit: string): Promise<void> {
  await landCommit(await openRepository(temp.dir), {
    target: "refs/heads/main",
    seen: base,
    commit,
    reason: "test",
    fence: newFence("r0000000"),
  });
}

async function fails(code: FailureCode, act: () => Promise<unknown>, words: RegExp): Promise<void> {
  await assert.rejects(act, (error: unknown) => {
    assert.ok(error instanceof BraidError, String(error));
    assert.equal(error.failure.code, code, error.failure.message);
    assert.match(error.failure.message, words);
    return true;
  });
}

describe("a folder that is a link into a repository", () => {
  it("opens the repository the link leads to", async () => {
    const folder = tempFolder();
    symlinkSync(join(temp.dir, "d/deep"), join(folder.dir, "link"));
    const opened = await openRepository(join(folder.dir, "link"));
    assert.deepEqual(opened, { dir: temp.dir, commonDir: join(temp.dir, ".git"), folder: "d/deep" });
    folder.dispose();
  });
});

describe("a nested repository the settings hide", () => {
  const settings: readonly (readonly [string, () => void])[] = [
    ["diff.ignoreSubmodules", () => temp.git("config", "diff.ignoreSubmodules", "all")],
    [".gitmodules", () => temp.write(".gitmodules", '[submodule "s"]\n\tpath = sub\n\turl = ./s\n\tignore = all\n')],
    ["diff.submodule", () => temp.git("config", "diff.submodule", "log")],
  ];
  for (const [name, set] of settings)
    it(`is refused and shown all the same: ${name}`, async () => {
      temp.git("update-index", "--add", "--cacheinfo", `160000,${base},sub`);
      const tree = temp.git("write-tree");
      temp.git("reset", "-q", "--hard");
      set();
      const repo = await openRepository(temp.dir);
      await fails("tree.unsafe", () => checkTree(repo, base, tree), /sub: a nested git repository/u);
      assert.deepEqual(
        (await changedFiles(repo, base, tree)).map((file) => file.path),
        ["sub"],
      );
      assert.match(await diffText(repo, base, tree), /^\+Subproject commit/mu);
    });
});

describe("a folder that becomes a file", () => {
  const becomeFile = () =>
    commitOf(() => {
      rmSync(join(temp.dir, "d"), { recursive: true });
      temp.write("d", "a file now\n");
    });

  it("lands when all that is in the folder goes with it", async () => {
    await land(becomeFile());
    assert.equal(temp.read("d"), "a file now\n");
    assert.equal(temp.git("status", "--porcelain"), "");
  });

  for (const path of ["d/mine", "d/deep/mine.log", "d/new/mine"])
    it(`is refused for ${path}, which git does not track`, async () => {
      const commit = becomeFile();
      temp.write(path, "mine\n");
      await fails("tree.in-the-way", () => land(commit), new RegExp(`^${path} would be overwritten`, "u"));
      assert.equal(temp.read(path), "mine\n");
      assert.equal(temp.read("d/x"), "x\n");
      assert.equal(temp.git("rev-parse", "main"), base);
    });
});

describe("a branch that a half-done command will move", () => {
  /** Leaves `main` at `base` in the middle of a rebase that conflicts; HEAD is detached. */
  function rebase(dir: string, ...flags: readonly string[]): void {
    temp.git("switch", "-qc", "onto");
    temp.write("a.txt", "theirs\n");
    temp.commit("theirs");
    temp.git("switch", "-q", "main");
    temp.write("a.txt", "mine\n");
    base = temp.commit("mine");
    if (dir !== temp.dir) {
      temp.git("switch", "-q", "onto");
      temp.git("worktree", "add", "-q", dir, "main");
    }
    assert.throws(() => temp.git("-C", dir, "rebase", ...flags, "onto"));
  }
  const result = () => temp.git("commit-tree", "-p", base, "-m", "result", `${base}^{tree}`);

  for (const [how, ...flags] of [["merge"], ["apply", "--apply"]])
    it(`refuses under a rebase (${how})`, async () => {
      rebase(temp.dir, ...flags);
      await fails("repo.busy", () => land(result()), /rebase of main is in progress/u);
      assert.equal(temp.git("rev-parse", "main"), base);
    });

  it("refuses under a rebase in another worktree", async () => {
    const folder = tempFolder();
    rebase(join(folder.dir, "w"));
    await fails("repo.busy", () => land(result()), /rebase of main is in progress/u);
    assert.equal(temp.git("rev-parse", "main"), base);
    folder.dispose();
  });

  it("refuses under a bisect", async () => {
    temp.write("a.txt", "2\n");
    temp.commit("two");
    temp.write("a.txt", "3\n");
    const last = temp.commit("three");
    temp.git("bisect", "start", last, base);
    base = last;
    await fails("repo.busy", () => land(result()), /bisect of main is in progress/u);
  });

  it("does not mind a rebase of another branch", async () => {
    const commit = result();
    temp.git("switch", "-qc", "other");
    mkdirSync(join(temp.dir, ".git/rebase-merge"));
    temp.write(".git/rebase-merge/head-name", "refs/heads/other\n");
    await land(commit);
    assert.equal(temp.git("rev-parse", "main"), commit);
  });
});
