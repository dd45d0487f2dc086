import { valueAt } from "../../../src/core/state/chunked";
import { deepEqual, equal, match, rejects } from "node:assert/strict";
import { failure } from "../../../src/core/failure";
import { Plan } from "../../../src/core/plan/plan";
import { NO_USAGE } from "../../../src/core/usage";
import { openRepository } from "../../../src/git/repository";
import { Run } from "../../../src/run/run";
import { call, callTools, type Line, ScriptedModel } from "../../support/scripted-model";
import { tempFolder, tempRepo } from "../../support/temp-repo";

describe("steering a run", function () {
  this.timeout(30_000);
  let repo: ReturnType<typeof tempRepo>;
  let home: ReturnType<typeof tempFolder>;
  beforeEach(() => {
    repo = tempRepo({ "README.md": "# x\n" });
    home = tempFolder();
  });
  afterEach(() => {
    repo.dispose();
    home.dispose();
  });

  /** A run of one subtask with a script for a model; one attempt each time. */
  async function start(
    script: (run: () => Run) => readonly Line[],
    { now = Date.now, constraints = {} }: { readonly now?: () => number; readonly constraints?: object } = {},
  ) {
    const holder: { run?: Run } = {};
    const current = (): Run => {
      if (holder.run === undefined) throw new Error("The run has not begun.");
      return holder.run;
    };
    const model = new ScriptedModel(script(current));
    const ports = {
      repo: await openRepository(repo.dir),
      model,
      resolveModel: (name: string) => `exact-${name}`,
      worktreeRoot: home.dir,
      now,
      log: () => undefined,
    };
    holder.run = await Run.create(ports, "A goal", { concurrency: 1, attempts: 1 });
    await holder.run.approve(Plan.parse({ task: "t", subtasks: [{ id: "one", constraints }] }));
    return { run: holder.run, model };
  }
  const write = (id: string) => callTools(call(id, "write", { file_path: "n.md", content: "n\n" }));
  const report = (id: string) => callTools(call(id, "report", { summary: "Done." }));

  it("a message reaches the running worker with its next tool results, and is in the log", async () => {
    const { run, model } = await start((current) => [
      async () => {
        await current().message("one", "use tabs");
        return write("1");
      },
      report("2"),
    ]);
    await run.idle();
    match(JSON.stringify(model.requests[1]?.messages.at(-1)), /tool_result.*Message from the user: use tabs/u);
    deepEqual(valueAt(run.state().subtasks, 0)?.messages, ["use tabs"]);
    await rejects(run.message("one", "too late"), /not running/u);
    await run.close();
  });

  for (const [what, end] of [
    ["stopped", (run: Run) => run.stop("one")],
    ["cancelled with its run", (run: Run) => run.cancel()],
  ] as const)
    it(`a worker that is ${what} in mid-answer has cost what had begun`, async () => {
      const usage = { ...NO_USAGE, inputTokens: 150_000, usd: 0.3 };
      const cost = { kind: "failed", failure: failure("cancelled", "Stopped."), transient: false, usage } as const;
      let begin = (): void => undefined;
      const begun = new Promise<void>((resolve) => (begin = resolve));
      const { run } = await start(() => [
        (_request, signal) =>
          new Promise((resolve) => {
            signal.addEventListener("abort", () => resolve(cost), { once: true });
            begin();
          }),
      ]);
      await begun;
      await end(run);
      await run.idle();
      deepEqual(valueAt(run.state().subtasks, 0)?.usage, usage);
      equal(valueAt(run.state().subtasks, 0)?.failure?.code, "cancelled");
      await run.close();
    });

  for (const [what, minutes, code] of [
    ["a laptop sleeps is not", [8 * 60], undefined],
    ["it works is", [10, 10], "limit.time"],
  ] as const)
    it(`the time in which ${what} the worker's own`, async () => {
      let time = 1_000_000;
      const later = (ms: number, n: number) => () => {
        time += ms;
        return write(`${n}`);
      };
      const { run } = await start(() => [...minutes.map((m, n) => later(m * 60_000, n)), report("r")], {
        now: () => (time += 1),
        constraints: { time_budget: "20min" },
      });
      await run.idle();
      equal(valueAt(run.state().subtasks, 0)?.failure?.code, code);
      await run.close();
    });

  it("a subtask that failed is done by another role and model", async () => {
    const { run, model } = await start(() => [report("1"), report("2"), report("3"), write("4"), report("5")]);
    await run.idle();
    equal(valueAt(run.state().subtasks, 0)?.failure?.code, "result.empty");
    await rejects(run.retry("one", undefined, "user", { agent: "poet" }), /Unknown role "poet"/u);
    await run.retry("one", "look again", "user", { agent: "documenter", model: "opus" });
    await run.idle();
    equal(run.view.waves[0]?.subtasks[0]?.status, "review");
    const last = model.requests.at(-1);
    equal(last?.model, "exact-opus");
    match(last?.system ?? "", /^You are the documenter/u);
    match(JSON.stringify(last?.messages[0]), /Note from the user: look again/u);
    await run.close();
  });
});
