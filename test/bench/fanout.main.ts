/*
 * Eight workers side by side, each in its own worktree, four turns with tools and a report: wall time against the model's time on
 * the critical path; what it costs in CPU; and what the requests carry.
 */
import { monitorEventLoopDelay } from "node:perf_hooks";
import { tempFolder, tempRepo } from "../support/temp-repo";
import { startModelServer } from "./lib/model-server";
import { allCpuSeconds } from "./lib/process-cost";
import { realPorts, timeRun } from "./lib/run-plan";
import { SUBTASK_MS, workScenario } from "./lib/work-scenario";
import { inTime, report } from "./report";

const WORKERS = 8;
const kB = (bytes: number) => bytes / 1_000;

const repo = tempRepo({ "README.md": "# A small project\n", "src/index.ts": "export {};\n" });
const trees = tempFolder();
const server = await startModelServer(workScenario(), { keepBodies: true });
const walls: number[] = [];
const cpu: number[] = [];
const own: number[] = [];
const delays: number[] = [];
const first: number[] = [];
const prompts: number[] = [];
const perSubtask: number[] = [];
try {
  const ports = await realPorts(repo.dir, trees.dir, server.url);
  const plan = Array.from({ length: WORKERS }, (_, i) => ({ id: `part-${i}` }));
  // What is loaded once is loaded.
  await timeRun(ports, plan, WORKERS);
  await server.asked();
  for (const _round of inTime(15)) {
    const [began, before, ownBefore] = [Date.now(), allCpuSeconds(), process.cpuUsage()];
    const delay = monitorEventLoopDelay({ resolution: 5 });
    delay.enable();
    walls.push(await timeRun(ports, plan, WORKERS));
    delay.disable();
    delays.push(delay.percentile(99) / 1e6);
    cpu.push(allCpuSeconds() - before);
    const { user, system } = process.cpuUsage(ownBefore);
    own.push((user + system) / 1e6);
    const asked = await server.asked();
    first.push(Math.min(...asked.map(({ at }) => at)) - began);
    prompts.push(kB(Math.max(...asked.map(({ prompt }) => prompt))));
    perSubtask.push(kB(asked.reduce((sum, { whole }) => sum + whole, 0)) / WORKERS);
  }
} finally {
  await server.close();
  trees.dispose();
  repo.dispose();
}
report("fanout", `${WORKERS} workers side by side`, [
  {
    name: "wall / model time on the critical path",
    unit: "×",
    limit: 1.03,
    values: walls.map((ms) => ms / SUBTASK_MS),
  },
  { name: "wall", unit: "ms", values: walls },
  { name: "CPU, git and all", unit: "s", values: cpu },
  { name: "CPU, Braid's own process", unit: "s", values: own },
  { name: "event loop delay, p99", unit: "ms", values: delays },
  { name: "run created to first request", unit: "ms", values: first },
  { name: "system prompt and tools", unit: "kB", limit: 8, values: prompts },
  { name: "sent per subtask, five requests", unit: "kB", values: perSubtask },
]);
