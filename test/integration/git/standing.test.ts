import { deepEqual, equal, match, rejects } from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { changedFiles } from "../../../src/git/diff";
import { findObject, readBlobs, readObject } from "../../../src/git/objects";
import { dropRef, keepTree, listRefs, nameCommit } from "../../../src/git/refs";
import { openRepository, readRef, treeOf, type Repository } from "../../../src/git/repository";
import { diffStanding } from "../../../src/git/standing-diff";
import { askStanding, endStanding } from "../../../src/git/standing";
import { sleep } from "../../../src/util/abort";
import { tempRepo, type TempRepo } from "../../support/temp-repo";

/** Longer than a change of the configuration counts as too young to be told from the next one. */
const SETTLED_MS = 150;

/** Longer than a process is asked without a look at the configuration. */
const LOOKED_AT_MS = 1_100;

describe("git processes that stay for the next question", function () {
  this.timeout(60_000);
  let user: TempRepo;
  let repo: Repository;
  beforeEach(async () => {
    user = tempRepo({ "a.txt": "a\n", "empty.txt": "", "sub/b.bin": "\0\n\n\xff" });
    repo = await openRepository(user.dir);
  });
  afterEach(async () => {
    await endStanding(repo);
    user.dispose();
  });
  const head = () => user.git("rev-parse", "HEAD");
  const pids = () =>
    spawnSync("pgrep", ["-P", `${process.pid}`, "-f", "cat-file --batch-command"], { encoding: "utf8" })
      .stdout.split("\n")
      .filter((line) => line !== "")
      .map(Number);

  it("answer many at once, each its own", async () => {
    const names = ["HEAD", "nothing", "HEAD^{tree}", "HEAD:a.txt", "HEAD:", "a b", "refs/heads/main", "-x", ""];
    const asked = Array.from({ length: 20 }, () => names).flat();
    const found = await Promise.all(asked.map((name) => findObject(repo, name)));
    deepEqual(
      found.slice(0, names.length).map((one) => one?.type),
      ["commit", undefined, "tree", "blob", "tree", undefined, "commit", undefined, undefined],
    );
    for (const [i, one] of found.entries()) deepEqual(one, found[i % names.length]);
    equal(found[0]?.id, head());
    equal(pids().length, 1);
  });

  it("read many blobs at once, as far as there is room, and nothing else", async () => {
    user.write("large.txt", "x".repeat(200_000));
    user.commit("large");
    const ids = ["HEAD:a.txt", "HEAD:", "HEAD:large.txt", "HEAD:empty.txt", "HEAD:a.txt", "HEAD:sub/b.bin"];
    const all = [...ids.map((name) => user.git("rev-parse", name)), "0".repeat(40)];
    const read = async (maxBytes: number) =>
      (await readBlobs(repo, all, maxBytes)).map((bytes) => bytes?.toString("latin1").slice(0, 4));
    deepEqual(await read(1_000_000), ["a\n", undefined, "xxxx", "", "a\n", "\0\n\nÃ", undefined]);
    deepEqual(await read(3), ["a\n", undefined, undefined, "", "a\n", undefined, undefined]);
    deepEqual(await readBlobs(repo, [], 3), []);
    equal((await findObject(repo, "HEAD"))?.id, head());
  });

  const BLOBS: Readonly<Record<string, string | undefined>> = {
    "a.txt": "a\n",
    "empty.txt": "",
    "sub/b.bin": "\0\n\n\xff",
    sub: undefined,
    "not there": undefined,
    "a\nb": undefined,
  };
  for (const [path, content] of Object.entries(BLOBS))
    it(`read ${JSON.stringify(path)} as it is`, async () => {
      const found = await readObject(repo, `HEAD:${path}`);
      equal(found?.toString("utf8"), content);
      equal((await readObject(repo, "HEAD:a.txt"))?.toString(), "a\n");
    });

  it("tell how trees differ, each its own, whatever files are called", async () => {
    const how = ["-M", "--raw", "--abbrev=64", "--numstat", "-z"];
    const treeAt = () => user.git("rev-parse", "HEAD^{tree}");
    const trees = [treeAt()];
    for (const name of ["end 0\nend", "\n", "ü", "x".repeat(200)]) {
      user.write(`deep/${name}`, `${name}\n`);
      user.commit("one more");
      trees.push(treeAt());
    }
    const pairs = trees.flatMap((from) => trees.map((to) => [from, to]));
    const expected = pairs.map((pair) => spawnSync("git", ["diff", ...how, ...pair], { cwd: user.dir }).stdout);
    const told = await Promise.all(pairs.map((pair) => diffStanding(repo, how, pair)));
    equal(told.filter((each) => each !== undefined).length > 0, true);
    // Who would wait for long asks git alone.
    for (const [i, each] of told.entries()) if (each !== undefined) deepEqual(each, expected[i]);
    equal(await diffStanding(repo, how, [head(), "HEAD"]), undefined);
    equal(await diffStanding(repo, how, [treeAt(), "0".repeat(40)]), undefined);
    await rejects(changedFiles(repo, treeAt(), "0".repeat(40)), /./u);
    deepEqual(
      (await changedFiles(repo, trees[0] ?? "", trees[1] ?? "")).map(({ path }) => path),
      ["deep/end 0\nend"],
    );
  });

  it("read what is large, or comes in many pieces", async () => {
    const sizes = [999_999, 1_000_000, 3_000_000, 200_000];
    for (const size of sizes) user.write(`${size}`, "x".repeat(size));
    const commit = user.commit("large");
    const read = await Promise.all(sizes.map((size) => readObject(repo, `${commit}:${size}`)));
    deepEqual(
      read.map((one) => one?.length),
      sizes,
    );
  });

  it("see what came after they were started: commits, refs, packs", async () => {
    await readRef(repo, "HEAD");
    user.write("a.txt", "2\n");
    const commit = user.commit("two");
    equal(await readRef(repo, "refs/heads/main"), commit);
    user.git("gc", "-q", "--prune=now");
    user.write("a.txt", "3\n");
    const next = user.commit("three");
    user.git("repack", "-q", "-a", "-d");
    user.git("pack-refs", "--all");
    deepEqual(
      [await readRef(repo, "refs/heads/main"), await treeOf(repo, next)],
      [next, user.git("rev-parse", "HEAD^{tree}")],
    );
  });

  it("name and forget, one after the other; what fails takes nobody along", async () => {
    const tree = await treeOf(repo, head());
    const all = await Promise.allSettled([
      nameCommit(repo, "refs/braid/r/1/1", head()),
      keepTree(repo, "refs/braid/turns/r/1/1", tree),
      nameCommit(repo, "refs/braid/r/2/1", "0".repeat(39) + "1"),
      nameCommit(repo, "refs/braid/r/3/1", head()),
      dropRef(repo, "refs/braid/not/there"),
      dropRef(repo, "refs/braid/turns/r/1/1"),
    ]);
    deepEqual(
      all.map(({ status }) => status),
      ["fulfilled", "fulfilled", "rejected", "fulfilled", "fulfilled", "fulfilled"],
    );
    deepEqual(
      (await listRefs(repo, "refs/braid/")).map(({ ref }) => ref),
      ["refs/braid/r/1/1", "refs/braid/r/3/1"],
    );
  });

  it("say who holds a ref, and go on once it is free", async () => {
    await nameCommit(repo, "refs/braid/r/1/1", head());
    const lock = join(user.dir, ".git/refs/braid/r/1/1.lock");
    writeFileSync(lock, "");
    await rejects(nameCommit(repo, "refs/braid/r/1/1", head()), /./u);
    rmSync(lock);
    await nameCommit(repo, "refs/braid/r/1/1", head());
  });

  it("are asked anew, and others, once the configuration is another", async () => {
    await sleep(SETTLED_MS);
    await readRef(repo, "HEAD");
    const before = pids();
    user.git("config", "filter.late.clean", "touch sprung");
    await sleep(LOOKED_AT_MS);
    await readRef(repo, "HEAD");
    // The one before may take a moment to go.
    for (let i = 0; i < 100 && pids().length > 1; i += 1) await sleep(50);
    deepEqual([before.length, pids().length, pids()[0] === before[0]], [1, 1, false]);
  });

  it("go when they are told to, and nobody needs to tell them where nothing more is asked", async () => {
    await readRef(repo, "HEAD");
    equal(pids().length, 1);
    await endStanding(repo);
    equal(pids().length, 0);
    equal(await readRef(repo, "HEAD"), head());
    for (let i = 0; i < 100 && pids().length > 0; i += 1) await sleep(100);
    equal(pids().length, 0);
    equal(await readRef(repo, "HEAD"), head());
  });

  it("one that is killed is replaced", async () => {
    await readRef(repo, "HEAD");
    process.kill(pids()[0] ?? 0, "SIGKILL");
    equal(await readRef(repo, "HEAD"), head());
  });

  it("one that dies at a question each time is not asked for ever", async () => {
    const kill = setInterval(() => {
      for (const pid of pids()) process.kill(pid, "SIGKILL");
    }, 50);
    try {
      const args = ["cat-file", "--batch-command"];
      await rejects(
        askStanding(repo, args, "info HEAD\n", () => undefined),
        /ended from outside 5 times/u,
      );
    } finally {
      clearInterval(kill);
    }
    equal(await readRef(repo, "HEAD"), head());
  });

  it("a folder that is gone is named", async () => {
    const gone = tempRepo({ "a.txt": "a\n" });
    const there = await openRepository(gone.dir);
    gone.dispose();
    await rejects(readRef(there, "HEAD"), (error: Error) => {
      match(error.message, /is gone/u);
      return true;
    });
  });
});
