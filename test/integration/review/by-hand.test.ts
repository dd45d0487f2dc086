import { deepEqual, equal, match, ok } from "node:assert/strict";
import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { subtaskState } from "../../../src/core/state/state";
import { useReviewRun } from "../../support/review-run";

let unsaved: readonly string[] = [];

describe("a conflict resolved by hand", function () {
  this.timeout(60_000);
  const t = useReviewRun({
    files: { "a.txt": "one\ntwo\nthree\n", "gone.txt": "here\n", "b.txt": "b\n" },
    plan: {
      subtasks: [
        { id: "a", files: ["a.txt", "gone.txt", "new.txt"] },
        { id: "b", files: ["b.txt"] },
      ],
    },
    writes: {
      a: { "a.txt": "one\nTWO by a\nthree\n", "gone.txt": "changed\n", "new.txt": "n\n" },
      b: { "b.txt": "B\n" },
    },
    ports: { unsavedFiles: () => unsaved },
  });
  beforeEach(() => {
    unsaved = [];
    t.repo.write("a.txt", "one\nzwei\nthree\n");
    t.repo.git("rm", "-q", "gone.txt");
    t.repo.commit("mine");
  });
  const open = () => t.run.merges.openByHand("a");
  const inside = (dir: string, ...args: readonly string[]) => t.repo.git("-C", dir, ...args);

  it("stands in a folder as git leaves a merge, and the user's own tree is as it was", async () => {
    const { dir, files } = await open();
    deepEqual([...files].toSorted(), ["a.txt", "gone.txt"]);
    deepEqual(inside(dir, "status", "--porcelain").split("\n").toSorted(), ["A  new.txt", "DU gone.txt", "UU a.txt"]);
    match(readFileSync(join(dir, "a.txt"), "utf8"), /^<<<<<<< [\s\S]*zwei[\s\S]*TWO by a[\s\S]*>>>>>>> /mu);
    equal(inside(dir, "show", ":1:a.txt"), "one\ntwo\nthree");
    equal(inside(dir, "rev-parse", "MERGE_HEAD"), (await t.review("a")).commit);
    equal(t.repo.git("status", "--porcelain"), "");
    equal(t.decision("a"), "open");
  });

  for (const committed of [false, true])
    it(`becomes a result to review like any, ${committed ? "committed there" : "just saved"}; then it is accepted and undone`, async () => {
      const { dir } = await open();
      writeFileSync(join(dir, "a.txt"), "one\nzwei by both\nthree\n");
      inside(dir, "rm", "-q", "-f", "gone.txt");
      if (committed) {
        inside(dir, "add", "-A");
        inside(dir, "commit", "-qm", "resolved");
      }
      await t.run.merges.takeByHand("a");
      equal(existsSync(dir), false);
      const { files, merge, base, attempt } = await t.review("a");
      deepEqual(
        files.map(({ path }) => path),
        ["a.txt", "new.txt"],
      );
      deepEqual([merge?.conflicts, base, attempt], [[], t.repo.git("rev-parse", "main"), 2]);
      const { report, checks } = subtaskState(t.run.state(), "a") ?? {};
      match(report?.decisions.at(-1) ?? "", /Conflict with main resolved by hand in .*a\.txt/u);
      // What was decided for the branch's side is not passed over in silence.
      deepEqual(report?.open_points.slice(-1), [
        "gone.txt is as the branch has it: nothing of the result was kept there.",
      ]);
      equal(
        checks?.every(({ passed }) => passed),
        true,
      );
      await t.run.accept("a");
      equal(t.repo.read("a.txt"), "one\nzwei by both\nthree\n");
      await t.run.merges.undo("a");
      equal(t.repo.read("a.txt"), "one\nzwei\nthree\n");
    });

  it("is not taken while markers are left that an attribute has longer", async () => {
    t.repo.write(".gitattributes", "*.txt conflict-marker-size=12\n");
    t.repo.commit("longer");
    const { dir } = await open();
    match(readFileSync(join(dir, "a.txt"), "utf8"), /^<{12} /mu);
    await t.refused("merge.conflict", () => t.run.merges.takeByHand("a"), /a\.txt still holds conflict markers/u);
    equal((await t.review("a")).merge?.conflictHunks.length, 1);
  });

  it("is not taken while markers are left, or an editor holds what is not saved", async () => {
    const { dir } = await open();
    await t.refused(
      "merge.conflict",
      () => t.run.merges.takeByHand("a"),
      /a\.txt still holds conflict markers.*Go on in/u,
    );
    writeFileSync(join(dir, "a.txt"), "mine\n");
    unsaved = [join(dir, "a.txt")];
    await t.refused("tree.dirty", () => t.run.merges.takeByHand("a"), /a\.txt is not saved yet/u);
    ok(existsSync(dir));
    unsaved = [];
    await t.run.merges.takeByHand("a");
  });

  it("outlives the process, and asked for again it is as the user left it", async () => {
    const { dir } = await open();
    writeFileSync(join(dir, "a.txt"), "half done\n");
    const run = await t.reopen();
    equal((await run.merges.openByHand("a")).dir, dir);
    equal(readFileSync(join(dir, "a.txt"), "utf8"), "half done\n");
    inside(dir, "rm", "-q", "-f", "gone.txt");
    await run.merges.takeByHand("a");
    await run.accept("a");
    equal(t.repo.read("a.txt"), "half done\n");
  });

  it("is refused in words where there is none, none was opened, and where nothing is left of it", async () => {
    await t.refused("run.state", () => t.run.merges.openByHand("b"), /merges without a conflict/u);
    await t.refused("run.state", () => t.run.merges.takeByHand("b"), /No conflict of "b".*Open it by hand first/u);
    const { dir } = await open();
    inside(dir, "reset", "-q", "--hard", "HEAD");
    await t.refused("result.missing", () => t.run.merges.takeByHand("a"), /what the branch has already.*reject/u);
  });

  it("stands there again where it was given up, or its process was killed before all of it stood", async () => {
    const { dir } = await open();
    inside(dir, "merge", "--abort");
    equal((await open()).dir, dir);
    equal(inside(dir, "rev-parse", "MERGE_HEAD"), (await t.review("a")).commit);
    rmSync(join(inside(dir, "rev-parse", "--absolute-git-dir"), "MERGE_HEAD"));
    await open();
    equal(inside(dir, "rev-parse", "MERGE_HEAD"), (await t.review("a")).commit);
    rmSync(join(inside(dir, "rev-parse", "--absolute-git-dir"), "MERGE_HEAD"));
    writeFileSync(join(dir, "a.txt"), "half done\n");
    await open();
    equal(readFileSync(join(dir, "a.txt"), "utf8"), "half done\n");
  });

  it("that was begun is there still once its subtask was tried again, in another process and beside the next one", async () => {
    const { dir } = await open();
    writeFileSync(join(dir, "a.txt"), "half done\n");
    await t.run.retry("a", "again");
    await t.run.idle();
    await t.reopen();
    const next = await open();
    deepEqual([next.dir === dir, readFileSync(join(dir, "a.txt"), "utf8")], [false, "half done\n"]);
  });

  it("whose folder somebody deleted says so, and can be opened again", async () => {
    const { dir } = await open();
    t.repo.git("worktree", "remove", "--force", dir);
    await t.refused("worktree.failed", () => t.run.merges.takeByHand("a"), /is gone.*again/u);
    equal((await open()).dir, dir);
  });
});
