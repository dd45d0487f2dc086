import { existsSync, writeFileSync } from "node:fs";
import { monitorEventLoopDelay } from "node:perf_hooks";
import { setTimeout as sleep } from "node:timers/promises";
import * as vscode from "vscode";

const LIMIT_MS = 60_000;
const RESOLUTION_MS = 1;

/**
 * In the extension host: brings up Braid's view and the review panel of a run that another process has, and measures how late
 * the event loop is, first with nothing happening in it and then while it is busy. It tells by files beside the one that
 * BRAID_BENCH_RESULT names where it is: `.ready`, `.quiet`, and the result, in milliseconds; `.busy` tells it that there is something to see.
 */
export async function run(): Promise<void> {
  const result = process.env["BRAID_BENCH_RESULT"];
  const [rounds, seconds] = [Number(process.env["BRAID_BENCH_ROUNDS"]), Number(process.env["BRAID_BENCH_SECONDS"])];
  const quietRounds = Number(process.env["BRAID_BENCH_QUIET_ROUNDS"]);
  const delays = async (count: number): Promise<readonly Delay[]> => {
    const all: Delay[] = [];
    while (all.length < count) all.push(await delay(seconds));
    return all;
  };
  if (result === undefined) throw new Error("There is nothing to measure here.");
  await vscode.extensions.getExtension("braid.braid")?.activate();
  await vscode.commands.executeCommand("braid.run.focus");
  writeFileSync(`${result}.ready`, "");
  await until(() => existsSync(`${result}.shown`));
  const panels = () => vscode.window.tabGroups.all.flatMap(({ tabs }) => tabs).map(({ input }) => input);
  void vscode.commands.executeCommand("braid.openReview");
  await until(() => panels().some((input) => input instanceof vscode.TabInputWebview));
  await sleep(3_000);
  const quiet = await delays(quietRounds);
  writeFileSync(`${result}.quiet`, "");
  await until(() => existsSync(`${result}.busy`));
  const busy = await delays(rounds);
  writeFileSync(result, JSON.stringify({ quiet, busy }));
}

async function until(holds: () => boolean): Promise<void> {
  for (const start = Date.now(); !holds(); await sleep(50))
    if (Date.now() - start > LIMIT_MS) throw new Error(`It took longer than ${LIMIT_MS} ms: ${holds.toString()}`);
}

/** How late the event loop was: in the middle and of the worst hundredth, in milliseconds; and CPU seconds a second meanwhile. */
export interface Delay {
  readonly p50: number;
  readonly p99: number;
  readonly cpu: number;
}

async function delay(seconds: number): Promise<Delay> {
  const before = process.cpuUsage();
  const histogram = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
  histogram.enable();
  await sleep(seconds * 1_000);
  histogram.disable();
  const { user, system } = process.cpuUsage(before);
  // What it counts includes the time it means to wait.
  const at = (percent: number) => Math.max(0, histogram.percentile(percent) / 1e6 - RESOLUTION_MS);
  return { p50: at(50), p99: at(99), cpu: (user + system) / 1e6 / seconds };
}
