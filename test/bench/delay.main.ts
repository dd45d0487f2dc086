/*
 * How late the extension host's event loop is while a run writes 5,000 events a second, with the Run view and the review panel
 * open: the real workbench, and a real run of another process, whose log the window follows.
 */
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { Plan } from "../../src/core/plan/plan";
import { Run } from "../../src/run/run";
import { started, turned } from "../support/builders";
import { fileWriter, portsFor } from "../support/scripted-worker";
import { tempFolder, tempRepo } from "../support/temp-repo";
import { ROOT } from "../workbench/root";
import { serveWorkbench } from "../workbench/serve";
import { Workbench } from "../workbench/workbench";
import type { Delay } from "../host/bench-delay.main";
import { isQuick, report, rounds } from "./report";

const A_SECOND = 5_000;
const TICK_MS = 10;
const SECONDS = isQuick() ? 1.5 : 10;
const LIMIT_MS = 120_000;
const WORKERS = ["b", "c", "d", "e", "f", "g", "h"];

interface Delays {
  readonly quiet: readonly Delay[];
  readonly busy: readonly Delay[];
}

const repo = tempRepo({ "README.md": "# A small project\n" });
const [trees, scratch] = [tempFolder(), tempFolder()];
const result = join(scratch.dir, "result.json");
const lines = Array.from({ length: 200 }, (_, i) => `export const value${i} = ${i};\n`).join("");
const run = await Run.create(await portsFor(repo.dir, trees.dir, fileWriter({ a: { "src/a.ts": lines } })), "Eight", {
  concurrency: 8,
  attempts: 1,
});
let measured: Delays;
let pace: number;
try {
  await run.approve(Plan.parse({ task: "Eight", subtasks: ["a", ...WORKERS].map((id) => ({ id })) }), WORKERS);
  await run.idle();
  // The others are at work as far as the log says.
  for (const id of WORKERS) await run.record(started(id));
  ({ measured, pace } = await measure());
} finally {
  await run.close();
  for (const folder of [trees, scratch, repo]) folder.dispose();
}
const { quiet, busy } = measured;
report("delay", `${A_SECOND.toLocaleString("en")} events a second in sight`, [
  { name: "the event loop is late by, p99", unit: "ms", limit: 20, values: busy.map(({ p99 }) => p99) },
  { name: "in the middle", unit: "ms", values: busy.map(({ p50 }) => p50) },
  { name: "p99 with nothing happening", unit: "ms", values: quiet.map(({ p99 }) => p99) },
  { name: "CPU seconds a second meanwhile", unit: "s", values: busy.map(({ cpu }) => cpu) },
  { name: "events a second that were written", unit: "1/s", values: [pace] },
]);

async function measure(): Promise<{ readonly measured: Delays; readonly pace: number }> {
  const served = await serveWorkbench({
    folder: repo.dir,
    env: {
      BRAID_BENCH_RESULT: result,
      BRAID_BENCH_ROUNDS: `${rounds(9)}`,
      BRAID_BENCH_QUIET_ROUNDS: `${isQuick() ? 2 : rounds(9)}`,
      BRAID_BENCH_SECONDS: `${SECONDS}`,
    },
    development: { extension: ROOT, tests: join(ROOT, "dist/test/host/bench-delay.main.js") },
  });
  const workbench = await Workbench.open(served.url);
  const until = async (file: string): Promise<void> => {
    for (const start = Date.now(); !existsSync(file); await sleep(50))
      if (Date.now() - start > LIMIT_MS) throw new Error(`Nothing was measured:\n${served.log()}`);
  };
  try {
    await until(`${result}.ready`);
    await workbench.waitFor("the run", async () =>
      (await workbench.treeRows("Run").catch(() => [])).some(({ label }) => label.startsWith("a,")),
    );
    writeFileSync(`${result}.shown`, "");
    await until(`${result}.quiet`);
    const stop = new AbortController();
    const writing = write(stop.signal);
    await sleep(1_000);
    writeFileSync(`${result}.busy`, "");
    await until(result);
    await sleep(100);
    stop.abort();
    const paceThen = await writing;
    return { measured: JSON.parse(readFileSync(result, "utf8")), pace: paceThen };
  } finally {
    await workbench.close();
    await served.dispose();
  }
}

/** Has the run record turns of its workers at that pace until told to stop, and gives the pace there was. */
async function write(signal: AbortSignal): Promise<number> {
  const began = performance.now();
  let count = 0;
  const recorded: Promise<void>[] = [];
  while (!signal.aborted) {
    // A tick that came late is made up for.
    const due = ((performance.now() - began) / 1_000) * A_SECOND;
    for (; count < due; count += 1) recorded.push(run.record(turned(WORKERS[count % WORKERS.length] ?? "b", count)));
    await sleep(TICK_MS);
  }
  await Promise.all(recorded);
  return (count / (performance.now() - began)) * 1_000;
}
