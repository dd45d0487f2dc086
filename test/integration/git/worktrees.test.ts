import assert from "node:assert/strict";
import fs, {
  chmodSync,
  chownSync,
  existsSync,
  lchownSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { syncBuiltinESMExports } from "node:module";
import { join } from "node:path";
import { mock } from "node:test";
import { commitResult } from "../../../src/git/commit";
import { git } from "../../../src/git/git";
import { removeTree } from "../../../src/git/remove-tree";
import { openRepository, readBlob, type Repository } from "../../../src/git/repository";
import { fillSubmodule, listSubmodules } from "../../../src/git/submodules";
import {
  addWorktree,
  checkOut,
  listLfsPaths,
  putFiles,
  putTree,
  removeWorktree,
  treeOfFiles,
  type Worktree,
} from "../../../src/git/worktree";
import { asNobody } from "../../support/as-nobody";
import { tempFolder, tempRepo, type TempRepo } from "../../support/temp-repo";

describe("worktrees of repositories that are not plain", function () {
  this.timeout(60_000);
  let user: TempRepo;
  let trees: ReturnType<typeof tempFolder>;
  let repo: Repository;
  beforeEach(async () => {
    user = tempRepo({ "a/x.txt": "1\n", "b/x.txt": "1\n", root: "1\n" });
    trees = tempFolder("braid trees with spaces and ünïcode ");
    repo = await openRepository(user.dir);
  });
  afterEach(() => {
    user.dispose();
    trees.dispose();
  });

  async function open(name = "w"): Promise<Worktree> {
    const worktree = await addWorktree(repo, join(trees.dir, name), user.git("rev-parse", "HEAD"));
    await checkOut(worktree);
    return worktree;
  }
  const keep = (worktree: Worktree) =>
    commitResult(repo, worktree, {
      base: user.git("rev-parse", "HEAD"),
      ref: "refs/braid/test/1/1",
      message: "x\n\nBraid-Run: r",
    });
  const write = (worktree: Worktree, path: string, text: string) => {
    mkdirSync(join(worktree.dir, path, ".."), { recursive: true });
    writeFileSync(join(worktree.dir, path), text);
  };

  it("sparse checkout: inherited, and what a worker writes outside of it is kept", async () => {
    user.git("sparse-checkout", "set", "a");
    const worktree = await open();
    assert.ok(existsSync(join(worktree.dir, "a/x.txt")) && !existsSync(join(worktree.dir, "b")));
    write(worktree, "a/x.txt", "2\n");
    write(worktree, "b/new.txt", "new\n");
    write(worktree, "b/x.txt", "changed\n");
    const result = await keep(worktree);
    assert.deepEqual(
      result?.files.map((file) => `${file.status} ${file.path}`),
      ["modified a/x.txt", "added b/new.txt", "modified b/x.txt"],
    );
  });

  for (const more of [[], ["--cone", "--sparse-index"]])
    it(`a sparse checkout: files that are put back are, also outside of it ${more.join(" ")}`, async () => {
      user.git("sparse-checkout", "set", ...more, "a");
      const [first, next, third] = [await open("w"), await open("next"), await open("third")];
      for (const path of ["a/x.txt", "b/x.txt", "b/new.txt"]) write(first, path, "2\n");
      const tree = await treeOfFiles(repo, first);
      await putFiles(next, tree);
      assert.equal(await treeOfFiles(repo, next), tree);
      // As a conflict is, which somebody has to see.
      await putTree(third, tree);
      assert.equal(readFileSync(join(third.dir, "b/x.txt"), "utf8"), "2\n");
      assert.equal(await treeOfFiles(repo, third), tree);
      assert.notEqual(tree, user.git("rev-parse", "HEAD^{tree}"));
    });

  it("a sparse checkout where nothing outside was touched deletes nothing", async () => {
    user.git("sparse-checkout", "set", "a");
    const worktree = await open();
    write(worktree, "a/x.txt", "2\n");
    assert.deepEqual(
      (await keep(worktree))?.files.map((file) => file.path),
      ["a/x.txt"],
    );
  });

  it("Git LFS: pointers stay pointers, whether git-lfs is there or not", async () => {
    const pointer = `version https://git-lfs.github.com/spec/v1\noid sha256:${"0".repeat(64)}\nsize 5\n`;
    user.write("big.bin", pointer);
    user.write(".gitattributes", "*.bin filter=lfs diff=lfs merge=lfs -text\n");
    user.commit("lfs");
    for (const name of ["process", "smudge", "clean"])
      user.git("config", `filter.lfs.${name}`, `touch ${trees.dir}/ran; false`);
    user.git("config", "filter.lfs.required", "true");
    const worktree = await open();
    assert.equal(readFileSync(join(worktree.dir, "big.bin"), "utf8"), pointer);
    assert.deepEqual(await listLfsPaths(worktree), ["big.bin"]);
    write(worktree, "root", "2\n");
    write(worktree, "new.bin", "raw");
    assert.deepEqual(
      (await keep(worktree))?.files.map((file) => file.path),
      ["new.bin", "root"],
    );
    assert.ok(!existsSync(join(trees.dir, "ran")));
  });

  describe("submodules", () => {
    let library: TempRepo;
    beforeEach(() => {
      library = tempRepo({ "lib.txt": "library\n", "deep/er.txt": "x\n" });
      user.git("-c", "protocol.file.allow=always", "submodule", "add", "-q", library.dir, "third party/lib");
      user.git("commit", "-qm", "a submodule");
    });
    afterEach(() => library.dispose());
    const fill = async (worktree: Worktree) => {
      const [submodule] = await listSubmodules(worktree);
      assert.ok(submodule !== undefined);
      return fillSubmodule(repo, worktree, submodule);
    };

    it("get the files of the user's own clone, and are no part of the result", async () => {
      const worktree = await open();
      assert.equal(await fill(worktree), undefined);
      assert.equal(readFileSync(join(worktree.dir, "third party/lib/lib.txt"), "utf8"), "library\n");
      assert.ok(!existsSync(join(worktree.dir, "third party/lib/.git")));
      assert.equal((await git(worktree, ["status", "--porcelain", "--ignore-submodules=none"])).stdout.toString(), "");
      write(worktree, "third party/lib/lib.txt", "changed\n");
      write(worktree, "root", "2\n");
      assert.deepEqual(
        (await keep(worktree))?.files.map((file) => file.path),
        ["root"],
      );
      await removeWorktree(repo, worktree);
      assert.equal(readFileSync(join(user.dir, "third party/lib/lib.txt"), "utf8"), "library\n");
    });

    it("one that is not cloned, or whose commit is not there, is said", async () => {
      const commit = library.git("rev-parse", "HEAD");
      library.write("lib.txt", "newer\n");
      const newer = library.commit("newer");
      user.git("update-index", "--cacheinfo", `160000,${newer},third party/lib`);
      user.git("commit", "-qm", "newer");
      assert.match((await fill(await open("w1"))) ?? "", /does not have/u);
      user.git("update-index", "--cacheinfo", `160000,${commit},third party/lib`);
      user.git("config", "-f", ".gitmodules", "--rename-section", "submodule.third party/lib", "submodule.other");
      user.git("commit", "-qam", "another name");
      assert.match((await fill(await open("w2"))) ?? "", /not cloned/u);
    });

    const hostile: readonly (readonly [name: string, gitmodules: string, why: RegExp])[] = [
      ["a name that leads out", '[submodule "../../evil"]\n\tpath = third party/lib\n\turl = x\n', /not a plain one/u],
      ["a name that is git's", '[submodule ".git/hooks"]\n\tpath = third party/lib\n\turl = x\n', /not a plain one/u],
      ["no name for it", '[submodule "x"]\n\tpath = elsewhere\n\turl = x\n', /does not name it/u],
      ["not a settings file", "\u0000[[[", /does not name it/u],
    ];
    for (const [name, text, why] of hostile)
      it(`hostile .gitmodules: ${name}`, async () => {
        user.write(".gitmodules", text);
        user.git("add", ".gitmodules");
        user.git("commit", "-qm", "hostile");
        assert.match((await fill(await open())) ?? "", why);
      });

    it("hostile .gitmodules: update, url and includes run nothing", async () => {
      const canary = join(trees.dir, "canary");
      user.write("evil.config", `[submodule "third party/lib"]\n\tpath = x\n[core]\n\tfsmonitor = touch ${canary}\n`);
      user.write(
        ".gitmodules",
        `[include]\n\tpath = evil.config\n[submodule "third party/lib"]\n\tpath = third party/lib\n\turl = ext::touch ${canary}\n\tupdate = !touch ${canary}\n\tfetchRecurseSubmodules = true\n`,
      );
      user.git("add", "-A");
      user.git("commit", "-qm", "hostile");
      assert.equal(await fill(await open()), undefined);
      assert.ok(!existsSync(canary));
    });

    it("a clone that is a link, and a folder that is not empty, are left alone", async () => {
      const worktree = await open("w1");
      write(worktree, "third party/lib/mine.txt", "mine\n");
      assert.match((await fill(worktree)) ?? "", /not empty/u);
      const modules = join(user.dir, ".git/modules/third party");
      user.git("config", "-f", ".gitmodules", "--rename-section", "submodule.third party/lib", "submodule.linked");
      user.git("commit", "-qam", "linked");
      symlinkSync(join(modules, "lib"), join(user.dir, ".git/modules/linked"));
      assert.match((await fill(await open("w2"))) ?? "", /not cloned/u);
    });
  });

  it("a subfolder that is opened is known, also one with spaces and ünïcode", async () => {
    user.write("packages/ä b/x.txt", "1\n");
    const opened = await openRepository(join(user.dir, "packages/ä b"));
    assert.deepEqual([opened.dir, opened.folder], [repo.dir, "packages/ä b"]);
    assert.equal(repo.folder, undefined);
  });

  it("removal follows no link, and takes what has no permission to be taken", async () => {
    const outside = tempFolder();
    writeFileSync(join(outside.dir, "kept"), "kept");
    const worktree = await open();
    symlinkSync(outside.dir, join(worktree.dir, "out"));
    symlinkSync(join(outside.dir, "kept"), join(worktree.dir, "file"));
    await removeWorktree(repo, worktree);
    assert.ok(!existsSync(worktree.dir) && readFileSync(join(outside.dir, "kept"), "utf8") === "kept");

    // Not even where the folder itself was made one.
    const replaced = await open("replaced");
    renameSync(replaced.dir, `${replaced.dir}-away`);
    symlinkSync(outside.dir, replaced.dir);
    await removeWorktree(repo, replaced);
    assert.ok(!existsSync(replaced.dir) && readFileSync(join(outside.dir, "kept"), "utf8") === "kept");

    const shut = join(outside.dir, "shut");
    mkdirSync(join(shut, "inner"), { recursive: true });
    writeFileSync(join(shut, "inner/file"), "");
    symlinkSync("/etc", join(shut, "inner/link"));
    for (const path of [join(shut, "inner/file"), join(shut, "inner"), shut, outside.dir])
      if (process.geteuid?.() === 0) chownSync(path, 65_534, 65_534);
    chmodSync(join(shut, "inner"), 0o000);
    const etc = readFileSync("/etc/hostname", "utf8");
    await asNobody(() => removeTree(shut));
    assert.ok(!existsSync(shut));
    assert.equal(readFileSync("/etc/hostname", "utf8"), etc);
    outside.dispose();
  });

  it("a large one goes as well, with what cannot be written to in it, and nothing that a link leads to", async () => {
    const outside = tempFolder();
    for (let i = 0; i < 400; i += 1) writeFileSync(join(outside.dir, `kept${i}`), "kept");
    const large = join(outside.dir, "-large");
    for (const folder of ["", "in", "shut"]) {
      mkdirSync(join(large, folder), { recursive: true });
      for (let i = 0; i < 150; i += 1) writeFileSync(join(large, folder, `-${i}`), "");
    }
    symlinkSync(outside.dir, join(large, "in/link"));
    const all = ["", "in", "shut"].flatMap((folder) =>
      readdirSync(join(large, folder)).map((name) => join(folder, name)),
    );
    if (process.geteuid?.() === 0)
      for (const path of [outside.dir, large, ...all.map((each) => join(large, each))])
        lchownSync(path, 65_534, 65_534);
    chmodSync(join(large, "shut"), 0o500);
    await asNobody(() => removeTree(large));
    assert.ok(!existsSync(large));

    const link = join(outside.dir, "link");
    symlinkSync(outside.dir, link);
    await removeTree(link);
    assert.ok(!existsSync(link));
    await removeTree(link);
    assert.equal(readdirSync(outside.dir).length, 400);
    outside.dispose();
  });

  it("a large one goes as well where no other program can be started", async () => {
    const large = tempFolder();
    for (let i = 0; i < 400; i += 1) writeFileSync(join(large.dir, `${i}`), "");
    const none = mock.method(fs, "openSync", () => {
      throw Object.assign(new Error("EMFILE: too many open files"), { code: "EMFILE" });
    });
    syncBuiltinESMExports();
    try {
      await removeTree(large.dir);
    } finally {
      none.mock.restore();
      syncBuiltinESMExports();
    }
    assert.ok(!existsSync(large.dir));
  });

  it("a result is kept before its worktree goes", async () => {
    const worktree = await open();
    write(worktree, "root", "kept\n");
    const result = await keep(worktree);
    await removeWorktree(repo, worktree);
    assert.equal((await readBlob(repo, result?.commit ?? "", "root"))?.toString(), "kept\n");
    assert.equal(user.git("rev-parse", "refs/braid/test/1/1"), result?.commit);
  });
});
