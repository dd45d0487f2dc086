import assert from "node:assert/strict";
import {
  chmodSync,
  existsSync,
  linkSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import type { Confined } from "../../../src/agent/workspace";
import { commitResult } from "../../../src/git/commit";
import { findCheckedOut, treeOfFiles } from "../../../src/git/worktree";
import { openWorkPlace, type WorkPlace } from "../../../src/run/attempt/work-place";
import { worktreePool } from "../../../src/run/attempt/worktree-pool";
import { awkwardRepo, describeFolder } from "../../support/awkward-repo";
import { portsFor } from "../../support/run-ports";
import { random } from "../../support/random";
import { TEST_SIZE } from "../../support/size";
import { tempFolder, type TempRepo } from "../../support/temp-repo";

const ROUNDS = { quick: 1, normal: 2, more: 30, full: 300 }[TEST_SIZE];
const { signal } = new AbortController();

describe("a worktree whose files come as they are asked for", function () {
  this.timeout(TEST_SIZE === "normal" ? 120_000 : 3_600_000);
  let repo: TempRepo;
  let trees: ReturnType<typeof tempFolder>;
  beforeEach(() => {
    repo = awkwardRepo();
    trees = tempFolder("braid trees ü ");
  });
  afterEach(() => {
    repo.dispose();
    trees.dispose();
  });

  async function open(name: string, allFiles: boolean): Promise<WorkPlace> {
    const ports = await portsFor(repo.dir, trees.dir, { allFiles });
    return openWorkPlace(ports, { name, commit: head(), writable: true, signal });
  }
  const head = () => repo.git("rev-parse", "HEAD");
  const openFew = (name = "few") => open(name, false);
  const openAll = (name = "all") => open(name, true);
  const entries = async (place: WorkPlace) => repo.git("ls-tree", "-r", await place.snapshot()).split("\n");
  const onDisk = (place: WorkPlace) => describeFolder(place.dir).filter((line) => !line.startsWith(".git "));

  /** Nothing changes files on their way then: Braid writes and keeps them itself. */
  const withoutAttributes = (): void => {
    repo.dispose();
    repo = awkwardRepo({ attributes: false });
  };
  for (let seed = 1; seed <= ROUNDS; seed += 1)
    it(`answers every tool and gives the same trees as one that is checked out; seed ${seed}`, async () => {
      if (seed % 2 === 0) withoutAttributes();
      const [few, all] = [await openFew(), await openAll()];
      const dice = random(seed);
      for (let step = 0; step < 25; step += 1) {
        const act = actOf(dice, step);
        const [one, other] = await Promise.all([act.run(few), act.run(all)]);
        assert.deepEqual(one, other, `step ${step}: ${act.name}`);
        if (dice(8) === 0) assert.deepEqual(await entries(few), await entries(all), `step ${step}: ${act.name}`);
        if (dice(12) === 0) await few.workspace.ready("all files");
      }
      assert.equal(await few.snapshot(), await all.snapshot());
      assert.equal(await few.changed(), await all.changed());
      await few.workspace.ready("all files");
      assert.deepEqual(onDisk(few), onDisk(all));
      const status = async (place: WorkPlace) =>
        repo.git("-C", (await place.made).dir, "status", "--porcelain", "--untracked-files=all");
      assert.equal(await status(few), await status(all));
      assert.equal(await few.snapshot(), await all.snapshot());
      await Promise.all([few.close(), all.close()]);
    });

  for (const what of ["git", "Braid"] as const)
    it(`writes only what is asked for, and every file as a checkout does, by ${what}`, async () => {
      if (what === "Braid") withoutAttributes();
      const [few, all] = [await openFew(), await openAll()];
      await few.workspace.ready();
      assert.deepEqual(onDisk(few), []);
      assert.equal(await few.snapshot(), repo.git("rev-parse", "HEAD^{tree}"));
      for (const path of repo.git("-c", "core.quotePath=false", "ls-files").split("\n")) await few.workspace.read(path);
      await all.workspace.ready();
      // A link that leads nowhere is not followed further.
      assert.deepEqual(onDisk(few), onDisk(all));
      assert.equal(await few.changed(), false);
      await Promise.all([few.close(), all.close()]);
      assert.deepEqual(readdirSync(trees.dir), []);
    });

  it("a process that went away leaves what was written to, and nothing else, to be committed", async () => {
    const few = await openFew();
    // Read only: as the commit has it, though its line ends are not what its attributes ask for.
    await few.workspace.read("crlf.txt");
    await few.workspace.write("src/new.txt", Buffer.from("new\n"));
    await few.workspace.write("src/a.txt", Buffer.from("changed\n"));
    await few.workspace.write("build/ignored.txt", Buffer.from("x\n"));
    // Whoever takes over knows the folder alone.
    const ports = await portsFor(repo.dir, trees.dir);
    const found = await findCheckedOut(ports.repo, few.dir);
    assert.ok(found !== undefined);
    assert.equal(await treeOfFiles(ports.repo, found), await few.snapshot());
    const result = await commitResult(ports.repo, found, { base: "HEAD", ref: "refs/braid/test/1/1", message: "x" });
    assert.deepEqual(
      result?.files.map(({ status, path }) => `${status} ${path}`),
      ["modified src/a.txt", "added src/new.txt"],
    );
    await few.close();
  });

  it("a checkout of all files that was cut short takes nothing of what was written before it", async () => {
    const few = await openFew();
    await few.workspace.write("src/a.txt", Buffer.from("changed\n"));
    const tree = await few.snapshot();
    const { gitDir } = await few.made;
    await few.workspace.ready("all files");
    // As it stands in the middle: the note is there, and a file only half.
    writeFileSync(join(gitDir, "braid-filling"), `${tree}\n`);
    writeFileSync(join(few.dir, "src/b.txt"), "");
    const ports = await portsFor(repo.dir, trees.dir);
    const found = await findCheckedOut(ports.repo, few.dir);
    assert.ok(found !== undefined);
    assert.equal(await treeOfFiles(ports.repo, found), tree);
    await few.close();
  });

  it("one whose checkout was cut short before anything was written has nothing to commit", async () => {
    const few = await openFew();
    await few.workspace.read("src/a.txt");
    const { gitDir } = await few.made;
    await few.workspace.ready("all files");
    assert.ok(!existsSync(join(gitDir, "braid-written")));
    await few.close();
  });

  it("is used again by the next worker of its run, as clean as a fresh one", async () => {
    const ports = await portsFor(repo.dir, trees.dir);
    const pool = worktreePool(ports);
    const first = await openWorkPlace(ports, { name: "first", commit: head(), writable: true, pool, signal });
    await first.workspace.ready("all files");
    // Git tells times by the second: a mode that changes in the one of the checkout is not seen.
    await new Promise((resolve) => setTimeout(resolve, 1_100));
    const at = (path: string) => join(first.dir, path);
    writeFileSync(at("src/a.txt"), "another's\n");
    for (const path of ["src/b.txt", "dirlink", "src/deep"]) rmSync(at(path), { recursive: true });
    symlinkSync("/etc/hostname", at("src/b.txt"));
    mkdirSync(at("build/deep"), { recursive: true });
    writeFileSync(at("build/deep/x"), "ignored\n");
    chmodSync(at("run.sh"), 0o644);
    repo.git("init", "-q", at("nested"));
    // What git does not look at: modes of folders, whose file it is by another name, modes but for "executable".
    for (const folder of ["src", ""]) chmodSync(at(folder), 0o711);
    const other = join(repo.dir, ".git/other-name");
    linkSync(at("crlf.txt"), other);
    chmodSync(at("kept.log"), 0o606);
    await first.close("reuse");
    assert.equal(pool.size, 1);
    // Where Braid ends now nobody takes what stands there for somebody's work.
    assert.equal(await findCheckedOut(ports.repo, first.dir), undefined);

    repo.write("src/c.txt", "newer\n");
    repo.git("add", "src/c.txt");
    repo.git("rm", "-q", "src.txt");
    repo.git("commit", "-qm", "newer");
    const next = await openWorkPlace(ports, { name: "next", commit: head(), writable: true, pool, signal });
    const fresh = await openAll();
    await Promise.all([next.workspace.ready(), fresh.workspace.ready()]);
    assert.deepEqual(onDisk(next), onDisk(fresh));
    const modes = (place: WorkPlace) => ["", "src"].map((folder) => lstatSync(join(place.dir, folder)).mode);
    assert.deepEqual(modes(next), modes(fresh));
    assert.equal(lstatSync(join(next.dir, "crlf.txt")).nlink, 1);
    assert.equal(await next.snapshot(), repo.git("rev-parse", "HEAD^{tree}"));
    assert.equal(await next.changed(), false);
    assert.deepEqual(readdirSync(trees.dir).toSorted(), ["all", "next"]);
    await Promise.all([next.close("reuse"), fresh.close()]);
    await pool.drain();
    assert.deepEqual(readdirSync(trees.dir), []);
    assert.equal(repo.git("worktree", "list").split("\n").length, 1);
  });

  it("one that cannot be made clean goes, and the worker gets a fresh one", async () => {
    const ports = await portsFor(repo.dir, trees.dir);
    const pool = worktreePool(ports);
    const first = await openWorkPlace(ports, { name: "first", commit: head(), writable: true, pool, signal });
    await first.workspace.ready("all files");
    await first.close("reuse");
    rmSync(join((await first.made).gitDir, "HEAD"));
    const next = await openWorkPlace(ports, { name: "next", commit: head(), writable: true, pool, signal });
    const read = await next.workspace.read("src/a.txt");
    assert.equal(read.ok && read.value.toString(), "one a\n");
    await next.close();
    assert.deepEqual(readdirSync(trees.dir), []);
  });

  const all: readonly (readonly [why: string, prepare: (user: TempRepo) => void])[] = [
    ["a sparse checkout", (user) => user.git("sparse-checkout", "set", "src")],
    ["names that are the same in other letters", (user) => user.git("config", "core.ignorecase", "true")],
    [
      "filters",
      (user) => {
        user.write("src/.gitattributes", "*.bin filter=lfs\n");
        user.commit("filters");
      },
    ],
    [
      "a submodule",
      (user) => {
        user.git("update-index", "--add", "--cacheinfo", `160000,${user.git("rev-parse", "HEAD")},sub`);
        user.git("commit", "-qm", "sub");
      },
    ],
  ];
  for (const [why, prepare] of all)
    it(`is not made of ${why}: all files are there from the start`, async () => {
      prepare(repo);
      const place = await openFew();
      await place.workspace.ready();
      assert.ok(existsSync(join(place.dir, "src/a.txt")));
      await place.close();
    });
});

interface Act {
  readonly name: string;
  run(place: WorkPlace): Promise<unknown>;
}

const PATHS = [
  "src/a.txt",
  "src/b.txt",
  "src/deep/er/c.txt",
  "crlf.txt",
  "lf.txt",
  "run.sh",
  "link",
  "dirlink/a.txt",
  "dangling",
  "src",
  "src/new.txt",
  "fresh/new.txt",
  "build/x.txt",
  "src/a.txt/below",
  "link/below",
  ".gitignore",
  "src/.gitattributes",
  "kept.log",
  "ünï/ö.txt",
  "src/deep",
  "nothing",
  "../out",
  ".git/config",
];

/** One call of a tool, told by dice. */
function actOf(dice: (n: number) => number, step: number): Act {
  const path = PATHS[dice(PATHS.length)] ?? "";
  switch (dice(6)) {
    case 0:
    case 1: {
      const end = dice(3) === 0 ? "\r\n" : "\n";
      const text = `line ${step}${end}needle ${step}${end}`;
      return {
        name: `write ${path}`,
        run: async ({ workspace }) => plain(await workspace.write(path, Buffer.from(text))),
      };
    }
    case 2: {
      const pattern = ["**/*.txt", "*.log", "src/**", "*", "**/.git*"][dice(5)] ?? "";
      const from = ["src", ".", "build"][dice(3)] ?? ".";
      return {
        name: `glob ${pattern} in ${from}`,
        run: async ({ workspace }) => plain(await workspace.glob(pattern, { path: from, limit: 100, signal })),
      };
    }
    case 3: {
      const pattern = ["needle", "on\\w+ a", "[a-z]+ 1", "(needle|one)"][dice(4)] ?? "";
      const ignoreCase = dice(2) === 0;
      return {
        name: `grep ${pattern}`,
        run: async ({ workspace }) => plain(await workspace.grep(pattern, { ignoreCase, limit: 100, signal })),
      };
    }
    default:
      return {
        name: `read ${path}`,
        run: async ({ workspace }) => {
          const read = await workspace.read(path, "any");
          return read.ok ? read.value.toString("latin1") : read.refusal;
        },
      };
  }
}

function plain<T>(answer: Confined<T>): unknown {
  return answer.ok ? answer.value : answer.refusal;
}
