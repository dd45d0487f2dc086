import Anthropic from "@anthropic-ai/sdk";
import assert from "node:assert/strict";
import { cp, mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as z from "zod";
import { checkPlan, inOrder, toWaves } from "../../src/core/plan/graph";
import { Plan, type Subtask } from "../../src/core/plan/plan";
import { Report } from "../../src/core/report";
import { canWrite, toRole } from "../../src/core/role";
import { readDemoScenario } from "../../src/demo/media";
import { startDemoServer, type DemoServer } from "../../src/demo/server";
import { createDemoWorkspace } from "../../src/demo/workspace";
import { runWorker, sh, type WorkerRun } from "../support/demo-worker";

describe("the demo's scenario, really carried out", function () {
  // A dozen runs of `node --test`, on whatever machine this is.
  this.timeout(180_000);
  let server: DemoServer;
  let client: Anthropic;
  let dir: string;
  let plan: Plan;

  before(async () => {
    server = await startDemoServer(await readDemoScenario("scenario.yml"), { speed: 0 });
    client = new Anthropic({ baseURL: server.url, apiKey: "demo", maxRetries: 0 });
    dir = await mkdtemp(join(tmpdir(), "braid-demo-"));
    await createDemoWorkspace(dir);
    plan = await planOf(client, dir, "Some goal of the user");
  });
  after(async () => {
    await server.dispose();
    await rm(dir, { recursive: true, force: true, maxRetries: 10, retryDelay: 50 });
  });

  const work = (subtask: Subtask, attempt: number, at = dir): Promise<WorkerRun> =>
    runWorker({
      client,
      dir: at,
      role: toRole(subtask.agent) ?? "",
      assignment: `Subtask: ${subtask.id} (attempt ${attempt})\n\n${subtask.description ?? ""}`,
      verify: subtask.verify,
    });

  it("plans six subtasks in four waves, for the goal it is given", () => {
    assert.equal(plan.task, "Some goal of the user");
    assert.deepEqual(checkPlan(plan), []);
    assert.deepEqual(
      toWaves(plan.subtasks).map((wave) => wave.map(({ id, agent }) => `${id}: ${agent}`)),
      [
        ["survey: researcher"],
        ["expiry: implementer", "visits: implementer", "contract: tester"],
        ["routes: implementer"],
        ["docs: documenter"],
      ],
    );
  });

  it("gives no file to two subtasks that can run at the same time", () => {
    for (const wave of toWaves(plan.subtasks)) {
      const files = wave.flatMap((subtask) => subtask.files);
      assert.deepEqual(files, [...new Set(files)]);
    }
  });

  it("fails the check of expiry in the first attempt, three times, because of its bug", async () => {
    const copy = await mkdtemp(join(tmpdir(), "braid-demo-"));
    try {
      await cp(dir, copy, { recursive: true });
      const expiry = plan.subtasks.find(({ id }) => id === "expiry");
      assert.ok(expiry);
      const run = await work(expiry, 1, copy);
      assert.equal(run.outcome, "gave up");
      assert.equal(run.red.length, 3);
      for (const output of run.red) assert.match(output, /(not ok \d+ -|✖) a link without an expiry never expires/u);
    } finally {
      await rm(copy, { recursive: true, force: true, maxRetries: 10, retryDelay: 50 });
    }
  });

  it("is green after every accept in the order of dependencies, with more tests than before", async () => {
    const counts = [await countTests(dir)];
    for (const subtask of inOrder(plan.subtasks)) {
      const run = await work(subtask, subtask.id === "expiry" ? 2 : 1);
      assert.equal(run.outcome, "done", subtask.id);
      assert.deepEqual(run.red, [], subtask.id);
      const report = Report.parse(run.answer);
      const changed = [...new Set(run.changed)];
      assert.deepEqual([...report.files].toSorted(), changed.toSorted(), `${subtask.id} reports what it changed`);
      assert.deepEqual(changed.toSorted(), [...subtask.files].toSorted(), `${subtask.id} keeps to its files`);
      assert.equal(canWrite(toRole(subtask.agent) ?? "planner"), changed.length > 0, subtask.id);
      for (const { file, line = 1 } of report.findings)
        assert.ok((await readFile(join(dir, file), "utf8")).split("\n")[line - 1], `${file}:${line}`);
      counts.push(await countTests(dir));
    }
    assert.deepEqual(counts, [7, 7, 20, 22, 32, 39, 39]);
  });
});

describe("the scenario for any plan", () => {
  it("plans and writes one note for each writing subtask, on a repository it knows nothing of", async () => {
    const server = await startDemoServer(await readDemoScenario("any-plan.yml"), { speed: 0 });
    const client = new Anthropic({ baseURL: server.url, apiKey: "demo", maxRetries: 0 });
    const dir = await mkdtemp(join(tmpdir(), "braid-demo-"));
    try {
      await sh(dir, "git init -q");
      const plan = await planOf(client, dir, "Tidy up");
      assert.deepEqual(checkPlan(plan), []);
      for (const subtask of inOrder(plan.subtasks)) {
        const assignment = `Subtask: ${subtask.id} (attempt 1)`;
        const run = await runWorker({ client, dir, role: subtask.agent, assignment, verify: [] });
        assert.deepEqual(run.changed, subtask.files);
        Report.parse(run.answer);
      }
      assert.match(await readFile(join(dir, "notes/handbook.md"), "utf8"), /^# handbook\n\nWritten by the documenter/u);
    } finally {
      await server.dispose();
      await rm(dir, { recursive: true, force: true, maxRetries: 10, retryDelay: 50 });
    }
  });
});

async function planOf(client: Anthropic, dir: string, goal: string): Promise<Plan> {
  const run = await runWorker({
    client,
    dir,
    role: "planner",
    assignment: `Goal: ${goal}\n\nLook around.`,
    verify: [],
  });
  return z.object({ plan: Plan }).parse(run.answer).plan;
}

async function countTests(dir: string): Promise<number> {
  const { code, output } = await sh(dir, "node --test");
  assert.equal(code, 0, output);
  return Number(/^(?:#|ℹ) pass (\d+)$/mu.exec(output)?.[1]);
}
