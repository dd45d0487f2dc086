import type { CleanStep } from "../../src/run/clean/clean-run";
import { cleanRuns } from "../../src/run/clean/clean-run";
import { restoreRun } from "../../src/run/clean/restore-run";
import { takeStock } from "../../src/run/clean/take-stock";
import { portsFor } from "../support/run-ports";

const [, , repo = "", worktreeRoot = "", step = "", restore] = process.argv;

/** Cleans up all runs and is killed as soon as one has come to `step`; or brings one back. */
async function main(): Promise<void> {
  const ports = await portsFor(repo, worktreeRoot);
  if (restore !== undefined) return void (await restoreRun(ports, restore));
  const { signal } = new AbortController();
  const { runs } = await takeStock(ports.repo, worktreeRoot, signal);
  const onStep = (_: string, at: CleanStep): void => {
    if (at === step) process.kill(process.pid, "SIGKILL");
  };
  const outcomes = await cleanRuns(ports, runs, { signal, onStep });
  process.stdout.write(JSON.stringify(outcomes));
}

void main();
