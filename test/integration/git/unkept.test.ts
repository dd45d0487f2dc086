import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { chmodSync, chownSync, lstatSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describeFailure, toFailure } from "../../../src/core/failure";
import { openOnDemand } from "../../../src/git/on-demand";
import { openRepository, type Repository } from "../../../src/git/repository";
import { snapshotFolder } from "../../../src/git/snapshot-folder";
import { openSnapshots } from "../../../src/git/snapshots";
import { listTree } from "../../../src/git/tree-listing";
import { addWorktree, checkOut, snapshotOf, treeOfFiles, type Worktree } from "../../../src/git/worktree";
import { asNobody } from "../../support/as-nobody";
import { tempFolder, tempRepo, type TempRepo } from "../../support/temp-repo";

const FILES = { "a.txt": "1\n", "dir/b.txt": "1\n", "dir/c.txt": "1\n", "odd \n ü": "1\n" };
/** What a result has beside the odd path: one file changed, one new, one gone. */
const REST = ["M\ta.txt", "D\tdir/c.txt", "A\tnew.txt"];
const SOCKET = `require("node:net").createServer().listen(process.argv[1], () => process.kill(process.pid, "SIGKILL"))`;

describe("what git cannot keep", function () {
  this.timeout(60_000);
  let user: TempRepo;
  let trees: ReturnType<typeof tempFolder>;
  let repo: Repository;
  let worktree: Worktree;
  beforeEach(async () => {
    user = tempRepo(FILES);
    trees = tempFolder("braid trees ü ");
    repo = await openRepository(user.dir);
    worktree = await addWorktree(repo, join(trees.dir, "home/tree"), user.git("rev-parse", "HEAD"));
  });
  afterEach(() => {
    user.dispose();
    trees.dispose();
  });

  const at = (path: string) => join(worktree.dir, path);
  const put = (path: string) => writeFileSync(at(path), "2\n");
  const changes = (tree: string) => {
    const out = user.git("-c", "core.quotePath=false", "diff-tree", "-r", "--name-status", "HEAD", tree);
    return out === "" ? [] : out.split("\n").filter((line) => line !== "");
  };
  const workAround = async (): Promise<void> => {
    await checkOut(worktree);
    put("a.txt");
    put("new.txt");
    rmSync(at("dir/c.txt"));
  };
  const pipe = (path: string) => {
    rmSync(at(path), { force: true });
    execFileSync("mkfifo", [at(path)]);
  };
  const socket = (path: string) => {
    rmSync(at(path));
    // One that is killed leaves its socket.
    assert.throws(() => execFileSync(process.execPath, ["-e", SOCKET, path], { cwd: worktree.dir, stdio: "ignore" }));
    assert.ok(lstatSync(at(path)).isSocket());
  };
  const asNobodyAtHome = async (action: () => Promise<void>): Promise<void> => {
    const { HOME } = process.env;
    process.env["HOME"] = trees.dir;
    try {
      await asNobody(action);
    } finally {
      process.env["HOME"] = HOME;
    }
  };
  const nested = (path: string) => {
    mkdirSync(at(path));
    execFileSync("git", ["init", "-q", at(path)]);
    put(`${path}/x`);
  };

  for (const { what, path, make, words, isLost } of [
    { what: "a pipe", path: "dir/b.txt", make: pipe, words: /dir\/b\.txt is a named pipe.*plain file/u, isLost: false },
    { what: "a socket", path: "dir/b.txt", make: socket, words: /dir\/b\.txt is a socket.*plain file/u, isLost: false },
    {
      what: "a pipe with an odd name",
      path: "odd \n ü",
      make: pipe,
      words: /odd \n ü is a named pipe/u,
      isLost: false,
    },
    {
      what: "a repository without a commit",
      path: "sub",
      make: nested,
      words: /sub\/ is a git repository of its own.*Delete the \.git/u,
      isLost: true,
    },
    {
      what: "a name of git's own",
      path: "dir/git~1",
      make: put,
      words: /dir\/git~1 is a name git keeps for itself.*another name/u,
      isLost: true,
    },
  ])
    it(`${what} is named, and the rest is kept`, async () => {
      await workAround();
      make(path);
      const snapshots = openSnapshots(worktree, join(trees.dir, "index"));
      for (let round = 1; round <= 2; round += 1) {
        assert.deepEqual(changes(await snapshots.tree()), REST);
        assert.deepEqual(
          snapshots.unkept.map((each) => each.path.replace(/\/$/u, "")),
          [path],
        );
      }
      const said = (error: unknown) => words.test(describeFailure(toFailure(error)));
      await assert.rejects(treeOfFiles(repo, worktree), said);
      assert.deepEqual(changes((await snapshotOf(repo, worktree)).tree), REST);
      const archived = snapshotFolder(repo, worktree.dir, { parent: "HEAD", message: "x" });
      if (isLost) await assert.rejects(archived, said);
      else assert.deepEqual(changes((await archived) ?? ""), REST);
      rmSync(at(path), { recursive: true });
      if (!isLost) writeFileSync(at(path), "1\n");
      assert.deepEqual(changes(await snapshots.tree()), REST);
      assert.deepEqual(snapshots.unkept, []);
    });

  for (const setting of ["core.safecrlf=true", "add.ignoreErrors=true"])
    it(`the user's ${setting} keeps nothing out`, async () => {
      for (const each of [setting, "core.autocrlf=input"]) user.git("config", ...each.split("="));
      await workAround();
      writeFileSync(at("new.txt"), "1\r\n");
      pipe("dir/b.txt");
      assert.deepEqual(changes((await snapshotOf(repo, worktree)).tree), REST);
    });

  it("a repository of its own is not archived by the name of its commit", async () => {
    await workAround();
    nested("sub");
    const commit = ["-c", "user.name=n", "-c", "user.email=e@x", "commit", "-q", "--allow-empty", "-m", "x"];
    execFileSync("git", ["-C", at("sub"), ...commit]);
    const archived = snapshotFolder(repo, worktree.dir, { parent: "HEAD", message: "x" });
    await assert.rejects(archived, (error) =>
      /sub\/ is a git repository of its own.*Move it away/u.test(describeFailure(toFailure(error))),
    );
  });

  for (const path of [".gitignore", "dir/.gitattributes", "e/.git/HEAD"])
    it(`a pipe at ${path}, which git opens by its name, keeps nobody waiting`, async () => {
      await workAround();
      for (const folder of ["e/.git/objects", "e/.git/refs"]) mkdirSync(at(folder), { recursive: true });
      pipe(path);
      assert.deepEqual(changes(await openSnapshots(worktree, join(trees.dir, "index")).tree()), REST);
    });

  it("a pipe nobody tracks is nothing", async () => {
    await workAround();
    pipe("untracked");
    const snapshots = openSnapshots(worktree, join(trees.dir, "index"));
    assert.deepEqual(changes(await snapshots.tree()), REST);
    assert.deepEqual(snapshots.unkept, []);
  });

  it("files and folders nobody may read are kept, ignored ones are not, and their modes stay", async () => {
    writeFileSync(join(user.dir, "dir/.gitignore"), "secret\n");
    await workAround();
    for (const path of ["dir/b.txt", "dir/secret", "dir/.gitignore"]) put(path);
    writeFileSync(at("dir/.gitignore"), "secret\n");
    mkdirSync(at("dir/deep"));
    for (const path of ["dir/deep/x", "closed.txt"]) put(path);
    if (process.geteuid?.() === 0) execFileSync("chown", ["-R", "65534:65534", trees.dir, user.dir]);
    const modes = { "closed.txt": 0, "dir/deep": 0, "dir/b.txt": 0o200, dir: 0o444 };
    for (const [path, mode] of Object.entries(modes)) chmodSync(at(path), mode);
    await asNobodyAtHome(async () => {
      const snapshots = openSnapshots(worktree, join(trees.dir, "index"));
      const all = [...REST, "A\tclosed.txt", "A\tdir/.gitignore", "M\tdir/b.txt", "A\tdir/deep/x"].toSorted();
      for (let round = 1; round <= 2; round += 1) assert.deepEqual(changes(await snapshots.tree()).toSorted(), all);
      assert.deepEqual(snapshots.unkept, []);
    });
    for (const [path, mode] of Object.entries(modes)) assert.equal(lstatSync(at(path)).mode & 0o777, mode, path);
  });

  it("a file of another user's that may not be read is named", async function () {
    if (process.geteuid?.() !== 0) return this.skip();
    await workAround();
    execFileSync("chown", ["-R", "65534:65534", trees.dir, user.dir]);
    chownSync(at("dir/b.txt"), 0, 0);
    writeFileSync(at("dir/b.txt"), "2\n");
    chmodSync(at("dir/b.txt"), 0o600);
    await asNobodyAtHome(async () => {
      const snapshots = openSnapshots(worktree, join(trees.dir, "index"));
      assert.deepEqual(changes(await snapshots.tree()), REST);
      assert.deepEqual(
        snapshots.unkept.map(({ path, holdsWork }) => [path, holdsWork]),
        [["dir/b.txt", true]],
      );
    });
  });

  it("what stops git for another reason is no such thing", async () => {
    await workAround();
    pipe("dir/b.txt");
    const index = join(trees.dir, "index");
    writeFileSync(`${index}.lock`, "");
    await assert.rejects(openSnapshots(worktree, index).tree(), (error) => toFailure(error).code === "repo.busy");
  });

  for (const isByGit of [false, true])
    it(`where files come one by one: a pipe is named, the rest kept${isByGit ? ", by git" : ""}`, async () => {
      if (isByGit) user.git("config", "core.autocrlf", "input");
      const commit = user.git("rev-parse", "HEAD");
      const files = await openOnDemand(repo, worktree, await listTree(repo, commit));
      for (const path of ["a.txt", "dir/b.txt", "dir/c.txt", "new.txt"]) {
        await files.bring([path]);
        await files.willWrite(path);
        put(path);
      }
      rmSync(at("dir/c.txt"));
      pipe("dir/b.txt");
      for (let round = 1; round <= 2; round += 1) {
        assert.deepEqual(changes(await files.tree()), REST);
        assert.deepEqual(
          files.unkept.map(({ path }) => path),
          ["dir/b.txt"],
        );
      }
      assert.deepEqual(changes((await snapshotOf(repo, worktree)).tree), REST);
      rmSync(at("dir/b.txt"));
      put("dir/b.txt");
      assert.deepEqual(changes(await files.tree()), ["M\ta.txt", "M\tdir/b.txt", "D\tdir/c.txt", "A\tnew.txt"]);
      assert.deepEqual(files.unkept, []);
    });
});
