import { deepEqual, equal, match, ok } from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { BraidError } from "../../../src/core/failure";
import { describeConflict } from "../../../src/core/review/conflict";
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

describe("a conflict whose markers an agent has left", function () {
  this.timeout(60_000);
  const EXAMPLE = "<<<<<<< HEAD\nours\n=======\ntheirs\n>>>>>>> feature\n";
  let later: Readonly<Record<string, string>> = {};
  const t = useReviewRun({
    files: { "a.txt": "one\ntwo\nthree\n", "git.md": `Markers\n\n${EXAMPLE}` },
    plan: { subtasks: [{ id: "a" }] },
    writes: {
      a: (attempt) => {
        if (attempt === 1) return { "a.txt": "one\nTWO\nthree\n", "git.md": `Marks\n\n${EXAMPLE}`, "new.txt": "n\n" };
        // One of the two is resolved, and goes on to tell how markers look.
        return attempt === 2 ? { "git.md": `Marks and lines\n\n${EXAMPLE}` } : later;
      },
    },
  });
  const left =
    /"a" still holds the markers of its conflict in a\.txt\..*by hand.*Resolve Conflict by Hand.*request changes, or leave/su;
  const mine = "one\nzwei\nthree\n";
  const take = async (takes: Readonly<Record<string, "all" | "none">>, marked?: readonly string[]) => {
    const { base, commit, files } = await t.review("a");
    const choices = files.map(({ path }) => ({ path, take: takes[path] ?? "all" }));
    await t.run.accept("a", { selection: { base, commit, files: choices }, marked });
  };
  beforeEach(async () => {
    later = {};
    t.repo.write("a.txt", mine);
    t.repo.write("git.md", `Lines\n\n${EXAMPLE}`);
    t.repo.commit("mine");
    await t.run.retry("a", undefined, "user", {
      resolve: await conflictToResolve(t.run.ports.repo, t.run.state(), "a"),
    });
    await t.run.idle();
    deepEqual(
      subtaskState(t.run.state(), "a")?.checks.map(({ passed, output }) => [passed, output]),
      [[false, "a.txt still holds conflict markers.\n"]],
    );
  });

  it("is shown, and goes in neither whole nor with another file left out", async () => {
    deepEqual((await t.review("a")).merge?.conflicts.map(describeConflict), [
      "a.txt: markers of the conflict are left in it",
    ]);
    await t.refused("merge.conflict", () => t.run.accept("a"), left);
    // As a window sends it: each file by itself.
    await t.refused("merge.conflict", () => take({}), left);
    await t.refused("merge.conflict", () => take({ "new.txt": "none" }), left);
    await t.refused(
      "merge.conflict",
      async () => {
        const [outcome] = await t.run.merges.acceptAll([{ subtask: "a" }]);
        if (outcome?.kind === "refused") throw new BraidError(outcome.failure);
      },
      left,
    );
  });

  it("stays out with its file, and a file that is about markers goes in", async () => {
    await take({ "a.txt": "none" });
    deepEqual([t.repo.read("a.txt"), t.repo.read("new.txt")], [mine, "n\n"]);
    equal(t.repo.read("git.md"), `Marks and lines\n\n${EXAMPLE}`);
  });

  it("goes in where its file is named", async () => {
    await take({ "new.txt": "none" }, ["a.txt"]);
    match(t.repo.read("a.txt"), /^<<<<<<< [\s\S]*^>>>>>>> /mu);
  });

  it("is resolved by hand", async () => {
    const { dir, files } = await t.run.merges.openByHand("a");
    deepEqual(files, ["a.txt"]);
    equal(t.repo.git("-C", dir, "status", "--porcelain", "a.txt"), "UU a.txt");
    await t.refused("merge.conflict", () => t.run.merges.takeByHand("a"), /a\.txt still holds conflict markers/u);
    writeFileSync(join(dir, "a.txt"), "one\nzwei TWO\nthree\n");
    await t.run.merges.takeByHand("a");
    await t.run.accept("a");
    deepEqual([t.repo.read("a.txt"), t.repo.read("new.txt")], ["one\nzwei TWO\nthree\n", "n\n"]);
  });

  for (const [by, isDone] of [
    ["another agent", true],
    ["request", true],
    ["request", false],
  ] as const)
    it(`is ${isDone ? "resolved" : "not forgotten"} by ${by}`, async () => {
      later = isDone ? { "a.txt": "one\nboth\nthree\n" } : { "b.txt": "b\n" };
      const { attempt, base, commit } = await t.review("a");
      const request = { attempt, base, restsOn: [], commit, text: "Mind the markers.", comments: [] };
      const resolve = await conflictToResolve(t.run.ports.repo, t.run.state(), "a");
      await t.run.retry("a", "again", "user", by === "request" ? { request } : { resolve });
      await t.run.idle();
      equal(subtaskState(t.run.state(), "a")?.status, isDone ? "finished" : "failed");
      if (!isDone) return t.refused("merge.conflict", () => t.run.accept("a"), left);
      await t.run.accept("a");
      deepEqual([t.repo.read("a.txt"), t.repo.read("new.txt")], ["one\nboth\nthree\n", "n\n"]);
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
