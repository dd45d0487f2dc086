import { deepEqual, equal, match, ok, rejects } from "node:assert/strict";
import { existsSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { FailureCode } from "../../../src/core/failure";
import { Run } from "../../../src/run/run";
import { useReviewRun, type ReviewRun } from "../../support/review-run";
import { tempFolder, type TempRepo } from "../../support/temp-repo";

/** Paths the front end says are unsaved, from the top of the repository. */
let unsaved: readonly string[] = [];
let through: string | undefined;
let onCheck: (() => void) | undefined;

/** Two subtasks, and an editor that holds what a test says is unsaved. */
function given(repo: () => TempRepo): Parameters<typeof useReviewRun>[0] {
  return {
    files: { "a.txt": "one\n", "other.txt": "other\n", ".gitignore": ".env\n" },
    plan: {
      subtasks: [
        { id: "a", files: ["a.txt", "new.txt"] },
        { id: "b", files: ["b.txt"] },
      ],
    },
    writes: { a: { "a.txt": "ONE\n", "new.txt": "new\n" }, b: (attempt) => ({ "b.txt": `${attempt}\n` }) },
    ports: {
      unsavedFiles: () => {
        const asked = unsaved.map((path) => join(through ?? repo().dir, path));
        onCheck?.();
        return asked;
      },
    },
  };
}

/** What a test does to the repository and sees of it; after each test all of it is as it was. */
function useMoments(r: ReviewRun) {
  const folders: ReturnType<typeof tempFolder>[] = [];
  const git = (...args: readonly string[]) => r.repo.git(...args);
  const file = (path: string) => (existsSync(join(r.repo.dir, path)) ? r.repo.read(path) : undefined);
  const status = () => git("status", "--porcelain");
  let start = "";
  before(() => (start = git("rev-parse", "main")));
  afterEach(async () => {
    [unsaved, through, onCheck] = [[], undefined, undefined];
    rmSync(join(r.repo.dir, ".git/index.lock"), { force: true });
    for (const [mark, ...end] of ENDS) if (existsSync(join(r.repo.dir, ".git", mark))) git(...end);
    for (const folder of folders.splice(0)) folder.dispose();
    git("worktree", "prune");
    git("checkout", "-qfB", "main", start);
    git("clean", "-fdqx");
    for (const branch of git("for-each-ref", "--format=%(refname:short)", "refs/heads").split("\n"))
      if (branch !== "main") git("branch", "-qD", branch);
    for (const id of ["a", "b"]) if (r.decision(id) === "accepted") await r.run.merges.undo(id);
    equal(git("rev-parse", "main"), start);
  });
  function commitMine(path: string, text: string): void {
    r.repo.write(path, text);
    r.repo.commit("mine");
  }

  function stage(path: string): void {
    r.repo.write(path, "mine\n");
    git("add", path);
  }

  function stageAway(path: string): void {
    stage(path);
    rmSync(join(r.repo.dir, path));
  }

  /** The same files on a history of its own. */
  function rewrite(): void {
    git("checkout", "-q", "--orphan", "fresh");
    git("commit", "-qm", "fresh");
    git("branch", "-qM", "fresh", "main");
  }

  /** Begins something with a branch `side`, which changes another file, or `clash`, which conflicts, and does not end it. */
  function half(...command: readonly [string, ...string[]]): void {
    for (const [branch, path] of [
      ["side", "side.txt"],
      ["clash", "other.txt"],
    ] as const) {
      git("switch", "-qc", branch, "main");
      commitMine(path, `${branch}\n`);
    }
    git("switch", "-q", "main");
    commitMine("other.txt", "mine\n");
    try {
      git(...command);
    } catch {
      // A conflict ends the command with an error, and leaves it half done.
    }
  }

  /** Checks `main` out in another worktree. */
  function elsewhere(): string {
    const folder = tempFolder();
    folders.push(folder);
    const dir = join(folder.dir, "tree");
    git("switch", "-qc", "other");
    git("worktree", "add", "-q", dir, "main");
    return dir;
  }
  return { git, file, status, half, elsewhere, commitMine, stage, stageAway, rewrite, folders };
}

/** Files that tell of something half done, and what ends it. */
const ENDS = [
  ["BISECT_START", "bisect", "reset"],
  ["CHERRY_PICK_HEAD", "cherry-pick", "--abort"],
  ["MERGE_HEAD", "merge", "--abort"],
  ["rebase-merge", "rebase", "--abort"],
] as const;

describe("F39, F40 an accept at a bad moment", function () {
  this.timeout(60_000);
  const r = useReviewRun({ ...given(() => r.repo), shared: true });
  const { git, file, status, half, elsewhere, commitMine, stage, stageAway, rewrite, folders } = useMoments(r);

  it("minds no unsaved file that stays as it is", async () => {
    unsaved = ["other.txt", "b.txt"];
    await r.run.accept("a");
    equal(file("a.txt"), "ONE\n");
  });

  it("leaves out of several what an editor holds, and takes the rest", async () => {
    unsaved = ["a.txt"];
    const outcomes = await r.run.merges.acceptAll([{ subtask: "a" }, { subtask: "b" }]);
    deepEqual(
      outcomes.map(({ kind }) => kind),
      ["refused", "accepted"],
    );
    equal(file("a.txt"), "one\n");
    equal(file("b.txt"), "1\n");
  });

  it("is not undone over an unsaved file either", async () => {
    await r.run.accept("a");
    unsaved = ["a.txt"];
    await r.refused("tree.dirty", () => r.run.merges.undo("a"), /a\.txt has unsaved/u);
    equal(r.decision("a"), "accepted");
    unsaved = [];
    await r.run.merges.undo("a");
    equal(file("a.txt"), "one\n");
  });

  it("lets one of two clicks land, and says so to the other", async () => {
    const [first, second] = await Promise.allSettled([r.run.accept("a"), r.run.accept("a")]);
    equal(first.status, "fulfilled");
    equal(second.status, "rejected");
    match(String(second.status === "rejected" && second.reason), /already accepted/u);
    equal(git("rev-list", "--count", "main"), "2");
  });

  /** Refused before anything moves: `hinder` makes the moment bad. */
  const REFUSED: readonly (readonly [string, () => void, FailureCode, RegExp])[] = [
    [
      "a file it changes is unsaved in an editor",
      () => (unsaved = ["a.txt"]),
      "tree.dirty",
      /a\.txt has unsaved.*Save and commit/u,
    ],
    ["a file it adds is unsaved in an editor", () => (unsaved = ["new.txt"]), "tree.dirty", /new\.txt has unsaved/u],
    [
      "both are, seen through a link to the folder",
      () => {
        const folder = tempFolder();
        folders.push(folder);
        through = join(folder.dir, "link");
        symlinkSync(r.repo.dir, through);
        unsaved = ["a.txt", "new.txt"];
      },
      "tree.dirty",
      /a\.txt, new\.txt have unsaved/u,
    ],
    [
      "somebody types while it is prepared",
      () => {
        let looks = 0;
        onCheck = () => void ((looks += 1) === 1 && (unsaved = ["a.txt"]));
      },
      "tree.dirty",
      /a\.txt has unsaved/u,
    ],
    ["the index is locked", () => writeFileSync(join(r.repo.dir, ".git/index.lock"), ""), "repo.busy", /index\.lock/u],
    ["the file has changes of the user's", () => r.repo.write("a.txt", "mine\n"), "tree.dirty", /a\.txt/u],
    ["an untracked file is in the way", () => r.repo.write("new.txt", "mine\n"), "tree.in-the-way", /new\.txt/u],
    ["the file has changes of the user's that are staged", () => stage("a.txt"), "tree.dirty", /a\.txt/u],
    ["a file of the name is staged, and not in the folder", () => stageAway("new.txt"), "tree.dirty", /new\.txt/u],
    ["a bisect is under way", () => git("bisect", "start"), "repo.busy", /bisect.*Finish or abort/su],
    [
      "a merge is under way",
      () => half("merge", "--no-ff", "--no-commit", "side"),
      "repo.busy",
      /merge.*Finish or abort/su,
    ],
    ["a merge stands in conflict", () => half("merge", "clash"), "repo.busy", /merge.*Finish or abort/su],
    ["a rebase is under way", () => half("rebase", "clash"), "repo.busy", /rebas.*Finish or abort/su],
    ["a cherry-pick is under way", () => half("cherry-pick", "clash"), "repo.busy", /cherry-pick.*Finish or abort/su],
    [
      "the branch is checked out elsewhere, with changes of the user's there",
      () => writeFileSync(join(elsewhere(), "a.txt"), "mine\n"),
      "tree.dirty",
      /a\.txt/u,
    ],
  ];
  for (const [what, hinder, code, words] of REFUSED)
    it(`is refused where ${what}`, async () => {
      hinder();
      const before = [status(), git("ls-files", "-s"), file("a.txt"), file("new.txt")];
      await r.refused(code, () => r.run.accept("a"), words);
      deepEqual([status(), git("ls-files", "-s"), file("a.txt"), file("new.txt")], before);
      equal(r.decision("a"), "open");
    });

  /** The branch is another one than was on screen. */
  const MOVED: readonly (readonly [string, () => unknown])[] = [
    ["has another commit", () => commitMine("other.txt", "more\n")],
    ["was amended", () => git("commit", "-q", "--amend", "-m", "other words")],
    ["was rebased onto other history", () => rewrite()],
    ["was reset to an earlier commit", () => git("reset", "-q", "--hard", "HEAD~1")],
  ];
  for (const [what, move] of MOVED)
    it(`is refused where the branch ${what} between display and click, and lands on what is there once that was looked at`, async () => {
      commitMine("other.txt", "first\n");
      const { merge } = await r.review("a");
      move();
      const there = git("rev-parse", "main");
      await r.refused(
        "target.moved",
        () => r.run.accept("a", { target: merge?.target }),
        /moved while you were looking.*refreshed review/su,
      );
      await r.run.accept("a", { target: (await r.review("a")).merge?.target });
      equal(git("rev-parse", "main~1"), there);
      deepEqual([file("a.txt"), status()], ["ONE\n", ""]);
    });

  it("says so where the branch was deleted, and lands when it is there again", async () => {
    git("switch", "-qc", "other");
    git("branch", "-qD", "main");
    await rejects(r.run.accept("a"), /The branch main is gone/u);
    deepEqual([status(), file("a.txt"), r.decision("a")], ["", "one\n", "open"]);
    git("switch", "-qc", "main");
    await r.run.accept("a");
    equal(file("a.txt"), "ONE\n");
  });

  it("is refused in another window while this one has the run, and lands once", async () => {
    await rejects(Run.open(r.run.ports, r.run.id), /belongs to process/u);
    await r.run.accept("a");
    equal(git("rev-list", "--count", "main"), "2");
  });

  /** HEAD is not on the branch any more: the branch moves, the user's files do not. */
  const AWAY: readonly (readonly [string, () => void])[] = [
    ["another branch", () => git("switch", "-qc", "other")],
    ["a detached HEAD", () => git("switch", "-q", "--detach")],
    ["an unborn branch", () => (git("symbolic-ref", "HEAD", "refs/heads/unborn"), undefined)],
  ];
  for (const [what, leave] of AWAY)
    it(`switched to ${what}: moves the branch, and not a file`, async () => {
      const { merge, commit } = await r.review("a");
      leave();
      const before = [status(), git("ls-files", "-s")];
      await r.run.accept("a", { shown: commit, target: merge?.target });
      equal(git("show", "main:a.txt"), "ONE");
      deepEqual([status(), git("ls-files", "-s"), file("a.txt"), file("new.txt")], [...before, "one\n", undefined]);
    });

  it("on a branch checked out in another worktree: that one's files move", async () => {
    const dir = elsewhere();
    await r.run.accept("a");
    equal(git("-C", dir, "status", "--porcelain"), "");
    ok(existsSync(join(dir, "new.txt")));
    equal(file("new.txt"), undefined);
  });

  // Last, for it leaves another result behind.
  it("refuses a click on a result that is not there any more", async () => {
    const { commit } = await r.review("b");
    await r.run.retry("b", "again");
    await r.run.idle();
    await r.refused("run.state", () => r.run.accept("b", { shown: commit }), /newer result than the one shown/u);
    await r.run.accept("b", { shown: (await r.review("b")).commit });
    equal(file("b.txt"), "2\n");
  });
});
