/*
 * What the list of earlier runs costs: 200 runs of ten thousand events each, at first, when each log is read, and from then on, when
 * the summaries beside them are. `node esbuild.mjs --tests && node dist/test/bench/history.main.mjs [RUNS] [EVENTS]`.
 */
import { mkdirSync, writeFileSync } from "node:fs";
import { openRepository } from "../../src/git/repository";
import { toLine } from "../../src/run/log/journal-lines";
import { journalPath, runDir } from "../../src/run/log/places";
import { listRuns, listRunsInShort } from "../../src/run/log/store";
import { record } from "../support/builders";
import { longRun } from "../support/long-run";
import { tempRepo } from "../support/temp-repo";

const RUNS = Number(process.argv[2] ?? 200);
const EVENTS = Number(process.argv[3] ?? 10_000);
const PER_SUBTASK = 10;

const repo = tempRepo({ "README.md": "# x\n" });
try {
  const opened = await openRepository(repo.dir);
  const story = longRun(repo.git("rev-parse", "HEAD"), Math.ceil(EVENTS / PER_SUBTASK), 0);
  const log = record(story).map(toLine).join("");
  for (let i = 0; i < RUNS; i += 1) {
    const id = `r${i.toString(36).padStart(7, "0")}`;
    mkdirSync(runDir(opened, id), { recursive: true });
    writeFileSync(journalPath(opened, id), log);
  }
  process.stdout.write(`${RUNS} runs of ${story.length} events (${((RUNS * log.length) / 1e6).toFixed(0)} MB):\n`);
  await measure("the latest, as a window does that opens", () => listRuns(opened, 1));
  await measure("all of them, read from their logs", () => listRunsInShort(opened, Date.now()));
  await measure("all of them, from their summaries", () => listRunsInShort(opened, Date.now()));
} finally {
  repo.dispose();
}

async function measure(what: string, act: () => Promise<unknown>): Promise<void> {
  const began = performance.now();
  await act();
  process.stdout.write(`${what}: ${((performance.now() - began) / 1000).toFixed(2)} s\n`);
}
