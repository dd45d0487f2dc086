/*
 * What the log of a run costs: how long a run of ten thousand events takes to be taken over by another process, from its first
 * look at the log to the last event that reconciles it, and what an event costs with and without its fsync, alone and side by
 * side. `node esbuild.mjs --tests && node dist/test/bench/recovery.main.mjs [EVENTS]`.
 */
import { appendFileSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { toLine } from "../../src/run/log/journal-lines";
import { Journal } from "../../src/run/log/journal";
import { Run } from "../../src/run/run";
import { record, turned } from "../support/builders";
import { longRun } from "../support/long-run";
import { portsFor } from "../support/run-ports";
import { tempFolder, tempRepo } from "../support/temp-repo";

const EVENTS = Number(process.argv[2] ?? 10_000);
const PER_SUBTASK = 10;
/** Workers under way when the process is killed. */
const WORKING = 16;
const ROUNDS = 5;
const APPENDS = 500;

const median = (numbers: readonly number[]) => numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)] ?? 0;
const say = (line: string) => void process.stdout.write(`${line}\n`);

const trees = tempFolder();
try {
  await recovery();
  await journal();
} finally {
  trees.dispose();
}

async function recovery(): Promise<void> {
  const times: number[] = [];
  let [bytes, events] = [0, 0];
  for (let round = 0; round < ROUNDS; round += 1) {
    const repo = tempRepo({ "README.md": "# x\n" });
    try {
      const story = record(longRun(repo.git("rev-parse", "HEAD"), Math.ceil(EVENTS / PER_SUBTASK), WORKING));
      const dir = join(repo.dir, ".git/braid/runs/r0000001");
      mkdirSync(dir, { recursive: true });
      const log = story.map(toLine).join("");
      writeFileSync(join(dir, "journal.jsonl"), log);
      const ports = await portsFor(repo.dir, trees.dir);
      const began = performance.now();
      const run = await Run.open(ports, "r0000001");
      times.push(performance.now() - began);
      [bytes, events] = [log.length, run.state().seq];
      await run.close();
    } finally {
      repo.dispose();
    }
  }
  const [most, middle] = [Math.max(...times), median(times)];
  say(`recovery of a run of ${events} events (${(bytes / 1e6).toFixed(1)} MB), ${WORKING} workers under way:`);
  say(`${(middle / 1000).toFixed(2)} s in the middle, ${(most / 1000).toFixed(2)} s at most, of ${ROUNDS}`);
}

async function journal(): Promise<void> {
  const one = turned("a");
  const plain = measure(() => {
    for (let i = 0; i < APPENDS; i += 1)
      appendFileSync(join(trees.dir, "plain"), toLine({ seq: i + 1, at: 0, event: one }));
    return Promise.resolve();
  });
  const alone = measure(async () => {
    const { journal: log } = await Journal.open(join(trees.dir, "a/b/alone.jsonl"), Date.now);
    for (let i = 0; i < APPENDS; i += 1) await log.append(one);
    await log.close();
  });
  say(`an event without fsync ${await plain} µs; on disk before its effect ${await alone} µs`);
  for (const writers of [4, 16, 64]) {
    const together = await measure(async () => {
      const { journal: log } = await Journal.open(join(trees.dir, `a/b/${writers}.jsonl`), Date.now);
      const write = async (): Promise<void> => {
        for (let i = 0; i < APPENDS / writers; i += 1) await log.append(one);
      };
      await Promise.all(Array.from({ length: writers }, write));
      await log.close();
    });
    say(`of ${writers} workers side by side ${together} µs an event: they share the fsync`);
  }
}

/** Microseconds an event. */
async function measure(act: () => Promise<void>): Promise<string> {
  const began = performance.now();
  await act();
  return (((performance.now() - began) * 1000) / APPENDS).toFixed(0);
}
