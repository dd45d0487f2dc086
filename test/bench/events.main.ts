/*
 * The log as it grows: how fast events are folded, how the cost of one grows with their number and with the number of subtasks,
 * and what it costs a busy run that each is on disk before its effect.
 */
import { writeFileSync } from "node:fs";
import { open, type FileHandle } from "node:fs/promises";
import { join } from "node:path";
import type { RecordedEvent } from "../../src/core/state/events";
import { evolve, foldAll } from "../../src/core/state/fold";
import { initialState } from "../../src/core/state/state";
import { toRunView } from "../../src/core/state/view";
import { toLine } from "../../src/run/log/journal-lines";
import { readJournal } from "../../src/run/log/journal";
import { record, turned } from "../support/builders";
import { longRun } from "../support/long-run";
import { tempFolder, tempRepo } from "../support/temp-repo";
import { startModelServer } from "./lib/model-server";
import { realPorts, timeRun } from "./lib/run-plan";
import { workScenario } from "./lib/work-scenario";
import { inTime, isQuick, report, rounds, type Figure } from "./report";

const PER_SUBTASK = 10;
/** As many as a plan may have. */
const MAX_SUBTASKS = 1_000;
/** The longest log, and the longest that is read where there is little time. */
const MOST = 100_000;
const READ = isQuick() ? 20_000 : MOST;
const COMMIT = "0".repeat(40);
const BUSY_WORKERS = 8;

const scratch = tempFolder();
const figures: Figure[] = [];
try {
  const [small, large] = [storyOf(100), storyOf(10_000)];
  for (const [how, one] of [
    ["as a log is read", fold],
    ["one by one, as they happen", live],
  ] as const)
    figures.push({
      name: `events folded a second, log of ${large.length}, ${how}`,
      unit: "1/s",
      limit: 200_000,
      moreIsBetter: true,
      values: times(() => one(large)).map((ms) => (large.length / ms) * 1_000),
    });
  // Ratios of what one event costs, each pair measured together.
  for (const count of [MOST / 10, MOST]) {
    const story = storyOf(count);
    figures.push({
      name: `one event of ${count} to fold / one of 100`,
      unit: "×",
      limit: 1.5,
      values: pairs(
        () => fold(story) / story.length,
        () => fold(small, count / 100) / small.length,
      ),
    });
  }
  const [few, many] = [record(longRun(COMMIT, 10, 1)), record(longRun(COMMIT, 1_000, 1))];
  figures.push(
    {
      name: "one event of 1,000 subtasks to fold / one of 10",
      unit: "×",
      limit: 1.5,
      values: pairs(
        () => fold(many) / many.length,
        () => fold(few, 30) / few.length,
      ),
    },
    {
      name: "the same, one by one",
      unit: "×",
      limit: 1.5,
      values: pairs(
        () => live(many) / many.length,
        () => live(few, 30) / few.length,
      ),
    },
    {
      name: "a view of 1,000 subtasks / 100 of 10",
      unit: "×",
      limit: 1.5,
      values: pairs(
        () => project(many, 10),
        () => project(few, 1_000),
      ),
    },
  );
  figures.push(await reading());
  figures.push(await busyRun());
} finally {
  scratch.dispose();
}
report("events", "the log of a run", figures);

function storyOf(events: number): readonly RecordedEvent[] {
  const subtasks = Math.min(MAX_SUBTASKS, Math.ceil(events / PER_SUBTASK));
  const story = longRun(COMMIT, subtasks, 1);
  // The last is at work, and goes on for as long as it takes.
  const more = Math.max(0, events - story.length);
  return record([...story, ...Array.from({ length: more }, () => turned(`subtask-${subtasks}`))].slice(0, events));
}

/** Milliseconds on the processor, which others on the machine do not stretch. */
function cpuMs(act: () => void): number {
  const before = process.cpuUsage();
  act();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1_000;
}

/** Milliseconds for a fold of all of them; of so many folds, one. */
function fold(story: readonly RecordedEvent[], repeat = 1): number {
  return (
    cpuMs(() => {
      for (let i = 0; i < repeat; i += 1) foldAll(story);
    }) / repeat
  );
}

/** The same as a run does it whose states are looked at in between. */
function live(story: readonly RecordedEvent[], repeat = 1): number {
  return (
    cpuMs(() => {
      for (let i = 0; i < repeat; i += 1) story.reduce(evolve, initialState());
    }) / repeat
  );
}

function project(story: readonly RecordedEvent[], repeat: number): number {
  const state = foldAll(story);
  return cpuMs(() => {
    for (let i = 0; i < repeat; i += 1) toRunView(state);
  });
}

function times(act: () => number): readonly number[] {
  act();
  return Array.from({ length: rounds(15) }, act);
}

function pairs(one: () => number, other: () => number): readonly number[] {
  return times(() => one() / other());
}

/** The longest log read and folded, against as many events in logs of 100. */
async function reading(): Promise<Figure> {
  const write = (name: string, events: number): string => {
    const path = join(scratch.dir, name);
    writeFileSync(path, storyOf(events).map(toLine).join(""));
    return path;
  };
  const [large, small] = [write("large", READ), write("small", 100)];
  const read = async (path: string, repeat: number): Promise<number> => {
    const began = performance.now();
    for (let i = 0; i < repeat; i += 1) foldAll((await readJournal(path)).events);
    return performance.now() - began;
  };
  const values: number[] = [];
  for (let round = 0; round < rounds(10); round += 1)
    values.push((await read(large, 1)) / (await read(small, READ / 100)));
  return { name: `a log of ${READ} read / ${READ / 100} of 100`, unit: "×", limit: 1.5, values };
}

/** The same run with every event on disk, and with an fsync that does nothing, one after the other. */
async function busyRun(): Promise<Figure> {
  const repo = tempRepo({ "README.md": "# A small project\n" });
  const trees = tempFolder();
  const server = await startModelServer(workScenario());
  const probe = await open(join(scratch.dir, "probe"), "w");
  const handles: Pick<FileHandle, "datasync"> = Object.getPrototypeOf(probe);
  await probe.close();
  const real = handles.datasync;
  const values: number[] = [];
  try {
    const ports = await realPorts(repo.dir, trees.dir, server.url);
    const plan = Array.from({ length: BUSY_WORKERS }, (_, i) => ({ id: `part-${i}` }));
    const once = async (synced: boolean): Promise<number> => {
      handles.datasync = synced ? real : async () => undefined;
      return timeRun(ports, plan, BUSY_WORKERS);
    };
    await once(true);
    // Who is first of a pair takes turns: the machine warms up, and tires.
    for (const round of inTime(15)) {
      const order = round % 2 === 0 ? [true, false] : [false, true];
      const took = new Map<boolean, number>();
      for (const synced of order) took.set(synced, await once(synced));
      values.push((took.get(true) ?? 0) / (took.get(false) ?? 1));
    }
  } finally {
    handles.datasync = real;
    await server.close();
    trees.dispose();
    repo.dispose();
  }
  return { name: `a run of ${BUSY_WORKERS} workers / the same without fsync`, unit: "×", limit: 1.02, values };
}
