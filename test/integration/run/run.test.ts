import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { usableSandbox } from "../../../src/agent/sandbox-find";
import { describeFailure } from "../../../src/core/failure";
import { Plan } from "../../../src/core/plan/plan";
import { subtasksOf } from "../../../src/core/state/view";
import { subtaskState } from "../../../src/core/state/state";
import { openRepository } from "../../../src/git/repository";
import type { Model, ModelReply } from "../../../src/model/model";
import type { RunPorts } from "../../../src/run/ports";
import { Run } from "../../../src/run/run";
import { NO_USAGE } from "../../../src/core/usage";
import { KEEP_MS } from "../../../src/run/attempt/patience";
import { virtualAfter } from "../../support/virtual-after";
import { tempFolder, tempRepo, type TempRepo } from "../../support/temp-repo";

const OPTIONS = { concurrency: 2, attempts: 1 };
const plan = (...ids: readonly string[]) => Plan.parse({ task: "t", subtasks: ids.map((id) => ({ id })) });

/** Writes one file named after the subtask; with `stay` it then never answers until it is told to stop. */
function writer(stay: (subtask: string) => boolean = () => false): Model {
  return {
    async respond({ messages }, { signal }) {
      const first = JSON.stringify(messages[0]);
      const subtask = /Subtask: (\S+) /u.exec(first)?.[1] ?? "planner";
      if (subtask === "planner" || (messages.length > 1 && stay(subtask)))
        await new Promise((_resolve, reject) => signal.addEventListener("abort", () => reject(signal.reason)));
      return messages.length === 1 ? write(`${subtask}.txt`) : say(`Wrote ${subtask}.`);
    },
  };
}

function write(path: string): ModelReply {
  const input = { file_path: path, content: "x\n" };
  return answer("tool_use", [{ type: "tool_use", id: "t1", name: "write", input }]);
}
const bash = (command: string) =>
  answer("tool_use", [{ type: "tool_use", id: "t2", name: "bash", input: { command } }]);
const say = (text: string) => answer("end_turn", [{ type: "text", text }]);
function answer(
  stopReason: "tool_use" | "end_turn",
  content: Extract<ModelReply, { kind: "message" }>["content"],
): ModelReply {
  return { kind: "message", content, stopReason, usage: NO_USAGE, model: "m", durationMs: 1 };
}

describe("a run in one process", function () {
  this.timeout(30_000);
  let repo: TempRepo;
  let trees: ReturnType<typeof tempFolder>;
  beforeEach(() => {
    repo = tempRepo({ a: "1\n" });
    trees = tempFolder();
  });
  afterEach(() => {
    repo.dispose();
    trees.dispose();
  });

  async function ports(model: Model): Promise<RunPorts> {
    return {
      repo: await openRepository(repo.dir),
      model,
      resolveModel: (name) => name,
      worktreeRoot: trees.dir,
      now: Date.now,
      log: () => undefined,
    };
  }
  const tidy = () => {
    assert.deepEqual(readdirSync(trees.dir), []);
    assert.equal(repo.git("worktree", "list").split("\n").length, 1);
  };

  it("lets results be accepted after it was cancelled", async () => {
    const run = await Run.create(await ports(writer((subtask) => subtask === "slow")), "g", OPTIONS);
    const written = new Promise<void>((resolve) =>
      run.onDidRecord(() => {
        const slow = subtaskState(run.state(), "slow");
        if (subtaskState(run.state(), "quick")?.status === "finished" && (slow?.turns ?? 0) > 0) resolve();
      }),
    );
    await run.approve(plan("quick", "slow"));
    await written;
    await run.cancel();
    assert.equal(subtaskState(run.state(), "slow")?.status, "cancelled");
    await run.accept("quick");
    await run.accept("slow");
    assert.equal(repo.git("rev-list", "--count", "HEAD"), "3");
    await run.close();
    tidy();
  });

  for (const mends of [true, false])
    it(`tells a worker that left a pipe for a file${mends ? ", which mends it" : ", and keeps the rest"}`, async function () {
      if (!(await usableSandbox()).ok) return this.skip();
      const told: string[] = [];
      // Braid itself reads this one, to know the names of scripts.
      const file = "package.json";
      const model: Model = {
        async respond({ messages }) {
          const last = JSON.stringify(messages.at(-1));
          if (last.includes("named pipe")) told.push(last);
          if (messages.length === 1) return bash(`echo 2 > a; mkdir -p d; echo 3 > d/rest; rm ${file}; mkfifo ${file}`);
          return mends && told.length === 1 && !last.includes("tool_result")
            ? bash(`rm ${file}; echo {} > ${file}`)
            : say("Done.");
        },
      };
      repo.write(file, "1\n");
      repo.commit("manifest");
      const run = await Run.create(await ports(model), "g", OPTIONS);
      await run.approve(Plan.parse({ task: "t", subtasks: [{ id: "one", verify: ["true"] }] }));
      await run.idle();
      const one = subtaskState(run.state(), "one");
      assert.match(
        told[0] ?? "",
        /package\.json is a named pipe: git cannot keep that\. Make it a plain file, or delete it\./u,
      );
      assert.equal(one?.status, mends ? "finished" : "failed");
      assert.deepEqual(
        one?.result?.files.map(({ path }) => path),
        mends ? ["a", "d/rest", file] : ["a", "d/rest"],
      );
      if (!mends) assert.match(describeFailure(one?.failure ?? assert.fail()), /package\.json is a named pipe/u);
      await run.close();
      tidy();
    });

  it("a stop is not held by a file that takes minutes to be kept; the folder stays, and is named", async function () {
    if (!(await usableSandbox()).ok) return this.skip();
    const time = virtualAfter();
    let heard = (): void => undefined;
    const asked = new Promise<void>((resolve) => (heard = resolve));
    const model: Model = {
      async respond({ messages }, { signal }) {
        if (messages.length === 1)
          return bash("echo 2 > a; mkdir huge; cd huge; for i in $(seq 500); do truncate -s 1G $i; done");
        heard();
        return new Promise((_resolve, reject) => signal.addEventListener("abort", () => reject(signal.reason)));
      },
    };
    const run = await Run.create({ ...(await ports(model)), after: time.after }, "g", OPTIONS);
    await run.approve(plan("one"));
    await asked;
    const waiting = setInterval(() => time.pass(KEEP_MS), 20);
    await run.cancel().finally(() => clearInterval(waiting));
    const { status, result, failure } = subtaskState(run.state(), "one") ?? {};
    assert.deepEqual([status, result], ["cancelled", null]);
    const [home = ""] = readdirSync(trees.dir);
    const dir = join(trees.dir, home, "tree");
    assert.equal(failure?.hint, `Its files could not be kept within 20 seconds of the stop. What it did is in ${dir}.`);
    await run.close();
    assert.deepEqual(readdirSync(dir).toSorted(), [".git", "a", "huge"]);
  });

  it("says of a worker that was at work when it was closed that it goes on", async () => {
    const run = await Run.create(await ports(writer((subtask) => subtask === "slow")), "g", OPTIONS);
    const worked = new Promise<void>((resolve) =>
      run.onDidRecord(() => ((subtaskState(run.state(), "slow")?.turns ?? 0) > 0 ? resolve() : undefined)),
    );
    await run.approve(plan("slow"));
    await worked;
    await run.close();
    tidy();
    const again = await Run.open(await ports(writer()), run.id, (opened) => opened.holdWorkers());
    const [slow] = subtasksOf(again.view);
    assert.deepEqual([slow?.status, slow?.reason], ["interrupted", "goes on when the run is resumed"]);
    assert.equal(again.view.phase, "paused");
    await again.retry("slow");
    await again.idle();
    const { status, attempt, turns } = subtaskState(again.state(), "slow") ?? {};
    assert.deepEqual([status, attempt, turns], ["finished", 1, 2], "it went on after its last turn");
    await again.close();
    tidy();
  });

  it("stops planning when it is closed, and says so when it is opened again", async () => {
    const run = await Run.create(await ports(writer()), "g", OPTIONS);
    const planning = run.plan();
    await run.close();
    await planning;
    tidy();
    const again = await Run.open(await ports(writer()), run.id);
    assert.equal(again.view.phase, "failed");
    assert.equal(again.view.failure?.message, "Braid was closed while this was running.");
    await again.close();
  });

  it("is let go of where it cannot be opened, so that the next one can", async () => {
    const run = await Run.create(await ports(writer()), "g", OPTIONS);
    const { id } = run;
    await run.close();
    const why = new Error("the front end failed");
    const fails = Run.open(await ports(writer()), id, () => {
      throw why;
    });
    await assert.rejects(fails, why);
    await (await Run.open(await ports(writer()), id)).close();
  });

  it("takes one of two approvals", async () => {
    const run = await Run.create(await ports(writer()), "g", OPTIONS);
    const outcomes = await Promise.allSettled([run.approve(plan("one")), run.approve(plan("two"))]);
    // How long its subtasks take is looked up before: either may be the first.
    assert.deepEqual(outcomes.map((outcome) => outcome.status).toSorted(), ["fulfilled", "rejected"]);
    await run.idle();
    const taken = outcomes[0]?.status === "fulfilled" ? "one" : "two";
    assert.equal(subtaskState(run.state(), taken)?.status, "finished");
    await run.close();
    tidy();
  });

  it("keeps work that cannot be committed, and says where", async () => {
    repo.write(".gitattributes", "*.txt working-tree-encoding=UTF-16\n");
    repo.commit("attributes");
    const told: string[] = [];
    const model = writer();
    const heard: Model = {
      respond(request, options) {
        told.push(JSON.stringify(request.messages.at(-1)));
        return model.respond(request, options);
      },
    };
    const next = await Run.create(await ports(heard), "g", OPTIONS);
    await next.approve(plan("one"));
    await next.idle();
    assert.match(told.at(-1) ?? "", /git can keep every file.*BOM is required in 'one\.txt'/u);
    const { status, failure } = subtaskState(next.state(), "one") ?? {};
    assert.equal(status, "failed");
    assert.match(failure?.hint ?? "", new RegExp(`What it did is in ${trees.dir}`, "u"));
    await next.close();
    assert.equal(readdirSync(join(trees.dir)).length, 1);
  });
});
