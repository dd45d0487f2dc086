import { deepEqual, equal, match } from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Amendment } from "../../../src/core/amendment/amendment";
import type { RunEvent } from "../../../src/core/state/events";
import { Plan } from "../../../src/core/plan/plan";
import { subtaskState } from "../../../src/core/state/state";
import { openRepository } from "../../../src/git/repository";
import type { Model, ModelReply, ModelRequest } from "../../../src/model/model";
import { turnPath } from "../../../src/run/log/places";
import { conflictToResolve } from "../../../src/run/accept/resolving";
import { Run } from "../../../src/run/run";
import { openTurnFile, readTurns } from "../../../src/run/attempt/turn-file";
import { call, callTools } from "../../support/scripted-model";
import { tempFolder, tempRepo } from "../../support/temp-repo";

/** What a worker's next answer is; "hang" never comes. */
type Says = ModelReply | "hang";

describe("what happens to a run at the same time", function () {
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

  /** A run whose workers say what `says` has for a subtask's attempt and turn, from 0. */
  async function start(
    says: (id: string, turn: number, attempt: number) => Says,
    { concurrency = 1, attempts = 1, resolveModel = (name: string) => name } = {},
  ) {
    const requests: { readonly id: string; readonly request: ModelRequest }[] = [];
    const hangs: { readonly id: string; readonly reached: () => void }[] = [];
    const model: Model = {
      async respond(request, { signal }) {
        const first = JSON.stringify(request.messages[0]);
        const [, id = "", attempt = "0"] = /Subtask: (\w+) \(attempt (\d+)\)/u.exec(first) ?? [];
        requests.push({ id, request: structuredClone(request) });
        const turn = request.messages.filter((message) => message.role === "assistant").length;
        const said = says(id, turn, Number(attempt));
        if (said !== "hang") return said;
        for (const waiting of hangs.splice(0)) if (waiting.id === id) waiting.reached();
        return new Promise((_resolve, reject) => signal.addEventListener("abort", () => reject(signal.reason)));
      },
    };
    const ports = {
      repo: await openRepository(repo.dir),
      model,
      resolveModel,
      worktreeRoot: home.dir,
      now: Date.now,
      log: () => undefined,
    };
    const run = await Run.create(ports, "A goal", { concurrency, attempts, amendments: "ask" });
    open.push(run);
    const on = (fits: (event: RunEvent) => boolean, then: () => void): void => {
      const listener = run.onDidRecord(({ event }) => {
        if (!fits(event)) return;
        listener.dispose();
        then();
      });
    };
    return {
      run,
      ports,
      requests,
      on,
      seen: (fits: (event: RunEvent) => boolean) => new Promise<void>((resolve) => on(fits, resolve)),
      hung: (id: string) => new Promise<void>((reached) => hangs.push({ id, reached })),
      of: (id: string) => subtaskState(run.state(), id),
      /** Stops a worker that is at a hanging answer, and has it go on. */
      async goOn(id: string): Promise<void> {
        await run.stop(id);
        await run.retry(id);
      },
    };
  }
  const plan = (...subtasks: readonly object[]) => Plan.parse({ task: "t", subtasks });
  const write = (file: string, content = "n\n") => callTools(call(`w-${file}`, "write", { file_path: file, content }));
  const read = (file: string) => callTools(call(`r-${file}`, "read", { file_path: file }));
  const report = () => callTools(call("report", "report", { summary: "Done." }));
  const writes = (id: string, turn: number): Says => (turn === 0 ? write(`${id}.md`) : report());
  const isEvent = (type: RunEvent["type"], subtask: string) => (event: RunEvent) =>
    event.type === type && "subtask" in event && event.subtask === subtask;

  it("a user who retries before Braid does is no fault of the run", async () => {
    const t = await start((id, turn, attempt) => (id === "a" && attempt === 1 ? report() : writes(id, turn)), {
      attempts: 2,
    });
    const retried: Promise<void>[] = [];
    t.on(isEvent("subtask.failed", "a"), () => retried.push(t.run.retry("a", "by hand")));
    await t.run.approve(plan({ id: "a" }, { id: "b", dependencies: ["a"] }));
    await t.run.idle();
    await Promise.all(retried);
    await t.run.idle();
    deepEqual([t.of("a")?.status, t.of("a")?.attempt, t.of("b")?.status], ["finished", 2, "finished"]);
  });

  it("who comes back from a question waits where an amendment allows one worker", async () => {
    const t = await start(
      (id, turn) => {
        if (id === "b") return "hang";
        return turn === 0 ? callTools(call("q", "ask", { question: "Which?" })) : writes(id, turn - 1);
      },
      { concurrency: 2 },
    );
    const both = Promise.all([t.seen(isEvent("question.asked", "a")), t.hung("b")]);
    await t.run.approve(plan({ id: "a" }, { id: "b" }));
    await both;
    await t.run.amendments.propose(Amendment.parse({ reason: "r", sequential: true }));
    await t.run.amendments.approve(1);
    await t.run.answer(1, "this");
    // Long enough for a worker that need not wait.
    await new Promise((resolve) => setTimeout(resolve, 500));
    deepEqual(
      t.requests.map(({ id }) => id).toSorted(),
      ["a", "b"],
      "one worker has its place, the other waits for it",
    );
    await t.run.stop("b");
    await t.run.idle();
    equal(t.of("a")?.status, "finished");
  });

  for (const [what, amendment, expected] of [
    ["drops", { drop: ["b"] }, ["skipped", undefined]],
    ["changes", { change: [{ id: "b", description: "Something else" }] }, ["finished", "Something else"]],
  ] as const)
    it(`an amendment ${what} what is just about to start`, async () => {
      const t = await start(writes);
      const decided: Promise<void>[] = [];
      t.on(isEvent("subtask.finished", "a"), () =>
        decided.push(
          t.run.amendments
            .propose(Amendment.parse({ reason: "r", ...amendment }))
            .then(() => t.run.amendments.approve(1)),
        ),
      );
      await t.run.approve(plan({ id: "a" }, { id: "b", dependencies: ["a"] }));
      await t.run.idle();
      await Promise.all(decided);
      await t.run.idle();
      const told = JSON.stringify(t.requests.find(({ id }) => id === "b")?.request.messages[0]);
      deepEqual([t.of("b")?.status, /Something else/u.exec(told ?? "")?.[0]], expected);
    });

  it("a worker that cannot go on keeps the diff it had", async () => {
    const t = await start((_, turn) => (turn === 0 ? write("a.md") : "hang"));
    const hung = t.hung("a");
    await t.run.approve(plan({ id: "a" }));
    await hung;
    await t.run.stop("a");
    const { commit } = t.of("a")?.result ?? {};
    writeFileSync(join(home.dir, "file"), "");
    Object.assign(t.ports, { worktreeRoot: join(home.dir, "file") });
    await t.run.retry("a");
    await t.run.idle();
    deepEqual([t.of("a")?.status, t.of("a")?.attempt, t.of("a")?.result?.commit], ["failed", 1, commit]);
    equal(t.run.view.waves[0]?.subtasks[0]?.reviewable, true);
  });

  it("a worker starts anew where what it rests on is another by now", async () => {
    const t = await start((id, turn, attempt) => {
      if (id === "a") return turn === 0 ? write("a.md", `a${attempt}\n`) : report();
      return turn === 0 ? read("a.md") : attempt === 1 ? "hang" : writes(id, turn - 1);
    });
    const hung = t.hung("b");
    await t.run.approve(plan({ id: "a" }, { id: "b", dependencies: ["a"] }));
    await hung;
    await t.run.stop("b");
    await t.run.retry("a", "again");
    await t.run.idle();
    await t.run.retry("b");
    await t.run.idle();
    deepEqual([t.of("b")?.status, t.of("b")?.attempt], ["finished", 2]);
    match(JSON.stringify(t.requests.at(-1)?.request.messages), /a2/u);
  });

  it("a question that was answered is not put again to who was closed before it heard", async () => {
    const t = await start((id, turn) =>
      turn === 0 ? callTools(call("q", "ask", { question: "Which?" })) : writes(id, turn - 1),
    );
    const closed = new Promise<void>((resolve) =>
      t.on(
        (event) => event.type === "question.answered",
        () => void t.run.close().then(resolve),
      ),
    );
    const asked = t.seen(isEvent("question.asked", "a"));
    await t.run.approve(plan({ id: "a" }));
    await asked;
    await t.run.answer(1, "this one");
    await closed;
    const next = await Run.open(t.ports, t.run.id);
    open.push(next);
    const again = new Promise<string>((resolve) =>
      next.onDidRecord(({ event }) => {
        if (event.type === "subtask.failed") resolve(JSON.stringify(event));
        if (event.type === "question.asked" || event.type === "subtask.finished") resolve(event.type);
      }),
    );
    await next.retry("a");
    equal(await again, "subtask.finished");
    match(JSON.stringify(t.requests.at(-1)?.request.messages), /The user answers: this one/u);
  });

  it("a worker goes on with the model it began with, whatever its name stands for by then", async () => {
    let newest = "old-model";
    const t = await start((id, turn) => (turn === 1 && newest === "old-model" ? "hang" : writes(id, turn)), {
      resolveModel: () => newest,
    });
    const hung = t.hung("a");
    await t.run.approve(plan({ id: "a" }));
    await hung;
    newest = "new-model";
    await t.goOn("a");
    await t.run.idle();
    equal(t.of("a")?.status, "finished");
    deepEqual([...new Set(t.requests.map(({ request }) => request.model))], ["old-model"]);
  });

  it("a worker that resolves a conflict goes on with the conflict, also where it had changed nothing yet", async () => {
    let goes = false;
    const t = await start((_, turn, attempt) => {
      if (attempt === 1) return turn === 0 ? write("README.md", "# a\n") : report();
      if (turn === 0) return read("README.md");
      if (!goes) return "hang";
      if (turn === 1) return read("README.md");
      return turn === 2 ? write("README.md", "# both\n") : report();
    });
    await t.run.approve(plan({ id: "a" }));
    await t.run.idle();
    repo.write("README.md", "# theirs\n");
    repo.git("commit", "-qam", "theirs");
    const hung = t.hung("a");
    const resolve = await conflictToResolve(t.ports.repo, t.run.state(), "a");
    await t.run.retry("a", undefined, "user", { resolve });
    await hung;
    await t.run.stop("a");
    goes = true;
    await t.run.retry("a");
    await t.run.idle();
    deepEqual([t.of("a")?.status, t.of("a")?.attempt], ["finished", 2]);
    match(JSON.stringify(t.requests.at(-2)?.request.messages.at(-1)), /<<<<<<</u);
  });

  it("a record that does not fit is not gone on with for ever", async () => {
    let goes = false;
    const t = await start((id, turn) => (turn === 1 && !goes ? "hang" : writes(id, turn)), { attempts: 2 });
    const hung = t.hung("a");
    await t.run.approve(plan({ id: "a" }));
    await hung;
    await t.run.stop("a");
    const path = turnPath(t.ports.repo, { run: t.run.id, position: 0, attempt: 1 });
    const record = await readTurns(path);
    if (record.kind === "damaged") throw new Error("damaged");
    const others = record.entries.map((entry) => (entry.kind === "effect" ? { ...entry, what: "other" } : entry));
    writeFileSync(path, "");
    await openTurnFile(path, { bytes: 0, lines: 0 }).append(others);
    match(readFileSync(path, "utf8"), /"what":"other"/u);
    goes = true;
    await t.run.retry("a");
    await t.run.idle();
    deepEqual([t.of("a")?.status, t.of("a")?.attempt], ["finished", 2]);
  });
});
