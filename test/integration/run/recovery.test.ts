import { toChunked, valueAt, valuesOf } from "../../../src/core/state/chunked";
import { deepEqual, equal, match, ok } from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { existsSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { RunEvent } from "../../../src/core/state/events";
import { evolve } from "../../../src/core/state/fold";
import type { RunState } from "../../../src/core/state/state";
import { openRepository, type Repository } from "../../../src/git/repository";
import { commitResult } from "../../../src/git/commit";
import { addWorktree, checkOut, type Worktree } from "../../../src/git/worktree";
import { roleOf } from "../../../src/agent/roles";
import type { UserRoles } from "../../../src/run/attempt/user-roles";
import type { RunPorts } from "../../../src/run/ports";
import { reconcile } from "../../../src/run/log/recovery";
import { approved, created, finished, planOf, proposed, retried, started, stateAfter } from "../../support/builders";
import { ScriptedModel } from "../../support/scripted-model";
import { tempFolder, tempRepo, type TempRepo } from "../../support/temp-repo";

const PLAN = planOf({ id: "a", agent: "implementer" }, { id: "b", agent: "researcher" });

let temp: TempRepo;
let out: ReturnType<typeof tempFolder>;
let repo: Repository;
let base: string;
let ports: RunPorts;
let logged: string[];
beforeEach(async () => {
  temp = tempRepo({ "a.txt": "a\n", "b.txt": "b\n" });
  out = tempFolder();
  repo = await openRepository(temp.dir);
  base = temp.git("rev-parse", "main");
  logged = [];
  ports = {
    repo,
    model: new ScriptedModel([]),
    resolveModel: (name) => name,
    worktreeRoot: out.dir,
    now: () => 0,
    log: (line) => logged.push(line),
  };
});
afterEach(() => {
  temp.dispose();
  out.dispose();
});

const begun = (): readonly RunEvent[] => [created(), proposed(PLAN), approved(PLAN)];

/** The log of a run killed while `subtask` ran in a worktree; the first subtask has position 0. */
async function running(subtask: "a" | "b"): Promise<{ readonly state: RunState; readonly worktree: Worktree }> {
  const name = `r0000001-${subtask === "a" ? 1 : 2}-1`;
  const worktree = await addWorktree(repo, join(out.dir, name, "tree"), base);
  const state = stateAfter(...begun(), { ...started(subtask), base, worktree: name } as RunEvent);
  return { state, worktree };
}

const after = (state: RunState, events: readonly RunEvent[]): RunState =>
  events.reduce((folded, event) => evolve(folded, { seq: folded.seq + 1, at: 0, event }), state);

describe("an attempt that ran when the process died", () => {
  it("keeps what it had done as its result", async () => {
    const { state, worktree } = await running("a");
    await checkOut(worktree);
    writeFileSync(join(worktree.dir, "new.txt"), "half\n");
    const [event, ...more] = await reconcile(ports, state);
    deepEqual(more, []);
    ok(event?.type === "subtask.failed" && event.result !== null);
    equal(event.failure.code, "run.interrupted");
    deepEqual(event.result.files, [{ path: "new.txt", status: "added", added: 1, deleted: 0 }]);
    equal(temp.git("rev-parse", "refs/braid/r0000001/1/1"), event.result.commit);
    equal(temp.git("rev-parse", `${event.result.commit}^`), base);
    ok(!existsSync(dirname(worktree.dir)));
  });

  it("keeps what it had done beside a pipe it left for a file, and names that", async () => {
    const { state, worktree } = await running("a");
    await checkOut(worktree);
    writeFileSync(join(worktree.dir, "new.txt"), "half\n");
    rmSync(join(worktree.dir, "a.txt"));
    execFileSync("mkfifo", [join(worktree.dir, "a.txt")]);
    const [event] = await reconcile(ports, state);
    ok(event?.type === "subtask.failed" && event.result?.files.length === 1);
    equal(event.failure.hint, "Resume the run to try it again. a.txt is a named pipe: git cannot keep that.");
  });

  it("has no result when nothing changed, when its files never were all there, or when its role may not write", async () => {
    const unchanged = await running("a");
    await checkOut(unchanged.worktree);
    const halfThere = () => writeFileSync(join(out.dir, "r0000001-1-1/tree/a.txt"), "a\n");
    const prepared: readonly (() => Promise<RunState>)[] = [
      async () => unchanged.state,
      async () => {
        const { state } = await running("a");
        halfThere();
        return state;
      },
      async () => {
        const { state, worktree } = await running("b");
        await checkOut(worktree);
        writeFileSync(join(worktree.dir, "new.txt"), "stray\n");
        return state;
      },
    ];
    for (const prepare of prepared) {
      const [event] = await reconcile(ports, await prepare());
      ok(event?.type === "subtask.failed");
      equal(event.result, null);
      equal(temp.git("for-each-ref", "refs/braid"), "");
      equal(temp.git("worktree", "list").split("\n").length, 1);
    }
  });

  it("keeps what a role of the user's own had done", async () => {
    const { state, worktree } = await running("a");
    await checkOut(worktree);
    writeFileSync(join(worktree.dir, "new.txt"), "half\n");
    const painters = valuesOf(state.subtasks).map((s) => ({ ...s, subtask: { ...s.subtask, agent: "painter" } }));
    const subtasks = toChunked(painters);
    const painted = { ...state, subtasks };
    const role = { ...roleOf("implementer"), name: "painter" };
    const roles: UserRoles = new Map([["painter", { role, description: "", path: "", frontMatter: {} }]]);
    const [event] = await reconcile(ports, painted, roles);
    ok(event?.type === "subtask.failed");
    equal(event.result?.files[0]?.path, "new.txt");
  });

  it("waits for a git process that outlived the one it worked for", async () => {
    const { state, worktree } = await running("a");
    await checkOut(worktree);
    writeFileSync(join(worktree.dir, "new.txt"), "half\n");
    const lock = join(worktree.gitDir, "index.lock");
    writeFileSync(lock, "");
    const orphan = setTimeout(() => rmSync(lock), 300);
    const [event] = await reconcile(ports, state);
    clearTimeout(orphan);
    ok(event?.type === "subtask.failed" && event.result !== null);
    equal(event.result.files[0]?.path, "new.txt");
  });

  it("has the result it had made when its folder was being taken away, and nothing is said to be left there", async () => {
    const { state, worktree } = await running("a");
    await checkOut(worktree);
    writeFileSync(join(worktree.dir, "new.txt"), "whole\n");
    const options = { base, ref: "refs/braid/r0000001/1/1", message: "a: done" };
    const result = await commitResult(repo, worktree, options);
    renameSync(worktree.dir, `${worktree.dir}-gone`);
    const [event] = await reconcile(ports, state);
    ok(event?.type === "subtask.failed");
    deepEqual(event.result, result);
    deepEqual([event.failure.code, event.failure.detail], ["run.interrupted", undefined]);
    ok(!existsSync(dirname(worktree.dir)));
  });

  it("gives its name back when a git that outlived its Braid has made its worktree", async () => {
    const { worktree } = await running("a");
    await running("a");
    equal(temp.git("worktree", "list").split("\n").length, 2);
    // A folder nobody told git of is no worktree yet.
    rmSync(worktree.gitDir, { recursive: true });
    await running("a");
    equal(temp.git("worktree", "list").split("\n").length, 2);
  });

  it("leaves the folder when the work cannot be committed, until the subtask is tried again", async () => {
    const { state, worktree } = await running("a");
    await checkOut(worktree);
    writeFileSync(join(worktree.dir, "new.txt"), "half\n");
    writeFileSync(join(worktree.gitDir, "index.lock"), "");
    const events = await reconcile(ports, state);
    const [event] = events;
    ok(event?.type === "subtask.failed");
    equal(event.result, null);
    match(event.failure.hint ?? "", new RegExp(`still in ${worktree.dir}`, "u"));
    match(logged.join("\n"), /not committed/u);
    ok(existsSync(join(worktree.dir, "new.txt")));

    const failed = after(state, events);
    deepEqual(await reconcile(ports, failed), []);
    ok(existsSync(join(worktree.dir, "new.txt")));
    await reconcile(ports, after(failed, [retried("a")]));
    ok(!existsSync(dirname(worktree.dir)));
  });
});

describe("planning that was under way when the process died", () => {
  it("has failed", async () => {
    const [event, ...more] = await reconcile(ports, stateAfter(created()));
    deepEqual(more, []);
    ok(event?.type === "plan.failed");
    deepEqual(event.failure, {
      code: "run.interrupted",
      message: "Braid was closed while it was planning.",
      hint: "Resume the run: planning goes on.",
    });
    deepEqual(await reconcile(ports, after(stateAfter(created()), [event])), []);
  });

  it("has not when there is a plan", async () => {
    deepEqual(await reconcile(ports, stateAfter(created(), proposed(PLAN))), []);
  });
});

describe("an accept that was under way when the process died", () => {
  let commit: string;
  let state: RunState;
  beforeEach(() => {
    temp.git("switch", "-qc", "result");
    temp.write("a.txt", "A\n");
    temp.write("new.txt", "n\n");
    commit = temp.commit("result");
    temp.git("switch", "-q", "main");
    const accepting: RunEvent = { type: "accept.started", subtask: "a", seen: base, commit };
    state = stateAfter(...begun(), started("a"), finished("a", "a.txt"), accepting);
  });

  it("is undone when index and files had moved and the branch had not", async () => {
    temp.git("read-tree", "-m", "-u", base, commit);
    const [event] = await reconcile(ports, state);
    ok(event?.type === "accept.abandoned");
    equal(event.failure.code, "run.interrupted");
    equal(temp.git("status", "--porcelain"), "");
    equal(temp.read("a.txt"), "a\n");
    ok(!existsSync(join(temp.dir, "new.txt")));
  });

  it("is undone when only some files were written", async () => {
    temp.write("new.txt", "");
    rmSync(join(temp.dir, "a.txt"));
    await reconcile(ports, state);
    equal(temp.git("status", "--porcelain"), "");
  });

  it("says what could not be undone", async () => {
    temp.git("read-tree", "-m", "-u", base, commit);
    temp.write("a.txt", "mine\n");
    const [event] = await reconcile(ports, state);
    ok(event?.type === "accept.abandoned");
    match(event.failure.message, /could not be undone: a\.txt/u);
    equal(temp.read("a.txt"), "mine\n");
  });

  it("of several at once is undone as one, to where the branch was", async () => {
    temp.git("switch", "-qc", "second", commit);
    temp.write("second.txt", "2\n");
    const tip = temp.commit("second");
    temp.git("switch", "-q", "main");
    temp.git("read-tree", "-m", "-u", base, tip);
    const first: RunEvent = { type: "accept.started", subtask: "a", seen: base, commit, tip };
    const second: RunEvent = { type: "accept.started", subtask: "b", seen: base, commit: tip, onto: commit };
    const both = stateAfter(
      ...begun(),
      ...["a", "b"].flatMap((id) => [started(id), finished(id, "a.txt")]),
      { type: "queue.started", subtasks: ["a", "b"] },
      first,
      second,
    );
    const events = await reconcile(ports, both);
    deepEqual(
      events.map((event) => event.type),
      ["accept.abandoned", "accept.abandoned", "queue.ended"],
    );
    equal(temp.git("status", "--porcelain"), "");
    deepEqual(after(both, events).queue, []);
    temp.git("merge", "-q", "--ff-only", "second");
    deepEqual((await reconcile(ports, both)).slice(0, 2), [
      { type: "accept.completed", subtask: "a", commit },
      { type: "accept.completed", subtask: "b", commit: tip },
    ]);
  });

  it("of an undo is settled alike", async () => {
    temp.git("merge", "-q", "--ff-only", "result");
    temp.git("revert", "--no-edit", "HEAD");
    const revert = temp.git("rev-parse", "HEAD");
    temp.git("reset", "-q", "--hard", "HEAD~1");
    const undoing: readonly RunEvent[] = [
      { type: "accept.completed", subtask: "a", commit },
      { type: "undo.started", subtask: "a", seen: commit, commit: revert },
    ];
    const half = after(state, undoing);
    temp.git("read-tree", "-m", "-u", commit, revert);
    const [event] = await reconcile(ports, half);
    ok(event?.type === "undo.abandoned");
    equal(temp.git("status", "--porcelain"), "");
    equal(temp.read("a.txt"), "A\n");
    equal(valueAt(after(half, [event]).subtasks, 0)?.decision.kind, "accepted");
    temp.git("reset", "-q", "--hard", revert);
    deepEqual(await reconcile(ports, half), [{ type: "undo.completed", subtask: "a", commit: revert }]);
    equal(
      valueAt(after(half, [{ type: "undo.completed", subtask: "a", commit: revert }]).subtasks, 0)?.decision.kind,
      "open",
    );
  });

  it("is there when the branch had moved", async () => {
    temp.git("merge", "-q", "--ff-only", "result");
    deepEqual(await reconcile(ports, state), [{ type: "accept.completed", subtask: "a", commit }]);
  });
});
