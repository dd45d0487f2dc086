import { deepEqual, equal, match, rejects } from "node:assert/strict";
import type { RunEvent } from "../../../src/core/state/events";
import { answerQuestions } from "../../../src/cli/questions";
import { Plan } from "../../../src/core/plan/plan";
import { subtaskState } from "../../../src/core/state/state";
import { openRepository } from "../../../src/git/repository";
import type { Model, ModelRequest } from "../../../src/model/model";
import type { RunPorts } from "../../../src/run/ports";
import { Run } from "../../../src/run/run";
import { call, callTools } from "../../support/scripted-model";
import { virtualAfter } from "../../support/virtual-after";
import { tempFolder, tempRepo } from "../../support/temp-repo";
import { checkHistory } from "../../unit/agent-loop/agent";

/** What a worker does in each of its turns; `ask` waits for the user. */
type Part = "ask" | "write" | "report" | "hang";

describe("a run whose workers ask", function () {
  this.timeout(60_000);
  let repo: ReturnType<typeof tempRepo>;
  let home: ReturnType<typeof tempFolder>;
  const open: Run[] = [];
  beforeEach(() => {
    repo = tempRepo({ "README.md": "# x\n" });
    home = tempFolder();
  });
  afterEach(async () => {
    for (const run of open.splice(0)) await run.close();
    repo.dispose();
    home.dispose();
  });

  /** A run in which each subtask plays its own parts, one a turn; every history must be one the API takes. */
  async function start(
    parts: Readonly<Record<string, readonly Part[]>>,
    plan: unknown,
    concurrency = 1,
    more: Partial<RunPorts> = {},
  ) {
    const requests: ModelRequest[] = [];
    const hanging = new Map<string, () => void>();
    const model: Model = {
      async respond(request, { signal }) {
        checkHistory(request);
        requests.push(structuredClone(request));
        const id = /Subtask: (\S+)/u.exec(JSON.stringify(request.messages[0]))?.[1]?.replace(/\W.*$/u, "") ?? "";
        const turn = request.messages.filter((message) => message.role === "assistant").length;
        switch (parts[id]?.[turn]) {
          case "ask":
            return callTools(call(`${id}${turn}`, "ask", { question: `Which for ${id}?`, options: ["x", "y"] }));
          case "write":
            return callTools(call(`${id}${turn}`, "write", { file_path: `${id}.md`, content: "n\n" }));
          case "hang":
            hanging.get(id)?.();
            return new Promise((_resolve, reject) => signal.addEventListener("abort", () => reject(signal.reason)));
          case "report":
          case undefined:
            return callTools(call(`${id}${turn}`, "report", { summary: "Done." }));
        }
      },
    };
    const clock = { now: 1_000_000 };
    const ports = {
      repo: await openRepository(repo.dir),
      model,
      resolveModel: (name: string) => `exact-${name}`,
      worktreeRoot: home.dir,
      now: () => (clock.now += 1),
      log: () => undefined,
      ...more,
    };
    const run = await Run.create(ports, "A goal", { concurrency, attempts: 1 });
    open.push(run);
    const seen = (fits: (event: RunEvent) => boolean): Promise<void> =>
      new Promise((resolve) => {
        const listener = run.onDidRecord(({ event }) => {
          if (!fits(event)) return;
          listener.dispose();
          resolve();
        });
      });
    const asks = (id: string) => seen((event) => event.type === "question.asked" && event.subtask === id);
    const hangs = (id: string) => new Promise<void>((resolve) => hanging.set(id, resolve));
    return {
      run,
      requests,
      clock,
      ports,
      seen,
      asks,
      hangs,
      go: () => run.approve(Plan.parse(plan)),
      status: (id: string) => subtaskState(run.state(), id)?.status,
    };
  }
  const ONE = { task: "t", subtasks: [{ id: "a" }] };
  const TWO = { task: "t", subtasks: [{ id: "a" }, { id: "b" }] };

  it("goes on with the answer, and tells it to the next attempt", async () => {
    const { run, requests, go, asks } = await start({ a: ["ask", "report"] }, ONE);
    const asked = asks("a");
    await go();
    await asked;
    equal(run.view.waves[0]?.subtasks[0]?.status, "asks");
    await run.answer(undefined, "y");
    await run.idle();
    match(JSON.stringify(requests[1]?.messages.at(-1)), /tool_result.*The user answers: y/u);
    // It changed nothing, and so it failed.
    const again = asks("a");
    await run.retry("a");
    await again;
    match(JSON.stringify(requests.at(-1)?.messages[0]), /asked and has answered:.n- Which for a\? Answer: y/u);
    await run.answer(2, "x");
    await run.idle();
    await rejects(run.answer(1, "late"), /already answered/u);
  });

  it("lets another worker have the place meanwhile, and takes it back in turn", async () => {
    const { run, go, asks, hangs, status } = await start({ a: ["ask", "write"], b: ["hang"] }, TWO);
    const [asked, hung] = [asks("a"), hangs("b")];
    await go();
    await asked;
    await hung;
    deepEqual([status("a"), status("b")], ["running", "running"]);
    // b has the one place; a has its answer and waits for it.
    await run.answer(1, "y");
    await run.stop("b");
    await run.idle();
    deepEqual([status("a"), status("b")], ["finished", "cancelled"]);
  });

  it("the time it waits for its place again is not its own, and nobody takes it for stuck", async () => {
    const time = virtualAfter();
    const { run, go, asks, hangs, clock, status } = await start(
      { a: ["ask", "write"], b: ["hang"] },
      { task: "t", subtasks: [{ id: "a", constraints: { time_budget: "5min" } }, { id: "b" }] },
      1,
      { after: time.after, stalls: { tool: 15, turn: 24 * 60 } },
    );
    const [asked, hung] = [asks("a"), hangs("b")];
    await go();
    await asked;
    await hung;
    await run.answer(1, "y");
    clock.now += HOUR_MS;
    time.pass(HOUR_MS);
    await run.stop("b");
    await run.idle();
    deepEqual([status("a"), subtaskState(run.state(), "a")?.failure, status("b")], ["finished", null, "cancelled"]);
  });

  it("one that waits for its place again can be stopped", async () => {
    const { run, go, asks, hangs, status } = await start({ a: ["write", "ask", "report"], b: ["hang"] }, TWO);
    const [asked, hung] = [asks("a"), hangs("b")];
    await go();
    await asked;
    await hung;
    await run.answer(1, "y");
    await run.stop("a");
    deepEqual([status("a"), status("b")], ["cancelled", "running"]);
    deepEqual(
      subtaskState(run.state(), "a")?.result?.files.map((file) => file.path),
      ["a.md"],
    );
    await run.stop("b");
    await run.idle();
  });

  it("one that is stopped while it asks keeps what it did, says who stopped it, and its question is withdrawn", async () => {
    const { run, go, asks, status } = await start({ a: ["write", "ask", "report"], b: ["write", "report"] }, TWO, 2);
    const asked = asks("a");
    await go();
    await asked;
    await run.stop("a");
    await run.idle();
    deepEqual([status("a"), status("b")], ["cancelled", "finished"]);
    const a = subtaskState(run.state(), "a");
    equal(a?.failure?.message, "Stopped by the user.");
    deepEqual(
      a?.result?.files.map((file) => file.path),
      ["a.md"],
    );
    equal(run.view.waves[0]?.subtasks[0]?.reviewable, true);
    deepEqual(run.view.questions, []);
    await rejects(run.answer(1, "late"), /was withdrawn/u);
    equal(run.state().cancelled, false);
  });

  it("a run cancelled while one asks ends, with the question withdrawn", async () => {
    const { run, go, asks, status } = await start({ a: ["ask"] }, ONE);
    const asked = asks("a");
    await go();
    await asked;
    await run.cancel();
    deepEqual([status("a"), run.view.phase, run.view.questions], ["cancelled", "cancelled", []]);
  });

  it("the time it waits is not its own", async () => {
    const plan = {
      task: "t",
      budget: { minutes: 5 },
      subtasks: [{ id: "a", constraints: { time_budget: "5min" } }],
    };
    const { run, go, asks, clock, status } = await start({ a: ["ask", "write", "report"] }, plan);
    const asked = asks("a");
    await go();
    await asked;
    clock.now += 60 * 60_000;
    await run.answer(1, "y");
    await run.idle();
    equal(status("a"), "finished");
  });

  it("taken over by another process, the question is withdrawn with its worker", async () => {
    const { run, go, asks, ports } = await start({ a: ["ask"] }, ONE);
    const asked = asks("a");
    await go();
    await asked;
    // As after a kill: the log ends with the question.
    await run.close();
    const next = await Run.open(ports, run.id);
    open.push(next);
    deepEqual(
      next.state().questions.map((question) => question.outcome.kind),
      ["withdrawn"],
    );
    await rejects(next.answer(1, "y"), /was withdrawn/u);
  });

  it("asks while paused, and goes on all the same", async () => {
    const { run, go, asks, status } = await start({ a: ["ask", "write", "report"] }, ONE);
    const asked = asks("a");
    await go();
    await asked;
    await run.pause();
    await run.answer(1, "y");
    await run.idle();
    equal(status("a"), "finished");
  });

  it("a terminal asks one at a time, takes a number for its option, and drops what is answered elsewhere", async () => {
    const { run, go, asks } = await start(
      { a: ["ask", "write", "report"], b: ["ask", "write", "report"], c: ["ask", "write", "report"] },
      { task: "t", subtasks: [{ id: "a" }, { id: "b" }, { id: "c" }] },
      3,
    );
    const shown: string[] = [];
    const typed: ((words: string) => void)[] = [];
    const dropped: string[] = [];
    const terminal = {
      interactive: true,
      error: (line: string) => void shown.push(`! ${line}`),
      ask: (question: string, signal: AbortSignal) =>
        new Promise<string>((resolve, reject) => {
          shown.push(question.split("\n", 1)[0] ?? "");
          let open = true;
          typed.push((words) => {
            open = false;
            resolve(words);
          });
          signal.addEventListener("abort", () => {
            if (open) dropped.push(question.split(":", 1)[0] ?? "");
            reject(signal.reason);
          });
        }),
    };
    const questions = answerQuestions(run, undefined, terminal);
    const all = Promise.all([asks("a"), asks("b"), asks("c")]);
    await go();
    await all;
    const [first, second, third] = run.view.questions;
    deepEqual(shown, [`Question 1 of ${first?.subtask}: Which for ${first?.subtask}?`]);
    typed[0]?.(" 2 ");
    await once(() => shown.length === 2);
    await run.answer(2, "from elsewhere");
    await once(() => shown.length === 3);
    typed[2]?.("");
    await run.idle();
    questions.dispose();
    deepEqual(dropped, [`Question 2 of ${second?.subtask}`]);
    deepEqual(
      run.state().questions.map(({ outcome }) => (outcome.kind === "answered" ? [outcome.answer, outcome.by] : [])),
      [
        ["y", "user"],
        ["from elsewhere", "user"],
        ["", "nobody"],
      ],
    );
    equal(third?.number, 3);
  });
});

const HOUR_MS = 60 * 60_000;

/** Resolves once this is so; what leads there is only promises. */
async function once(isSo: () => boolean): Promise<void> {
  while (!isSo()) await new Promise((resolve) => setImmediate(resolve));
}
