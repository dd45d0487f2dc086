import { deepEqual, equal, match, ok, rejects } from "node:assert/strict";
import { BraidError, type FailureCode } from "../../../src/core/failure";
import { Plan } from "../../../src/core/plan/plan";
import type { Selection } from "../../../src/core/review/selection";
import { subtaskState } from "../../../src/core/state/state";
import { readReview } from "../../../src/run/accept/read-review";
import { Run } from "../../../src/run/run";
import { fileWriter, portsFor, type Writes } from "../../support/scripted-worker";
import { tempFolder, tempRepo, type TempRepo } from "../../support/temp-repo";

const LINES = Array.from({ length: 40 }, (_, i) => `line ${i + 1}`);
/** The file with these lines replaced. */
function text(changes: Readonly<Record<number, string>> = {}): string {
  return `${LINES.map((line, i) => changes[i + 1] ?? line).join("\n")}\n`;
}

const A = { 2: "A top", 20: "A middle", 38: "A bottom" };
const WRITES: Writes = {
  a: { "file.txt": text(A) },
  // It works on whatever it finds; what it finds holds all of A at first.
  b: (attempt) => ({
    "file.txt": text({ ...(attempt === 1 ? A : { 2: A[2], 38: A[38] }), 30: "B was here" }),
    "b.txt": "b\n",
  }),
};
const PLAN = Plan.parse({ task: "t", subtasks: [{ id: "a" }, { id: "b", dependencies: ["a"] }] });

describe("a hunk that was turned down", function () {
  this.timeout(60_000);
  let repo: TempRepo;
  let trees: ReturnType<typeof tempFolder>;
  let run: Run;
  const WITHOUT = text({ 2: A[2], 38: A[38] });
  const BOTH = text({ 2: A[2], 38: A[38], 30: "B was here" });

  beforeEach(async () => {
    repo = tempRepo({ "file.txt": text() });
    trees = tempFolder();
    run = await Run.create(await portsFor(repo.dir, trees.dir, fileWriter(WRITES)), "g", {
      concurrency: 2,
      attempts: 1,
    });
    await run.approve(PLAN);
    await run.idle();
  });
  afterEach(async () => {
    await run.close();
    repo.dispose();
    trees.dispose();
  });

  const review = (id: string) => readReview(run.ports.repo, run.state(), id);
  /** Everything of a result but one hunk. */
  async function without(id: string, number: number): Promise<Selection> {
    const { base, commit, files } = await review(id);
    equal(files[0]?.path, "file.txt");
    const numbers = (files[0]?.parts ?? []).filter((n) => n !== number);
    return { base, commit, files: [{ path: "file.txt", take: numbers }] };
  }
  const acceptPartOfA = async () => run.accept("a", { selection: await without("a", 2), reason: "not the middle" });

  it("does not come with what was built on it", async () => {
    await acceptPartOfA();
    equal(repo.read("file.txt"), WITHOUT);
    await run.accept("b");
    equal(repo.read("file.txt"), BOTH);
    equal(repo.read("b.txt"), "b\n");
    equal(repo.git("status", "--porcelain"), "");
  });

  it("nor after a retry of that, which starts from what was taken", async () => {
    await acceptPartOfA();
    await run.retry("b");
    await run.idle();
    const b = subtaskState(run.state(), "b");
    equal(repo.git("show", `${b?.base ?? ""}:file.txt`), WITHOUT.trimEnd());
    await run.accept("b");
    equal(repo.read("file.txt"), BOTH);
  });

  it("nor after undo and redo of both", async () => {
    await acceptPartOfA();
    await run.accept("b");
    await run.merges.undo("b");
    equal(repo.read("file.txt"), WITHOUT);
    await run.merges.undo("a");
    equal(repo.read("file.txt"), text());
    equal(repo.git("rev-list", "--count", "HEAD"), "5");
    await run.accept("a");
    equal(repo.read("file.txt"), WITHOUT);
    await run.accept("b");
    equal(repo.read("file.txt"), BOTH);
    equal(repo.git("status", "--porcelain"), "");
  });

  it("nor with a subtask that rests on the dependent", async () => {
    const more = Plan.parse({ task: "t", subtasks: [...PLAN.subtasks, { id: "c", dependencies: ["b"] }] });
    const writes: Writes = { ...WRITES, c: { "c.txt": "c\n" } };
    const second = await Run.create(await portsFor(repo.dir, trees.dir, fileWriter(writes)), "g", {
      concurrency: 1,
      attempts: 1,
    });
    await second.approve(more, ["c"]);
    await second.idle();
    const { base, commit, files } = await readReview(second.ports.repo, second.state(), "a");
    const take = (files[0]?.parts ?? []).filter((n) => n !== 2);
    await second.accept("a", { selection: { base, commit, files: [{ path: "file.txt", take }] } });
    await second.close();
    const third = await Run.open(await portsFor(repo.dir, trees.dir, fileWriter(writes)), second.id);
    // As if c had only now become possible: it starts from b, and b was built on all of a.
    await third.retry("c");
    await third.idle();
    const c = subtaskState(third.state(), "c");
    equal(repo.git("show", `${c?.base ?? ""}:file.txt`), BOTH.trimEnd());
    await third.close();
  });

  it("is told, and offered unticked, when another attempt brings it again", async () => {
    await acceptPartOfA();
    await run.merges.undo("a");
    await run.retry("a");
    await run.idle();
    const { files, choices, risks, attempt } = await review("a");
    equal(attempt, 2);
    deepEqual(files[0]?.leftOut, [2]);
    deepEqual(choices, [{ path: "file.txt", take: [1, 3] }]);
    ok(risks.some((risk) => risk.kind === "again" && /Brings back.*file\.txt/u.test(risk.message)));
    await run.accept("a");
    equal(repo.read("file.txt"), WITHOUT);
  });

  it("goes in when somebody takes it by name", async () => {
    await acceptPartOfA();
    await run.merges.undo("a");
    const { base, commit } = await review("a");
    await run.accept("a", { selection: { base, commit, files: "all" } });
    equal(repo.read("file.txt"), text(A));
    deepEqual(subtaskState(run.state(), "a")?.leftOut, []);
  });

  it("is in the log, with the reason", async () => {
    const events: string[] = [];
    run.onDidRecord(({ event }) => events.push(JSON.stringify(event)));
    await acceptPartOfA();
    match(events.join("\n"), /accept\.started.*"take":\[1,3\].*"number":2.*-line 20.*\+A middle.*not the middle/u);
    const taken = subtaskState(run.state(), "a")?.decision;
    ok(taken?.kind === "accepted" && taken.taken !== null);
    // What was taken outlives a collection of garbage.
    repo.git("reflog", "expire", "--expire=now", "--all");
    repo.git("gc", "-q", "--prune=now");
    equal(repo.git("show", `${taken.taken.commit}:file.txt`), WITHOUT.trimEnd());
  });

  const refused = async (code: FailureCode, act: () => Promise<unknown>, words: RegExp) => {
    const head = repo.git("rev-parse", "HEAD");
    await rejects(act, (error: unknown) => {
      ok(error instanceof BraidError, String(error));
      equal(error.failure.code, code, error.failure.message);
      match(`${error.failure.message} ${error.failure.hint ?? ""}`, words);
      return true;
    });
    equal(repo.git("rev-parse", "HEAD"), head);
  };

  it("of nothing at all is refused", () =>
    refused(
      "result.missing",
      async () => run.accept("a", { selection: { ...(await without("a", 1)), files: [] } }),
      /Nothing of "a" is chosen.*or reject/u,
    ));
  it("of a result that changed since is refused", () =>
    refused(
      "run.state",
      async () => run.accept("a", { selection: { ...(await without("a", 1)), commit: "0".repeat(40) } }),
      /newer result than the one shown/u,
    ));
  it("of a branch that moved since is refused", async () => {
    const target = repo.git("rev-parse", "HEAD");
    repo.write("mine.txt", "1\n");
    repo.commit("mine");
    await refused("target.moved", () => run.accept("a", { target }), /main moved while you were looking/u);
  });
  it("cannot be undone where what came after changed the same lines", async () => {
    await acceptPartOfA();
    repo.write("file.txt", WITHOUT.replace("A top", "mine"));
    repo.commit("mine");
    await refused(
      "merge.conflict",
      () => run.merges.undo("a"),
      /"a" cannot be undone: file\.txt changed since.*git revert/u,
    );
    equal(subtaskState(run.state(), "a")?.decision.kind, "accepted");
    await refused("run.state", () => run.merges.undo("b"), /"b" is not accepted/u);
  });
  /** The accept is on the branch still, by another name. */
  const REWRITTEN: readonly (readonly [string, () => unknown])[] = [
    ["amended", () => repo.git("commit", "-q", "--amend", "-m", "my words")],
    [
      "rebased",
      () => {
        repo.git("switch", "-qc", "upstream", "HEAD~1");
        repo.write("upstream.txt", "1\n");
        repo.commit("upstream");
        repo.git("switch", "-q", "main");
        repo.git("rebase", "-q", "upstream");
      },
    ],
  ];
  for (const [how, rewrite] of REWRITTEN)
    it(`is undone where somebody ${how} the accept since`, async () => {
      await run.accept("b", { withDependencies: true });
      rewrite();
      const tip = repo.git("rev-parse", "main");
      await run.merges.undo("b");
      equal(repo.git("rev-parse", "main~1"), tip);
      deepEqual([repo.read("file.txt"), repo.git("ls-files", "b.txt")], [text(A), ""]);
      equal(subtaskState(run.state(), "b")?.decision.kind, "open");
    });
  it("is not said to be undone where it was rebased and its lines changed since", async () => {
    await acceptPartOfA();
    REWRITTEN[1]?.[1]();
    repo.write("file.txt", WITHOUT.replace("A top", "mine"));
    repo.commit("mine");
    await refused("merge.conflict", () => run.merges.undo("a"), /"a" cannot be undone: file\.txt changed since/u);
    equal(subtaskState(run.state(), "a")?.decision.kind, "accepted");
  });
  it("is open again where somebody reset the accept away and changed the same lines", async () => {
    await acceptPartOfA();
    repo.git("reset", "-q", "--hard", "HEAD~1");
    repo.write("file.txt", text({ 2: "mine" }));
    repo.commit("mine");
    const head = repo.git("rev-parse", "HEAD");
    await run.merges.undo("a");
    equal(repo.git("rev-parse", "HEAD"), head);
    equal(subtaskState(run.state(), "a")?.decision.kind, "open");
  });
  it("is open again where somebody reset the accept away", async () => {
    const before = repo.git("rev-parse", "HEAD");
    await acceptPartOfA();
    repo.git("reset", "-q", "--hard", before);
    await run.merges.undo("a");
    equal(repo.git("rev-parse", "HEAD"), before);
    equal(subtaskState(run.state(), "a")?.decision.kind, "open");
  });
});
