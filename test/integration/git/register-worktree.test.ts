import { deepEqual, equal, notEqual } from "node:assert/strict";
import { existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { dropBegun, registerWorktree } from "../../../src/git/register-worktree";
import { openRepository, type Repository } from "../../../src/git/repository";
import { endStanding } from "../../../src/git/standing";
import { addWorktree, checkOut, removeWorktree } from "../../../src/git/worktree";
import { tempFolder, tempRepo, type TempRepo } from "../../support/temp-repo";

describe("a worktree's entry in its repository", function () {
  this.timeout(60_000);
  let user: TempRepo;
  let trees: ReturnType<typeof tempFolder>;
  let repo: Repository;
  beforeEach(async () => {
    user = tempRepo({ "a.txt": "a\n" });
    trees = tempFolder();
    repo = await openRepository(user.dir);
  });
  afterEach(async () => {
    await endStanding(repo);
    user.dispose();
    trees.dispose();
  });
  const head = () => user.git("rev-parse", "HEAD");
  const dir = (name = "r1-1-1") => {
    mkdirSync(join(trees.dir, name), { recursive: true });
    return join(trees.dir, name, "tree");
  };
  const entry = (name: string) => join(repo.commonDir, "worktrees", name);
  /** What is in an entry, but for what only git's own adding leaves there. */
  const inside = (gitDir: string) =>
    Object.fromEntries(
      readdirSync(gitDir)
        .filter((name) => name !== "logs")
        .toSorted()
        .map((name) => [name, readFileSync(join(gitDir, name), "utf8").replace(trees.dir, "")]),
    );

  it("is what git writes itself, and git takes it for its own", async () => {
    const ours = await addWorktree(repo, dir(), head());
    equal(ours.gitDir, entry("r1-1-1-tree"));
    const seen = inside(ours.gitDir);
    const pointer = readFileSync(join(ours.dir, ".git"), "utf8");
    await removeWorktree(repo, ours);
    user.git("worktree", "add", "-q", "--no-checkout", "--detach", dir(), "HEAD");
    deepEqual(seen, inside(entry("tree")));
    equal(pointer, readFileSync(join(dir(), ".git"), "utf8").replace(/tree\n$/u, "r1-1-1-tree\n"));
    user.git("worktree", "remove", "--force", dir());

    const again = await addWorktree(repo, dir(), head());
    await checkOut(again);
    equal(user.git("-C", again.dir, "status", "--porcelain"), "");
    equal(user.git("worktree", "prune", "--dry-run", "--verbose"), "");
    equal(user.git("worktree", "list").split("\n").length, 2);
    user.git("worktree", "remove", again.dir);
    equal(existsSync(again.gitDir), false);
  });

  /** Where a process may be killed, in the middle of a file as well: what stands by then, one step after the other. */
  const STEPS: readonly (readonly [when: string, step: (gitDir: string, tree: string) => void])[] = [
    ["before it is locked", (gitDir) => mkdirSync(gitDir, { recursive: true })],
    ["before it says where git's own is", (gitDir) => writeFileSync(join(gitDir, "locked"), "initializing")],
    ["as it says so", (gitDir) => writeFileSync(join(gitDir, "commondir"), "")],
    [
      "as it says its commit",
      (gitDir) => {
        writeFileSync(join(gitDir, "commondir"), "../..\n");
        writeFileSync(join(gitDir, "HEAD"), "");
      },
    ],
    ["before its folder is made", (gitDir) => writeFileSync(join(gitDir, "HEAD"), `${head()}\n`)],
    [
      "before it says whose it is",
      (gitDir, tree) => {
        mkdirSync(tree);
        writeFileSync(join(tree, ".git"), `gitdir: ${gitDir}\n`);
      },
    ],
    ["as it says so, aside", (gitDir) => writeFileSync(join(gitDir, "gitdir.new"), "")],
    ["before it is no longer locked", (gitDir, tree) => writeFileSync(join(gitDir, "gitdir"), `${tree}/.git\n`)],
  ];
  const CUT = Object.fromEntries(
    STEPS.map(([when], last) => [
      when,
      (gitDir: string, tree: string) => {
        for (const [, step] of STEPS.slice(0, last + 1)) step(gitDir, tree);
      },
    ]),
  );
  for (const [when, cut] of Object.entries(CUT)) {
    it(`cut off ${when}: taken away without a trace`, async () => {
      cut(entry("r1-1-1-tree"), dir());
      // Who lists worktrees meanwhile, the user for one, is not stopped by it.
      user.git("worktree", "list");
      await removeWorktree(repo, { dir: dir() });
      deepEqual([existsSync(join(repo.commonDir, "worktrees")), existsSync(dir())], [false, false]);
    });
    it(`cut off ${when}: made anew under the same name`, async () => {
      cut(entry("r1-1-1-tree"), dir());
      const made = await addWorktree(repo, dir(), head());
      await checkOut(made);
      equal(readFileSync(join(made.dir, "a.txt"), "utf8"), "a\n");
      equal(user.git("worktree", "list").split("\n").length, 2);
    });
  }

  it("cut off, and never asked for again: goes with others of its run, and only those", async () => {
    for (const name of ["r1-1-1-tree", "r1-2-1-tree", "r2-1-1-tree"]) mkdirSync(entry(name), { recursive: true });
    const whole = await addWorktree(repo, dir("r1-3-1"), head());
    await dropBegun(repo, "r1-");
    deepEqual(readdirSync(join(repo.commonDir, "worktrees")), ["r1-3-1-tree", "r2-1-1-tree"]);
    equal(existsSync(whole.gitDir), true);
  });

  it("goes alone: those of others stay, whatever they are called", async () => {
    const kept = await addWorktree(repo, dir("other"), head());
    user.git("worktree", "add", "-q", "--detach", join(trees.dir, "mine"), "HEAD");
    const gone = await addWorktree(repo, dir(), head());
    await removeWorktree(repo, gone);
    await removeWorktree(repo, gone);
    deepEqual(
      [kept.gitDir, entry("mine"), gone.gitDir].map((each) => existsSync(each)),
      [true, true, false],
    );
  });

  it("is found where git gave it its name", async () => {
    user.git("worktree", "add", "-q", "--detach", dir(), "HEAD");
    await removeWorktree(repo, { dir: dir() });
    deepEqual([existsSync(entry("tree")), existsSync(dir())], [false, false]);
  });

  const NOT_PLAIN: Readonly<Record<string, () => void>> = {
    "settings of its own for each worktree": () => user.git("config", "extensions.worktreeConfig", "true"),
    "a sparse checkout": () => user.git("sparse-checkout", "set", "--no-cone", "a.txt"),
    "permissions that are shared": () => user.git("config", "core.sharedRepository", "group"),
    "worktrees behind a link": () => {
      mkdirSync(join(trees.dir, "elsewhere"));
      symlinkSync(join(trees.dir, "elsewhere"), join(repo.commonDir, "worktrees"));
    },
  };
  for (const [what, make] of Object.entries(NOT_PLAIN))
    it(`is left to git where the repository has ${what}`, async () => {
      make();
      equal(await registerWorktree(repo, dir(), head()), undefined);
      equal(existsSync(dir()), false);
    });

  it("is left to git where the commit is no full name", async () => {
    equal(await registerWorktree(repo, dir(), "HEAD"), undefined);
    notEqual(await registerWorktree(repo, dir(), head()), undefined);
  });
});
