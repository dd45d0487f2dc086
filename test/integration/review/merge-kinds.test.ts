import { deepEqual, equal, match, ok, rejects } from "node:assert/strict";
import { chmodSync, existsSync } from "node:fs";
import { join } from "node:path";
import type { MergeKind } from "../../../src/core/review/merge-kind";
import { subtaskState } from "../../../src/core/state/state";
import { openRepository } from "../../../src/git/repository";
import { stageCommit, unstageCommit } from "../../../src/git/stage";
import { moveFence, newFence } from "../../../src/run/log/fence";
import { answering } from "../../support/answering";
import { useReviewRun } from "../../support/review-run";
import { failsWith } from "../run/journal-file";

let setting: MergeKind | undefined;

describe("how a result goes in", function () {
  this.timeout(60_000);
  const r = useReviewRun({
    files: { "a.txt": "one\n", "other.txt": "other\n" },
    plan: {
      subtasks: [
        { id: "a", files: ["a.txt", "new.txt"] },
        { id: "b", files: ["a.txt"], dependencies: ["a"] },
        { id: "c", files: ["c.txt"] },
        { id: "d", files: ["d.txt"], dependencies: ["a"] },
      ],
    },
    writes: {
      a: { "a.txt": "ONE\n", "new.txt": "new\n" },
      b: { "a.txt": "ONE\ntwo\n" },
      c: { "c.txt": "c\n" },
      d: { "d.txt": "d\n" },
    },
    ports: { mergeKind: () => setting ?? "squash", canApprove: () => true },
  });
  afterEach(() => (setting = undefined));
  const git = (...args: readonly string[]) => r.repo.git(...args);
  const has = (path: string) => existsSync(join(r.repo.dir, path));
  const parents = () => git("log", "-1", "--format=%P", "main").split(" ");
  const result = (id: string) => subtaskState(r.run.state(), id)?.result?.commit ?? "";
  const start = () => git("rev-list", "--max-parents=0", "main");

  it("as a merge commit has the result as its second parent, and is undone by a revert", async () => {
    const before = git("rev-parse", "main");
    await r.run.accept("a", { merge: "merge" });
    deepEqual(parents(), [before, result("a")]);
    match(git("log", "-1", "--format=%B", "main"), /^Wrote a\n\nBraid-Run: \S+\nBraid-Subtask: a$/u);
    equal(git("log", "-1", "--format=%an", "main"), "Ada");
    equal(git("status", "--porcelain"), "");
    await r.run.merges.undo("a");
    equal(r.repo.read("a.txt"), "one\n");
    equal(r.decision("a"), "open");
    await r.run.accept("a", { merge: "merge" });
    equal(r.repo.read("a.txt"), "ONE\n");
  });

  it("as a merge commit of a part has that part as its second parent, and nothing else in its history", async () => {
    const { base, commit } = await r.review("a");
    const selection = { base, commit, files: [{ path: "a.txt", take: "all" as const }] };
    await r.run.accept("a", { merge: "merge", selection });
    const [, second = ""] = parents();
    equal(git("show", "--format=", "--name-only", second), "a.txt");
    equal(git("log", "--format=%h", "main", "--", "new.txt"), "");
  });

  it("as a merge commit goes through the user's hooks", async () => {
    const hook = join(r.repo.dir, ".git/hooks/commit-msg");
    r.repo.write(".git/hooks/commit-msg", '#!/bin/sh\nprintf "\\nSeen-By: hook\\n" >> "$1"\n');
    chmodSync(hook, 0o755);
    answering(r.run, "once");
    const before = git("rev-parse", "main");
    await r.run.accept("a", { merge: "merge" });
    deepEqual(parents(), [before, result("a")]);
    match(git("log", "-1", "--format=%B", "main"), /Seen-By: hook/u);
  });

  it("several as merge commits make a chain", async () => {
    const outcomes = await r.run.merges.acceptAll([{ subtask: "a" }, { subtask: "c" }], undefined, "merge");
    deepEqual(
      outcomes.map(({ kind }) => kind),
      ["accepted", "accepted"],
    );
    equal(git("rev-list", "--first-parent", "--count", "main"), "3");
    equal(parents()[1], result("c"));
  });

  /** What `d` rests on, and what of it stays out. */
  const TURNED_DOWN: readonly (readonly [string, () => Promise<unknown>])[] = [
    ["rejected", () => r.run.reject("a", "a secret")],
    [
      "taken in part",
      async () => {
        const { base, commit } = await r.review("a");
        await r.run.accept("a", { selection: { base, commit, files: [{ path: "a.txt", take: "all" }] } });
      },
    ],
    [
      "tried again",
      async () => {
        await r.run.retry("a", "again");
        await r.run.idle();
        await r.run.accept("a");
      },
    ],
  ];
  for (const [what, decide] of TURNED_DOWN)
    it(`as a merge commit does not bring into the history what was ${what}; as one commit it goes in`, async () => {
      const turnedDown = result("a");
      await decide();
      await r.refused(
        "run.state",
        () => r.run.accept("d", { merge: "merge" }),
        /bring into the history of main what was turned down of "a".*--merge squash/su,
      );
      await r.run.accept("d");
      equal(git("branch", "--contains", turnedDown), "");
    });

  it("as a merge commit does not bring what goes in before it only in part", async () => {
    const { base, commit } = await r.review("a");
    const selection = { base, commit, files: [{ path: "a.txt", take: "all" as const }] };
    const outcomes = await r.run.merges.acceptAll([{ subtask: "a", selection }, { subtask: "d" }], undefined, "merge");
    deepEqual(
      outcomes.map(({ kind }) => kind),
      ["accepted", "refused"],
    );
    equal(git("branch", "--contains", commit), "");
  });

  it("staged: index and files move, the branch stays, and undo takes it back", async () => {
    r.repo.write("other.txt", "mine\n");
    await r.run.accept("a", { merge: "stage" });
    equal(git("rev-parse", "main"), start());
    deepEqual(git("status", "--porcelain").split("\n").toSorted(), [" M other.txt", "A  new.txt", "M  a.txt"]);
    equal(r.decision("a"), "accepted");
    equal(
      r.run.view.waves.flatMap((wave) => wave.subtasks).find((s) => s.id === "a")?.reason,
      "is staged for you to commit",
    );
    await r.run.merges.undo("a");
    equal(git("status", "--porcelain"), " M other.txt");
    deepEqual([r.repo.read("a.txt"), has("new.txt"), r.decision("a")], ["one\n", false, "open"]);
    await r.run.accept("a", { merge: "stage" });
    equal(git("diff", "--cached", "--name-only"), "a.txt\nnew.txt");
  });

  it("staged and then committed by the user: undo is a revert commit", async () => {
    await r.run.accept("a", { merge: "stage" });
    git("commit", "-qm", "mine");
    await r.run.merges.undo("a");
    equal(git("log", "-1", "--format=%s"), 'Revert "Wrote a"');
    equal(r.repo.read("a.txt"), "one\n");
    equal(git("status", "--porcelain"), "");
  });

  it("staged and then taken out by the user: undo has nothing to do", async () => {
    await r.run.accept("a", { merge: "stage" });
    git("reset", "-q", "--hard");
    await r.run.merges.undo("a");
    equal(git("rev-parse", "main"), start());
    equal(r.decision("a"), "open");
  });

  it("staged and then changed: undo is refused and says how to do it by hand", async () => {
    await r.run.accept("a", { merge: "stage" });
    r.repo.write("a.txt", "mine\n");
    git("add", "a.txt");
    await r.refused(
      "tree.dirty",
      () => r.run.merges.undo("a"),
      /changed since.*git restore --staged --worktree a\.txt/u,
    );
    equal(r.repo.read("a.txt"), "mine\n");
    equal(r.decision("a"), "accepted");
  });

  it("staged with work of the user's in a file since: undo is refused, and the work is there", async () => {
    await r.run.accept("a", { merge: "stage" });
    r.repo.write("new.txt", "mine\n");
    await r.refused("tree.dirty", () => r.run.merges.undo("a"), /new\.txt/u);
    equal(r.repo.read("new.txt"), "mine\n");
    equal(r.decision("a"), "accepted");
  });

  it("staged: a dependent goes in with what it rests on, in one step", async () => {
    await r.run.accept("b", { merge: "stage", withDependencies: true });
    equal(git("diff", "--cached", "--name-only"), "a.txt\nnew.txt");
    equal(r.repo.read("a.txt"), "ONE\ntwo\n");
    await r.run.merges.undo("b");
    equal(r.repo.read("a.txt"), "ONE\n");
    await r.run.merges.undo("a");
    equal(git("status", "--porcelain"), "");
  });

  it("staged by a run that was taken over in the moment of the undo: nothing is taken back", async () => {
    await r.run.accept("c", { merge: "stage" });
    await moveFence(await openRepository(r.repo.dir), r.run.id);
    await r.refused("run.busy", () => r.run.merges.undo("c"), /taken over.*nothing was moved/u);
    equal(git("diff", "--cached", "--name-only"), "c.txt");
    equal(r.decision("c"), "accepted");
  });

  for (const when of ["before", "in"] as const)
    it(`staged and committed ${when} the moment the branch is held for an undo: the commit stands`, async () => {
      await r.run.accept("c", { merge: "stage" });
      const { commit } = Object(subtaskState(r.run.state(), "c")?.decision) as { commit: string };
      const seen = start();
      const fence = {
        ref: newFence("r0000000").ref,
        // It is read as git is asked for the lock.
        get at() {
          if (when === "in") git("commit", "-qm", "mine");
          return null;
        },
      };
      if (when === "before") git("commit", "-qm", "mine");
      const repo = await openRepository(r.repo.dir);
      const undone = unstageCommit(repo, { target: "refs/heads/main", seen, commit, fence });
      await rejects(undone, failsWith("target.moved"));
      equal(git("status", "--porcelain"), "");
      ok(has("c.txt"));
    });

  it("staged is refused where the branch is not checked out", async () => {
    git("switch", "-qc", "other");
    await r.refused(
      "run.state",
      () => r.run.accept("a", { merge: "stage" }),
      /main is not checked out.*Check main out/u,
    );
    equal(git("status", "--porcelain"), "");
    equal(r.decision("a"), "open");
  });

  it("staged is refused over the user's changes, which stay", async () => {
    r.repo.write("a.txt", "mine\n");
    await r.refused("tree.dirty", () => r.run.accept("a", { merge: "stage" }), /a\.txt/u);
    equal(r.repo.read("a.txt"), "mine\n");
    equal(has("new.txt"), false);
  });

  it("as the setting says, unless the decision says otherwise", async () => {
    setting = "stage";
    await r.run.accept("c");
    equal(git("diff", "--cached", "--name-only"), "c.txt");
    await r.run.accept("a", { merge: "squash" });
    equal(git("rev-list", "--count", "main"), "2");
    equal(git("diff", "--cached", "--name-only"), "c.txt");
  });

  /** The process goes away between the intent in the log and its end. */
  const CRASHES: readonly (readonly [string, (kind: { commit: string }) => Promise<void>, string])[] = [
    ["before anything moved", async () => undefined, "open"],
    [
      "after index and files moved",
      async ({ commit }) =>
        stageCommit(await openRepository(r.repo.dir), {
          target: "refs/heads/main",
          seen: start(),
          commit,
          fence: newFence("r0000000"),
        }),
      "accepted",
    ],
  ];
  for (const [when, move, decision] of CRASHES)
    it(`staged by a process that went away ${when}: ${decision}`, async () => {
      await r.run.accept("c", { merge: "stage" });
      const { commit } = Object(subtaskState(r.run.state(), "c")?.decision) as { commit: string };
      await r.run.merges.undo("c");
      const seen = start();
      await r.run.record({ type: "accept.started", subtask: "c", seen, commit, how: "stage", leftOut: [] });
      await move({ commit });
      await r.reopen();
      equal(r.decision("c"), decision);
      equal(git("diff", "--cached", "--name-only"), decision === "accepted" ? "c.txt" : "");
      equal(has("c.txt"), decision === "accepted");
    });

  for (const moved of [false, true])
    it(`an undo of what is staged whose process went away ${moved ? "after" : "before"} it moved: ${moved ? "open" : "accepted"}`, async () => {
      await r.run.accept("c", { merge: "stage" });
      const { commit } = Object(subtaskState(r.run.state(), "c")?.decision) as { commit: string };
      const seen = start();
      await r.run.record({ type: "undo.started", subtask: "c", seen: commit, commit: seen, how: "stage" });
      if (moved)
        await unstageCommit(await openRepository(r.repo.dir), {
          target: "refs/heads/main",
          seen,
          commit,
          fence: newFence("r0000000"),
        });
      await r.reopen();
      equal(r.decision("c"), moved ? "open" : "accepted");
      ok(has("c.txt") !== moved);
    });
});
