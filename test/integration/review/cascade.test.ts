import { deepEqual, equal, match } from "node:assert/strict";
import { failure } from "../../../src/core/failure";
import { subtaskState } from "../../../src/core/state/state";
import { subtasksOf } from "../../../src/core/state/view";
import { readPassing } from "../../../src/run/accept/read-passing";
import { rerunWithout } from "../../../src/run/attempt/rerun-without";
import type { Run } from "../../../src/run/run";
import { useReviewRun } from "../../support/review-run";

const LINES = Array.from({ length: 30 }, (_, i) => `line ${i + 1}`);
function text(changes: Readonly<Record<number, string>> = {}): string {
  return `${LINES.map((line, i) => changes[i + 1] ?? line).join("\n")}\n`;
}

describe("what rests on a rejected result", function () {
  this.timeout(60_000);
  const t = useReviewRun({
    files: { "file.txt": text() },
    plan: {
      subtasks: [
        { id: "low" },
        { id: "apart", dependencies: ["low"] },
        { id: "close", dependencies: ["low"] },
        { id: "top", dependencies: ["apart"] },
        { id: "idle", dependencies: ["low"] },
      ],
    },
    writes: {
      low: { "file.txt": text({ 2: "low" }), "low.txt": "low\n" },
      apart: (attempt) => ({ "file.txt": text({ ...(attempt === 1 ? { 2: "low" } : {}), 28: "apart" }) }),
      close: { "file.txt": text({ 2: "low and close" }) },
      top: { "file.txt": text({ 2: "low", 15: "top", 28: "apart" }) },
      idle: { "low.txt": "low\n" },
    },
  });
  const view = (id: string) => subtasksOf(t.run.view).find((s) => s.id === id);
  const content = (id: string) =>
    t.repo.git("show", `${subtaskState(t.run.state(), id)?.result?.commit ?? ""}:file.txt`);

  beforeEach(async () => {
    deepEqual(view("apart")?.rejectedBeneath, []);
    await t.run.reject("low", "no");
  });

  it("says so, near and far", () => {
    deepEqual(
      ["apart", "close", "top"].map((id) => [view(id)?.rejectedBeneath, view(id)?.reason]),
      Array.from({ length: 3 }, () => [["low"], "was built on low, which was rejected"]),
    );
    deepEqual(view("apart")?.restsOn, ["low"]);
  });

  it("is rebased without it, reviewed like any result, and accepted; in another process, too", async () => {
    const { commit } = await t.review("apart");
    await t.run.merges.rebase("apart", commit);
    const { files, base, attempt, restsOnRejected, risks } = await t.review("apart");
    deepEqual([base, attempt, restsOnRejected], [t.run.state().base, 2, []]);
    deepEqual(
      files.map(({ path, hunks }) => [path, hunks.length]),
      [["file.txt", 1]],
    );
    equal(content("apart"), text({ 28: "apart" }).trimEnd());
    deepEqual(risks, []); // The plan has no check that could be missing.
    // What was built on the one from before still has low beneath it.
    deepEqual(view("top")?.rejectedBeneath, ["low"]);
    await t.refused("run.state", () => t.run.merges.rebase("apart"), /built on nothing that was rejected/u);
    const run = await t.reopen();
    equal(view("apart")?.attempt, 2);
    await run.merges.rebase("top");
    equal(content("top"), text({ 15: "top", 28: "apart" }).trimEnd());
    deepEqual([view("top")?.rejectedBeneath, view("top")?.restsOn], [[], ["apart"]]);
    await run.accept("top", { withDependencies: true });
    equal(t.repo.read("file.txt"), text({ 15: "top", 28: "apart" }));
    equal(t.repo.git("ls-tree", "--name-only", "main"), "file.txt");
  });

  it("says where it cannot do without, and stays as it was", async () => {
    const before = subtaskState(t.run.state(), "close");
    await t.refused(
      "merge.conflict",
      () => t.run.merges.rebase("close"),
      /"close" cannot do without "low": it conflicts in file\.txt.*braid retry RUN close --without low.*both changed the same lines/su,
    );
    equal(subtaskState(t.run.state(), "close")?.result, before?.result);
  });

  it("is done again without it", async () => {
    await rerunWithout(t.run, "apart");
    await t.run.idle();
    deepEqual([view("apart")?.attempt, view("apart")?.rejectedBeneath, view("apart")?.restsOn], [2, [], []]);
    equal(content("apart"), text({ 28: "apart" }).trimEnd());
    // One that rests on it only by way of another starts without by itself.
    await rerunWithout(t.run, "top");
    await t.run.idle();
    deepEqual([view("top")?.rejectedBeneath, view("top")?.restsOn], [[], ["apart"]]);
    await t.refused("run.state", () => rerunWithout(t.run, "top"), /rests on nothing that was rejected/u);
  });

  it("and waits in vain goes on without it", async () => {
    await t.run.retry("close");
    await t.run.idle();
    match(`${view("close")?.status} ${view("close")?.reason}`, /blocked low did not finish/u);
    deepEqual(view("close")?.rejectedBeneath, ["low"]);
    await rerunWithout(t.run, "close");
    await t.run.idle();
    deepEqual([view("close")?.status, view("close")?.rejectedBeneath], ["review", []]);
  });

  it("is refused of a result that is not the one shown, or is decided", async () => {
    await t.refused(
      "run.state",
      () => t.run.merges.rebase("apart", "0".repeat(40)),
      /newer result than the one shown/u,
    );
    await t.run.reject("apart", "no");
    await t.refused("run.state", () => t.run.merges.rebase("apart"), /no result that could be rebased/u);
    await t.refused("run.state", () => t.run.merges.rebase("nobody"), /no subtask "nobody"/u);
  });
});

describe("a rebased result that the plan has checks for", function () {
  this.timeout(60_000);
  const t = useReviewRun({
    files: {
      "file.txt": text(),
      "package.json": JSON.stringify({ scripts: { "has-high": "grep -q high file.txt" } }),
    },
    plan: {
      subtasks: [
        { id: "low" },
        { id: "high", dependencies: ["low"], verify: ["grep -q high file.txt", "test -e low.txt"] },
        { id: "scripted", dependencies: ["low"], verify: ["has-high"] },
      ],
    },
    writes: {
      low: { "low.txt": "low\n" },
      high: { "file.txt": text({ 28: "high" }) },
      scripted: { "file.txt": text({ 28: "high" }) },
    },
    ports: { manyFiles: 0 },
  });

  it("is checked as it stands now, and says what is red without what it rested on", async () => {
    await t.run.reject("low", "no");
    await t.run.merges.rebase("high");
    const { checks, attempt, worktree } = subtaskState(t.run.state(), "high") ?? {};
    deepEqual([attempt, worktree], [2, null]);
    deepEqual(
      checks?.map(({ command, passed }) => [command, passed]),
      [
        ["grep -q high file.txt", true],
        ["test -e low.txt", false],
      ],
    );
    match((await t.review("high")).risks.map(({ message }) => message).join(" "), /Fails "test -e low\.txt"/u);
    equal(t.repo.git("worktree", "list").split("\n").length, 1);
    await t.reopen();
    equal(subtaskState(t.run.state(), "high")?.checks.length, 2);
  });

  it("is checked by scripts of its package, too, where its files come as they are asked for", async () => {
    await t.run.reject("low", "no");
    await t.run.merges.rebase("scripted");
    deepEqual(
      subtaskState(t.run.state(), "scripted")?.checks.map(({ command, passed }) => [command, passed]),
      [["has-high", true]],
    );
  });

  it("warns where they could not be run", async () => {
    await t.run.reject("low", "no");
    const missing = failure("sandbox.missing", "There is no sandbox in this test.");
    const run = await t.reopen({ findSandbox: async () => ({ ok: false, failure: missing }) });
    await run.merges.rebase("high");
    match(
      (await t.review("high")).risks.map(({ message }) => message).join(" "),
      /Was not checked by `grep -q high file\.txt`, `test -e low\.txt`/u,
    );
    const { accept, left } = await readPassing(run.ports.repo, run.state());
    deepEqual(
      [accept.includes("high"), left.find(({ subtask }) => subtask === "high")?.reason],
      [false, "`grep -q high file.txt` was not run on it."],
    );
  });

  for (const [what, decided] of [
    ["rejected", (run: Run) => run.reject("high", "no")],
    ["tried again", (run: Run) => run.retry("high", undefined, "user", { without: ["low"] })],
  ] as const)
    it(`is no result where it was ${what} while the checks ran`, async () => {
      await t.run.reject("low", "no");
      let decides: Promise<void> | undefined;
      const missing = failure("sandbox.missing", "There is no sandbox in this test.");
      const run = await t.reopen({
        findSandbox: async () => {
          await (decides ??= decided(run));
          return { ok: false, failure: missing };
        },
      });
      const events: string[] = [];
      run.onDidRecord(({ event }) => void events.push(event.type));
      await t.refused("run.state", () => run.merges.rebase("high"), /"high" was not rebased, as it changed meanwhile/u);
      equal(events.includes("subtask.rebased"), false);
    });
});
