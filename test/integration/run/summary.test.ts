import { deepEqual, equal, notDeepEqual, ok } from "node:assert/strict";
import { execFileSync } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import type { RunEvent } from "../../../src/core/state/events";
import { openRepository, type Repository } from "../../../src/git/repository";
import { toLine } from "../../../src/run/log/journal-lines";
import { journalPath, runDir } from "../../../src/run/log/places";
import { listRuns, listRunsInShort } from "../../../src/run/log/store";
import { keepSummary, markOf } from "../../../src/run/log/summary";
import { gateOptions } from "../../../src/run/planning/gate-options";
import { Run } from "../../../src/run/run";
import { begun, created, failedWith, finished, planOf, record, started, turned } from "../../support/builders";
import { portsFor } from "../../support/run-ports";
import { tempFolder, tempRepo, type TempRepo } from "../../support/temp-repo";

const ID = "r0000001";
const STORY = [
  ...begun(planOf("a", "b")),
  started("a"),
  finished("a", "x"),
  started("b"),
  failedWith("b", "limit.turns"),
];
/** A whole second, which every system keeps as it is. */
const THEN = new Date(1_700_000_000_000);

describe("the summary beside a run's log", () => {
  let temp: TempRepo;
  let repo: Repository;
  beforeEach(async () => {
    temp = tempRepo({ "README.md": "# x\n" });
    repo = await openRepository(temp.dir);
    mkdirSync(runDir(repo, ID), { recursive: true });
    write(STORY);
  });
  afterEach(() => temp.dispose());

  const journal = () => journalPath(repo, ID);
  const summary = () => join(runDir(repo, ID), "summary.json");
  function write(events: readonly RunEvent[], text = record(events).map(toLine).join("")): void {
    writeFileSync(journal(), text);
    utimesSync(journal(), THEN, THEN);
  }
  const phases = async () =>
    (await listRunsInShort(repo, 0)).map((run) =>
      "past" in run ? `${run.past.phase} ${run.outcomes.length}` : "problem",
    );

  it("is there after the first look, and saves the second the reading", async () => {
    write([...STORY, ...Array.from({ length: 40 }, (_, turn) => turned("b", turn + 1))]);
    deepEqual(await phases(), ["review 2"]);
    ok(existsSync(summary()));
    const first = await listRunsInShort(repo, 0);
    // What only a reader of the log can see, far from its end.
    write([], readFileSync(journal(), "utf8").replace('"goal":"A', '"goal":"B'));
    deepEqual(await listRunsInShort(repo, 0), first);
  });

  it("is not read instead of a log that was written to, cut, changed in place, replaced or gone", async () => {
    const another = STORY.map((event) => (event.type === "run.created" ? { ...event, goal: "B goal" } : event));
    const changes: Readonly<Record<string, () => void>> = {
      "written to": () => write([...STORY, { type: "subtask.rejected", subtask: "a", reason: "" }]),
      cut: () => truncateSync(journal(), readFileSync(journal(), "utf8").trimEnd().lastIndexOf("\n") + 1),
      "another of the same length and time": () => write(another),
      "damaged at the same length and time": () => write([], readFileSync(journal(), "utf8").replaceAll("crc", "rcr")),
      gone: () => rmSync(journal()),
    };
    for (const [what, change] of Object.entries(changes)) {
      write(STORY);
      const before = await listRunsInShort(repo, 0);
      change();
      const now = await listRunsInShort(repo, 0);
      notDeepEqual(now, before, what);
      rmSync(summary(), { force: true });
      deepEqual(now, await listRunsInShort(repo, 0), what);
    }
  });

  it("is nothing where it is damaged, of another version, no file, or of a shape nobody wrote", async () => {
    await listRunsInShort(repo, 0);
    const kept = readFileSync(summary(), "utf8");
    const bad: Readonly<Record<string, () => void>> = {
      "a flipped word": () => writeFileSync(summary(), kept.replace("review", "failed")),
      "half of it": () => writeFileSync(summary(), kept.slice(0, 100)),
      empty: () => writeFileSync(summary(), ""),
      "another version": () => writeFileSync(summary(), kept.replace('"v":1', '"v":2')),
      "a link to a file of its kind": () => {
        writeFileSync(join(temp.dir, "elsewhere.json"), kept.replace("review", "done"));
        symlinkSync(join(temp.dir, "elsewhere.json"), summary());
      },
      "a pipe nobody writes to": () => execFileSync("mkfifo", [summary()]),
      "a folder": () => mkdirSync(summary()),
      "larger than any": () => writeFileSync(summary(), kept.padEnd(2_000_000)),
    };
    for (const [what, make] of Object.entries(bad)) {
      rmSync(summary(), { recursive: true, force: true });
      make();
      deepEqual(await phases(), ["review 2"], what);
    }
  });

  it("is made when a run is closed, and not while somebody has it or is at work in it", async () => {
    const trees = tempFolder();
    try {
      const ports = await portsFor(temp.dir, trees.dir);
      write([...STORY, started("b", 2)]);
      deepEqual(await phases(), ["paused 1"], "nobody is at it");
      ok(!existsSync(summary()), "at work");
      const run = await Run.open(ports, ID, (opened) => opened.holdWorkers());
      await listRunsInShort(repo, 0);
      ok(!existsSync(summary()), "somebody has it");
      await run.close();
      ok(existsSync(summary()), "closed");
      const [short] = await listRunsInShort(repo, 0);
      ok(short !== undefined && "past" in short && short.past.phase === "paused");
    } finally {
      trees.dispose();
    }
  });

  it("counts no time for who was at work when the process went away", async () => {
    write([...STORY, started("b", 2)]);
    const worked = async (now: number) => {
      const [short] = await listRunsInShort(repo, now);
      ok(short !== undefined && "past" in short);
      return short.past.workedMs;
    };
    equal(await worked(86_400_000), await worked(0));
  });

  it("tells estimates what earlier runs took", async () => {
    write([...STORY, ...Array.from({ length: 40 }, (_, turn) => turned("b", turn + 1))]);
    const figures = async () => (await gateOptions(temp.dir, 1)).history;
    const before = await figures();
    deepEqual(
      before?.map(({ role }) => role),
      ["implementer"],
    );
    ok(existsSync(summary()));
    write([], readFileSync(journal(), "utf8").replace('"goal":"A', '"goal":"B'));
    deepEqual(await figures(), before);
  });

  it("is not kept of a log that was written to while it was read", async () => {
    const before = await markOf(repo, ID);
    const [read] = await listRuns(repo);
    ok(read !== undefined && "state" in read && before !== undefined);
    write([...STORY, { type: "subtask.rejected", subtask: "a", reason: "" }]);
    await keepSummary(repo, ID, read.state, before);
    ok(!existsSync(summary()));
    await keepSummary(repo, ID, read.state, await markOf(repo, ID));
    ok(existsSync(summary()));
  });

  it("keeps the order of the runs, which their first lines tell", async () => {
    for (const [id, at] of [
      ["r0000002", 50],
      ["r0000003", 5],
    ] as const) {
      mkdirSync(runDir(repo, id));
      writeFileSync(
        journalPath(repo, id),
        toLine({ seq: 1, at: at * 1_000_000, event: { ...created(), run: id } as RunEvent }),
      );
    }
    const order = ["r0000002", "r0000003", ID];
    deepEqual(
      (await listRunsInShort(repo, 0)).map(({ id }) => id),
      order,
    );
    deepEqual(
      (await listRuns(repo, 2)).map(({ id }) => id),
      order.slice(0, 2),
    );
  });
});
