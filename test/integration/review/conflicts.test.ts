import { deepEqual, equal, match, ok } from "node:assert/strict";
import { subtaskState } from "../../../src/core/state/state";
import { conflictToResolve } from "../../../src/run/accept/resolving";
import { useReviewRun } from "../../support/review-run";

describe("a result that conflicts with the branch", function () {
  this.timeout(60_000);
  let assigned = "";
  const t = useReviewRun({
    files: { "a.txt": "one\ntwo\nthree\n", b: "b\n" },
    plan: { subtasks: [{ id: "a" }] },
    writes: {
      a: (attempt, assignment) => {
        if (attempt === 1) return { "a.txt": "one\nTWO by a\nthree\n", "new.txt": "n\n" };
        assigned = assignment;
        // The second attempt leaves the markers, the third resolves.
        return attempt === 2 ? { "note.txt": "x\n" } : { "a.txt": "one\nTWO by both\nthree\n" };
      },
    },
  });
  beforeEach(() => {
    t.repo.write("a.txt", "one\nzwei\nthree\n");
    t.repo.commit("mine");
  });
  const resolve = async () =>
    t.run.retry("a", undefined, "user", { resolve: await conflictToResolve(t.run.ports.repo, t.run.state(), "a") });

  it("is previewed with its kind and its places, in words", async () => {
    const { merge } = await t.review("a");
    deepEqual(
      merge?.conflicts.map(({ kind, paths }) => [kind, paths]),
      [["content", ["a.txt"]]],
    );
    deepEqual(merge?.conflictHunks, [
      { path: "a.txt", hunks: [{ line: 2, ours: ["zwei"], base: ["two"], theirs: ["TWO by a"] }] },
    ]);
    equal(merge?.target, t.repo.git("rev-parse", "main"));
  });

  it("is refused in words with ways out", () =>
    t.refused(
      "merge.conflict",
      () => t.run.accept("a"),
      /conflicts with main in a\.txt.*braid resolve.*both changed the same lines/su,
    ));

  it("is resolved by an agent on the branch, which is reviewed and accepted like any", async () => {
    await resolve();
    await t.run.idle();
    // Markers that are left fail the attempt.
    equal(subtaskState(t.run.state(), "a")?.status, "failed");
    match(subtaskState(t.run.state(), "a")?.failure?.detail ?? "", /a\.txt still holds conflict markers/u);
    await t.refused("checks.failed", () => t.run.accept("a"), /"a" still holds conflict markers.*Request changes/su);
    await t.refused("run.state", resolve, /left conflict markers/u);
    match(assigned, /could not be merged.*Conflicts:\n- a\.txt: both changed the same lines/su);
    t.repo.git("reset", "-q", "--hard", "HEAD");
    // A second try from the same conflict, for the failed one is no result to merge.
    await t.run.retry("a", undefined, "policy");
    await t.run.resume();
    await t.run.idle();
    const { files, merge, base } = await t.review("a");
    equal(base, t.repo.git("rev-parse", "main"));
    deepEqual(
      files.map((file) => file.path),
      ["a.txt", "new.txt"],
    );
    deepEqual(merge?.conflicts, []);
    await t.run.accept("a");
    equal(t.repo.read("a.txt"), "one\nTWO by both\nthree\n");
    equal(t.repo.read("new.txt"), "n\n");
  });

  it("is no conflict where it merges", async () => {
    t.repo.git("reset", "-q", "--hard", "HEAD~1");
    await t.refused("run.state", resolve, /merges without a conflict.*Accept it/u);
    ok(assigned !== undefined);
  });
});

describe("what the user turned down goes back to the worker", function () {
  this.timeout(60_000);
  const heard: string[] = [];
  const t = useReviewRun({
    files: { "a.txt": "one\n" },
    plan: { subtasks: [{ id: "a" }, { id: "b", dependencies: ["a"] }] },
    writes: {
      a: { "a.txt": "ONE\n", "extra.txt": "unasked\n" },
      b: (attempt, assignment) => {
        heard.push(`${attempt}: ${assignment}`);
        return { "b.txt": `${attempt}\n` };
      },
    },
  });
  it("with its reason, also to whoever rests on it", async () => {
    const { base, commit } = await t.review("a");
    await t.run.accept("a", {
      selection: { base, commit, files: [{ path: "a.txt", take: "all" }] },
      reason: "nobody asked for it",
      message: "Say ONE\n\nin my own words",
    });
    equal(
      t.repo.git("log", "-1", "--format=%s|%(trailers:key=Braid-Subtask)", "main").trim(),
      "Say ONE|Braid-Subtask: a",
    );
    await t.run.retry("b");
    await t.run.idle();
    match(
      heard.at(-1) ?? "",
      /^2: .*turned these changes down.*extra\.txt \(of a\): Reason: nobody asked for it\n\+unasked/su,
    );
  });
});
