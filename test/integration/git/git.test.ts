import assert from "node:assert/strict";
import { existsSync, mkdirSync, realpathSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { BraidError, type FailureCode } from "../../../src/core/failure";
import { resolveBase } from "../../../src/git/base";
import { commitResult, commitTree } from "../../../src/git/commit";
import { diffText } from "../../../src/git/diff";
import { git } from "../../../src/git/git";
import { BRAID } from "../../../src/git/identity";
import { landCommit } from "../../../src/git/land";
import { applyResult } from "../../../src/git/merge";
import { openRepository, readHead, type Repository } from "../../../src/git/repository";
import { addWorktree, checkOut, listWorktrees, removeWorktree, type Worktree } from "../../../src/git/worktree";
import { newFence } from "../../../src/run/log/fence";
import { tempFolder, tempRepo, type TempRepo } from "../../support/temp-repo";

async function fails(code: FailureCode, act: () => Promise<unknown>, words?: RegExp): Promise<void> {
  await assert.rejects(act, (error: unknown) => {
    assert.ok(error instanceof BraidError, String(error));
    assert.equal(error.failure.code, code, error.failure.message);
    if (words !== undefined) assert.match(`${error.failure.message} ${error.failure.hint}`, words);
    return true;
  });
}

describe("opening a repository", () => {
  it("names a folder that is not there", () =>
    fails("repo.missing", () => openRepository("/nowhere/at/all"), /\/nowhere\/at\/all/u));

  it("names a folder outside git and the way out", async () => {
    const folder = tempFolder();
    await fails("repo.missing", () => openRepository(folder.dir), /git init/u);
    folder.dispose();
  });

  it("refuses to start without a commit", async () => {
    const repo = tempRepo();
    await fails("repo.no-commits", async () => readHead(await openRepository(repo.dir)), /first commit/u);
    repo.dispose();
  });

  it("refuses a detached HEAD", async () => {
    const repo = tempRepo({ a: "1\n" });
    repo.git("checkout", "-q", "--detach");
    await fails("repo.detached", async () => readHead(await openRepository(repo.dir)), /git switch/u);
    repo.dispose();
  });

  it("finds the top from a folder inside", async () => {
    const repo = tempRepo({ "src/deep/a": "1\n" });
    const opened = await openRepository(join(repo.dir, "src/deep"));
    assert.equal(opened.dir, repo.dir);
    assert.equal(opened.commonDir, join(repo.dir, ".git"));
    repo.dispose();
  });
});

describe("results and merges", () => {
  let temp: TempRepo;
  let repo: Repository;
  let base: string;
  let out: ReturnType<typeof tempFolder>;

  beforeEach(async () => {
    temp = tempRepo({ "a.txt": "one\ntwo\nthree\n", "b.txt": "b\n", ".gitignore": ".env\n" });
    out = tempFolder();
    repo = await openRepository(temp.dir);
    base = (await readHead(repo)).commit;
  });
  afterEach(() => {
    temp.dispose();
    out.dispose();
  });

  async function result(name: string, from: string, change: (tree: Worktree) => void) {
    const worktree = await addWorktree(repo, join(out.dir, name), from);
    await checkOut(worktree);
    change(worktree);
    return commitResult(repo, worktree, {
      base: from,
      ref: `refs/braid/r/${name}/1`,
      message: `${name}\n\nBraid-Run: r`,
    });
  }
  const put = (path: string, text: string) => (tree: Worktree) => {
    mkdirSync(join(tree.dir, path, ".."), { recursive: true });
    writeFileSync(join(tree.dir, path), text);
  };
  async function must(name: string, from: string, change: (tree: Worktree) => void) {
    const made = await result(name, from, change);
    assert.ok(made);
    return made;
  }
  async function squash(commit: string, from = base): Promise<string> {
    const merged = await applyResult(repo, { base: from, result: commit, target: temp.git("rev-parse", "main") });
    assert.equal(merged.kind, "clean");
    return commitTree(repo, {
      tree: merged.kind === "clean" ? merged.tree : "",
      parents: [temp.git("rev-parse", "main")],
      message: "m",
      by: BRAID,
    });
  }
  const land = async (commit: string, seen = temp.git("rev-parse", "main")) =>
    landCommit(repo, { target: "refs/heads/main", seen, commit, reason: "test", fence: newFence("r0000000") });

  it("makes one commit by Braid with the user as co-author, and none without a change", async () => {
    const made = await must("w1", base, put("src/new.txt", "x\n"));
    assert.deepEqual(made.files, [{ path: "src/new.txt", status: "added", added: 1, deleted: 0 }]);
    assert.equal(temp.git("log", "-1", "--format=%an|%P", made.commit), `Braid|${base}`);
    assert.equal(
      temp.git("log", "-1", "--format=%(trailers:only,unfold)", made.commit).trim(),
      "Braid-Run: r\nCo-authored-by: Ada <ada@example.com>",
    );
    assert.equal(await result("w2", base, () => undefined), null);
    assert.match(await diffText(repo, base, made.commit), /\+x/u);
  });

  it("believes the recorded git directory, not the worktree's pointer", async () => {
    const made = await must("w", base, (tree) => {
      writeFileSync(join(tree.dir, ".git"), "gitdir: /somewhere/else\n");
      put("n.txt", "n\n")(tree);
    });
    assert.deepEqual(
      made.files.map((f) => f.path),
      ["n.txt"],
    );
  });

  it("refuses links out of the tree and nested repositories, before a ref moves", async () => {
    await fails(
      "tree.unsafe",
      () => result("w", base, (tree) => symlinkSync("../../etc/passwd", join(tree.dir, "link"))),
      /link/u,
    );
    await fails(
      "tree.unsafe",
      () =>
        result("u", base, (tree) => {
          mkdirSync(join(tree.dir, "s"));
          symlinkSync("..", join(tree.dir, "s/up"));
          symlinkSync("s/up/../..", join(tree.dir, "link"));
          assert.equal(realpathSync.native(join(tree.dir, "link")), realpathSync.native(join(tree.dir, "../..")));
        }),
      /link: a symbolic link to "s\/up\/\.\.\/\.\."/u,
    );
    await fails("tree.unsafe", () =>
      result("v", base, (tree) => {
        mkdirSync(join(tree.dir, "sub"));
        tempInit(join(tree.dir, "sub"));
      }),
    );
    assert.equal(temp.git("for-each-ref", "refs/braid"), "");
  });

  it("applies only what the result changed, so a rejected parent does not come back", async () => {
    const a = await must("a", base, put("a.txt", "ONE\ntwo\nthree\n"));
    const b = await must("b", a.commit, put("b.txt", "bb\n"));
    const merged = await applyResult(repo, { base: a.commit, result: b.commit, target: base });
    assert.equal(merged.kind, "clean");
    const tree = merged.kind === "clean" ? merged.tree : "";
    assert.equal(temp.git("show", `${tree}:a.txt`), "one\ntwo\nthree");
    assert.equal(temp.git("show", `${tree}:b.txt`), "bb");
  });

  it("reports a conflict with its files and git's words, and touches nothing", async () => {
    const a = await must("a", base, put("a.txt", "ONE\ntwo\nthree\n"));
    temp.write("a.txt", "uno\ntwo\nthree\n");
    const target = temp.commit("mine");
    const merged = await applyResult(repo, { base, result: a.commit, target });
    assert.equal(merged.kind, "conflict");
    assert.deepEqual(merged.kind === "conflict" ? merged.files : [], ["a.txt"]);
    assert.match(merged.kind === "conflict" ? merged.messages.join() : "", /CONFLICT \(content\)/u);
    assert.equal(temp.git("status", "--porcelain"), "");
  });

  it("folds several dependencies into a base, and names the two that conflict", async () => {
    const a = await must("a", base, put("a.txt", "ONE\ntwo\nthree\n"));
    const b = await must("b", base, put("b.txt", "bb\n"));
    const c = await must("c", base, put("a.txt", "EINS\ntwo\nthree\n"));
    const both = await resolveBase(repo, base, [
      { subtask: "a", commit: a.commit },
      { subtask: "b", commit: b.commit },
    ]);
    assert.equal(temp.git("show", `${both}:a.txt`), "ONE\ntwo\nthree");
    assert.equal(temp.git("show", `${both}:b.txt`), "bb");
    await fails(
      "merge.conflict",
      () =>
        resolveBase(repo, base, [
          { subtask: "a", commit: a.commit },
          { subtask: "c", commit: c.commit },
        ]),
      /a and c conflict in a\.txt/u,
    );
  });

  it("lands on the checked-out branch: files, index and branch together, clean status", async () => {
    const a = await must("a", base, put("src/new.txt", "x\n"));
    await land(await squash(a.commit));
    assert.equal(temp.read("src/new.txt"), "x\n");
    assert.equal(temp.git("status", "--porcelain"), "");
    assert.equal(temp.git("rev-list", "--count", "main"), "2");
  });

  it("keeps unrelated local changes, staged and not", async () => {
    const a = await must("a", base, put("src/new.txt", "x\n"));
    const commit = await squash(a.commit);
    temp.write("a.txt", "mine\n");
    temp.write("b.txt", "staged\n");
    temp.git("add", "b.txt");
    await land(commit);
    assert.equal(temp.git("status", "--porcelain"), "M  b.txt\n M a.txt".split("\n").toSorted().join("\n"));
    assert.equal(temp.read("a.txt"), "mine\n");
  });

  const refusals: readonly (readonly [string, FailureCode, (commit: string) => void, RegExp])[] = [
    ["a dirty file in the way", "tree.dirty", () => temp.write("a.txt", "mine\n"), /a\.txt.*Commit or set aside/u],
    [
      "a staged file in the way",
      "tree.dirty",
      () => (temp.write("a.txt", "mine\n"), temp.git("add", "a.txt")),
      /a\.txt/u,
    ],
    ["an untracked file in the way", "tree.in-the-way", () => temp.write("src/new.txt", "mine\n"), /src\/new\.txt/u],
    ["an ignored file in the way", "tree.in-the-way", () => temp.write(".env", "SECRET=1\n"), /\.env/u],
    ["a file where a folder must go", "tree.in-the-way", () => temp.write("src", "mine\n"), /src/u],
    ["a moved target", "target.moved", () => (temp.write("c", "c\n"), void temp.commit("moved")), /main moved/u],
    [
      "a merge in progress",
      "repo.busy",
      () => writeFileSync(join(temp.dir, ".git/MERGE_HEAD"), `${base}\n`),
      /[Mm]erge is in progress/u,
    ],
    ["a locked index", "repo.busy", () => writeFileSync(join(temp.dir, ".git/index.lock"), ""), /locked|lock/u],
    [
      "a locked branch",
      "repo.busy",
      () => writeFileSync(join(temp.dir, ".git/refs/heads/main.lock"), ""),
      /main|lock/u,
    ],
  ];
  for (const [what, code, hinder, words] of refusals) {
    it(`refuses ${what} and changes nothing`, async () => {
      const a = await must("a", base, (tree) => {
        put("src/new.txt", "x\n")(tree);
        put("a.txt", "ONE\ntwo\nthree\n")(tree);
        put(".gitignore", "")(tree);
        put(".env", "from agent\n")(tree);
      });
      const commit = await squash(a.commit);
      hinder(commit);
      const before = [temp.git("rev-parse", "main"), temp.git("diff", "HEAD"), temp.git("ls-files", "-s")];
      await fails(code, () => land(commit, base), words);
      assert.deepEqual([temp.git("rev-parse", "main"), temp.git("diff", "HEAD"), temp.git("ls-files", "-s")], before);
      assert.ok(!existsSync(join(temp.dir, ".env")) || temp.read(".env") === "SECRET=1\n");
    });
  }

  it("moves a branch that is not checked out anywhere by the ref alone", async () => {
    const a = await must("a", base, put("src/new.txt", "x\n"));
    const commit = await squash(a.commit);
    temp.git("switch", "-qc", "other");
    await land(commit);
    assert.equal(temp.git("rev-parse", "main"), commit);
    assert.ok(!existsSync(join(temp.dir, "src/new.txt")));
  });

  it("lets exactly one of many accepts win", async () => {
    const commits = await Promise.all(
      Array.from({ length: 8 }, (_, i) =>
        git(repo, ["commit-tree", "-p", base, "-m", String(i), `${base}^{tree}`]).then((o) =>
          o.stdout.toString().trim(),
        ),
      ),
    );
    temp.git("switch", "-qc", "other");
    const outcomes = await Promise.allSettled(commits.map((commit) => land(commit, base)));
    assert.equal(outcomes.filter((o) => o.status === "fulfilled").length, 1);
    assert.ok(commits.includes(temp.git("rev-parse", "main")));
  });

  it("removes a worktree without following links out of it", async () => {
    const outside = join(out.dir, "outside");
    mkdirSync(outside);
    writeFileSync(join(outside, "keep"), "k");
    const worktree = await addWorktree(repo, join(out.dir, "w"), base);
    await checkOut(worktree);
    symlinkSync(outside, join(worktree.dir, "link"));
    await removeWorktree(repo, worktree);
    assert.ok(existsSync(join(outside, "keep")));
    assert.equal((await listWorktrees(repo)).length, 1);
  });
});

function tempInit(dir: string): void {
  const inner = tempRepo({ x: "1\n" });
  inner.git("clone", "-q", inner.dir, join(dir, "clone"));
  inner.dispose();
}
