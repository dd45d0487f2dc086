import { deepEqual, equal, match, notEqual, rejects } from "node:assert/strict";
import { execFileSync } from "node:child_process";
import {
  closeSync,
  existsSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { openOnDemand } from "../../../src/git/on-demand";
import { openRepository, type Repository } from "../../../src/git/repository";
import { moveWorktree, putAside, resetWorktree } from "../../../src/git/reuse-worktree";
import { openSnapshots } from "../../../src/git/snapshots";
import { listTree, type TreeListing } from "../../../src/git/tree-listing";
import { addWorktree, type Worktree } from "../../../src/git/worktree";
import { sleep } from "../../../src/util/abort";
import { tempFolder, tempRepo, type TempRepo } from "../../support/temp-repo";

const FILES = 40;
const LENGTH = 20;
const { signal } = new AbortController();

describe("files that are changed in the second of their checkout", function () {
  this.timeout(60_000);
  let user: TempRepo;
  let trees: ReturnType<typeof tempFolder>;
  let repo: Repository;
  let listing: TreeListing;
  let worktree: Worktree;
  before(() => {
    const files = Array.from({ length: FILES }, (_, i) => [`src/${i}.txt`, `${i}`.padStart(LENGTH, "-")]);
    const alike = ["one", "two"].map((name) => [`${name}/same.txt`, `${name}\n`]);
    user = tempRepo(Object.fromEntries([...files, ...alike]));
    symlinkSync("one", join(user.dir, "link"));
    user.commit("link");
  });
  beforeEach(async () => {
    trees = tempFolder("braid hand over ");
    repo = await openRepository(user.dir);
    const commit = user.git("rev-parse", "HEAD");
    listing = await listTree(repo, commit);
    worktree = await addWorktree(repo, join(trees.dir, "w/tree"), commit);
  });
  afterEach(() => {
    trees.dispose();
    user.git("worktree", "prune");
  });
  after(() => user.dispose());
  const snapshotIndex = () => join(trees.dir, "w/snapshot-index");
  const ownIndex = () => join(worktree.gitDir, "index");
  const head = () => user.git("rev-parse", "HEAD");

  async function checkOut() {
    const files = await openOnDemand(repo, worktree, listing);
    // Not at the end of a second: what is done next is to fall into the same one.
    const past = Date.now() % 1_000;
    if (past > 500) await sleep(1_010 - past, signal);
    await files.bringAll();
    return files.handedOver;
  }
  /** The same inode, the same size, and where it is soon enough the same times to the second. */
  function changeInPlace(i: number, text: string): void {
    const file = openSync(join(worktree.dir, `src/${i}.txt`), "r+");
    writeSync(file, text.padStart(LENGTH, "+"));
    closeSync(file);
  }
  /** As git has it that knows of no times. */
  function truth(): string {
    const index = join(trees.dir, "truth");
    rmSync(index, { force: true });
    const git = (...args: readonly string[]) =>
      user.git(
        "-c",
        `core.worktree=${worktree.dir}`,
        `--git-dir=${worktree.gitDir}`,
        `--work-tree=${worktree.dir}`,
        ...args,
      );
    process.env["GIT_INDEX_FILE"] = index;
    try {
      git("read-tree", head());
      git("add", "--all");
      return git("write-tree");
    } finally {
      delete process.env["GIT_INDEX_FILE"];
    }
  }

  it("are seen whenever they are, in that second and after it", async () => {
    const handedOver = await checkOut();
    notEqual(handedOver, undefined);
    const snapshots = openSnapshots(worktree, snapshotIndex(), handedOver);
    equal(await snapshots.tree(), listing.tree);
    const until = Date.now() + 1_500;
    for (let i = 0; Date.now() < until; i += 1) {
      changeInPlace((i * 7) % FILES, `${i}`);
      equal(await snapshots.tree(), truth(), `change ${i}`);
    }
  });

  it("are seen where a link took the place of another", async () => {
    const snapshots = openSnapshots(worktree, snapshotIndex(), await checkOut());
    // It may well get the inode of the one that is gone.
    rmSync(join(worktree.dir, "link"));
    symlinkSync("two", join(worktree.dir, "link"));
    equal(user.git("cat-file", "blob", `${await snapshots.tree()}:link`), "two");
  });

  it("are the only ones git reads again", async () => {
    const handedOver = await checkOut();
    changeInPlace(3, "x");
    await sleep(1_000, signal);
    const before = statSync(ownIndex()).mtimeMs;
    equal(await handedOver?.settle(ownIndex()), undefined);
    equal(Math.floor(statSync(ownIndex()).mtimeMs / 1_000) > Math.floor(before / 1_000), true);
    const times = (path: string) => user.git(`--git-dir=${worktree.gitDir}`, "ls-files", "--debug", "--", path);
    match(times("src/3.txt"), /mtime: 0:0/u);
    match(times("src/4.txt"), /mtime: [1-9]/u);
  });

  it("are looked for by git where a touched one has a name that is no text", async () => {
    const handedOver = await checkOut();
    writeFileSync(Buffer.concat([Buffer.from(`${worktree.dir}/src/`), Buffer.from([0xff, 0xfe])]), "x");
    await sleep(1_000, signal);
    const before = statSync(ownIndex()).mtimeMs;
    equal(await handedOver?.settle(ownIndex()), undefined);
    equal(statSync(ownIndex()).mtimeMs, before);
  });

  it("are seen by git alone where nobody can tell what was touched", async () => {
    const handedOver = await checkOut();
    rmSync(join(dirname(worktree.dir), "handed-over"));
    const snapshots = openSnapshots(worktree, snapshotIndex(), handedOver);
    changeInPlace(5, "x");
    equal(await snapshots.tree(), truth());
    equal(await handedOver?.settle(ownIndex()), undefined);
  });

  it("are seen by git alone where times are told to the second", async () => {
    const handedOver = await checkOut();
    // So it is to a program that does not look at what is behind the second (macOS has had such a find).
    const mark = join(dirname(worktree.dir), "handed-over");
    const second = Math.floor(statSync(mark).mtimeMs / 1_000);
    utimesSync(mark, second, second + 0.999);
    const snapshots = openSnapshots(worktree, snapshotIndex(), handedOver);
    changeInPlace(6, "x");
    await sleep(1_000, signal);
    equal(await snapshots.tree(), truth());
  });

  it("are seen where a folder took the place of another, though git is told to look at little", async () => {
    user.git("config", "core.checkStat", "minimal");
    try {
      const handedOver = await checkOut();
      const snapshots = openSnapshots(worktree, snapshotIndex(), handedOver);
      const at = (name: string) => join(worktree.dir, name);
      renameSync(at("one"), at("src/aside"));
      renameSync(at("two"), at("one"));
      renameSync(at("src/aside"), at("two"));
      await sleep(1_000, signal);
      equal(await snapshots.tree(), truth());
    } finally {
      user.git("config", "--unset", "core.checkStat");
    }
  });

  it("are seen again at the look after one whose git was killed, which left its lock", async () => {
    const snapshots = openSnapshots(worktree, snapshotIndex(), await checkOut());
    changeInPlace(8, "x");
    writeFileSync(`${snapshotIndex()}.lock`, "");
    await rejects(snapshots.tree(), /Another git process holds .*snapshot-index\.lock/u);
    equal(await snapshots.tree(), truth());
  });

  it("are not left to the next worker, nor is what was touched and looks the same", async () => {
    const handedOver = await checkOut();
    changeInPlace(1, "1");
    const snapshots = openSnapshots(worktree, snapshotIndex(), handedOver);
    const own = await snapshots.tree();
    notEqual(own, listing.tree);
    changeInPlace(2, "2");
    writeFileSync(join(worktree.dir, "src/new.txt"), "new\n");
    execFileSync("mkfifo", [join(worktree.dir, "src/pipe")]);
    await putAside(worktree, handedOver);
    const moved = await moveWorktree(repo, worktree, join(trees.dir, "next/tree"));
    await resetWorktree(moved, head(), listing, signal);
    equal(existsSync(join(moved.dir, "src/pipe")), false);
    const text = (i: number) => readFileSync(join(moved.dir, `src/${i}.txt`), "utf8");
    deepEqual([text(1), text(2)], ["1".padStart(LENGTH, "-"), "2".padStart(LENGTH, "-")]);
    equal(await openSnapshots(moved, snapshotIndex()).tree(), listing.tree);
  });
});
