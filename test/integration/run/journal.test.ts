import { deepEqual, equal, notEqual, ok, rejects } from "node:assert/strict";
import { appendFileSync, existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { crc32 } from "node:zlib";
import { BraidError } from "../../../src/core/failure";
import { describeDamage, Journal, readJournal } from "../../../src/run/log/journal";
import { toLine } from "../../../src/run/log/journal-lines";
import { created, rejected } from "../../support/builders";
import { random } from "../../support/random";
import { tempFolder } from "../../support/temp-repo";
import { EVENTS, failsWith, openJournal, reopened, written } from "./journal-file";

let folder: ReturnType<typeof tempFolder>;
let path: string;
beforeEach(() => {
  folder = tempFolder();
  path = join(folder.dir, "runs", "r1", "journal.jsonl");
});
afterEach(() => folder.dispose());

describe("a journal", () => {
  it("plays back what was appended, in order, and goes on where it ended", async () => {
    const recorded = await written(path);
    deepEqual(
      recorded.map((r) => [r.seq, r.at, r.event]),
      EVENTS.map((event, i) => [i + 1, (i + 1) * 1000, event]),
    );
    const { journal, events } = await openJournal(path);
    deepEqual(events, recorded);
    equal((await journal.append({ type: "run.paused" })).seq, EVENTS.length + 1);
    await journal.close();
    deepEqual(
      (await readJournal(path)).events.map((r) => r.event),
      [...EVENTS, { type: "run.paused" }],
    );
  });

  it("is for its owner's eyes, one line an event", async () => {
    await written(path);
    equal(statSync(path).mode & 0o777, 0o600);
    equal(statSync(join(path, "..")).mode & 0o777, 0o700);
    equal(readFileSync(path, "utf8").split("\n").length, EVENTS.length + 1);
  });

  it("that is not there is empty, and reading makes none", async () => {
    deepEqual(await readJournal(path), { events: [], bytes: 0, damage: [] });
    equal(existsSync(path), false);
  });

  it("keeps the order of 1,000 appends at once", async () => {
    const { journal } = await openJournal(path);
    const recorded = await Promise.all(Array.from({ length: 1000 }, (_, i) => journal.append(rejected("a", `${i}`))));
    await journal.close();
    deepEqual(
      recorded.map((r) => r.seq),
      Array.from({ length: 1000 }, (_, i) => i + 1),
    );
    deepEqual((await readJournal(path)).events, recorded);
  });

  it("writes what is handed in at the same moment by one write, and asks the clock once", async () => {
    let reads = 0;
    const { journal } = await Journal.open(path, () => (reads += 1));
    const both = await Promise.all([journal.append(created()), journal.append(rejected("a", "no"))]);
    const later = await journal.append(rejected("a", "no"));
    await journal.close();
    deepEqual(
      [...both, later].map(({ at }) => at),
      [1, 1, 2],
    );
  });

  it("has an event on disk when its append resolves", async () => {
    const { journal } = await openJournal(path);
    for (const event of EVENTS) {
      const recorded = await journal.append(event);
      deepEqual((await readJournal(path)).events.at(-1), recorded);
    }
    await journal.close();
  });

  it("waits for what is under way before it closes, and takes nothing after", async () => {
    const { journal } = await openJournal(path);
    const late = Promise.all(EVENTS.map((event) => journal.append(event)));
    await journal.close();
    equal((await late).length, EVENTS.length);
    await rejects(journal.append({ type: "run.paused" }), failsWith("internal"));
    equal((await readJournal(path)).events.length, EVENTS.length);
  });

  it("goes on after an event that cannot be written down", async () => {
    const { journal } = await openJournal(path);
    const endless: { type: "run.paused"; self?: object } = { type: "run.paused" };
    endless.self = endless;
    await rejects(journal.append(endless), failsWith("internal"));
    equal((await journal.append(created())).seq, 1);
    await journal.close();
  });
});

describe("a torn tail", () => {
  it("is cut at every byte of the last line, and the next event takes its place", async () => {
    const recorded = await written(path);
    const whole = readFileSync(path);
    const start = whole.lastIndexOf(10, whole.length - 2) + 1;
    for (let end = start; end < whole.length; end += 1) {
      writeFileSync(path, whole.subarray(0, end));
      deepEqual(await readJournal(path), { events: recorded.slice(0, -1), bytes: start, damage: [] });
    }
    const { journal, events } = await openJournal(path);
    equal(statSync(path).size, start);
    equal(events.length, EVENTS.length - 1);
    equal((await journal.append({ type: "run.paused" })).seq, EVENTS.length);
    await journal.close();
    equal((await readJournal(path)).events.length, EVENTS.length);
  });

  it("of zeros, as a file system leaves a block it never wrote, is cut", async () => {
    const recorded = await written(path);
    appendFileSync(path, Buffer.alloc(4096));
    deepEqual(await reopened(path), recorded);
  });

  it("is left alone by those who only read", async () => {
    await written(path);
    appendFileSync(path, '{"v":1,');
    const before = readFileSync(path);
    equal((await readJournal(path)).events.length, EVENTS.length);
    deepEqual(readFileSync(path), before);
  });
});

describe("damage is never taken for history", () => {
  it("a changed byte in any of 200 places: told, or cut with the last lines", async () => {
    const recorded = await written(path);
    const whole = readFileSync(path);
    const next = random(7);
    for (let n = 0; n < 200; n += 1) {
      const at = next(whole.length);
      const bytes = Buffer.from(whole);
      bytes[at] = (bytes[at] ?? 0) ^ (1 << next(8));
      writeFileSync(path, bytes);
      const outcome = await readJournal(path).catch((error: unknown) => {
        if (error instanceof BraidError) return error;
        throw error;
      });
      if (outcome instanceof BraidError) {
        ok(["journal.corrupt", "journal.newer"].includes(outcome.failure.code), outcome.failure.code);
        continue;
      }
      // Nothing but the truth, and what is not there is told, but for lines at the end, which look like torn ones.
      deepEqual(
        outcome.events,
        outcome.events.map(({ seq }) => recorded[seq - 1]),
      );
      const isWhole = outcome.events.length === recorded.length;
      ok(isWhole || outcome.damage.length > 0 || (outcome.events.at(-1)?.seq ?? 0) < recorded.length);
    }
  });

  const lines = () => readFileSync(path, "utf8").trimEnd().split("\n");
  const rewrite = (all: readonly string[]) => writeFileSync(path, all.map((line) => `${line}\n`).join(""));
  /** EVENTS are: created, proposed, approved, started, turn, check, finished, rejected. */
  for (const [what, change, outcome] of [
    ["the first line taken out", (all: readonly string[]) => all.slice(1), "journal.corrupt"],
    ["the approval taken out", (all: readonly string[]) => all.toSpliced(2, 1), "journal.corrupt"],
    ["a start taken out", (all: readonly string[]) => all.toSpliced(3, 1), "journal.corrupt"],
    ["a turn taken out", (all: readonly string[]) => all.toSpliced(4, 1), "event 5 is missing"],
    ["an end taken out", (all: readonly string[]) => all.toSpliced(6, 1), "journal.corrupt"],
    ["a line twice", (all: readonly string[]) => all.toSpliced(2, 0, all[2] ?? ""), "line 4 repeats an earlier one"],
    [
      "two lines changed round",
      (all: readonly string[]) => [all[1] ?? "", all[0] ?? "", ...all.slice(2)],
      "line 2 stands too late",
    ],
    [
      "an event edited by hand",
      (all: readonly string[]) => all.with(4, (all[4] ?? "").replace("sonnet", "opus")),
      "line 5 cannot be read; event 5 is missing",
    ],
    [
      "a line that is null",
      (all: readonly string[]) => all.with(1, "null"),
      "line 2 cannot be read; event 2 is missing",
    ],
    ["an empty line", (all: readonly string[]) => all.toSpliced(1, 0, ""), "line 2 cannot be read"],
    [
      "a version that is not its own",
      (all: readonly string[]) => all.with(4, (all[4] ?? "").replace('"v":2', '"v":1')),
      "line 5 cannot be read; event 5 is missing",
    ],
    [
      "a newer version",
      (all: readonly string[]) => all.with(3, (all[3] ?? "").replace('"v":2', '"v":3')),
      "journal.newer",
    ],
    [
      "an event of a newer Braid that writes them the same way",
      (all: readonly string[]) => [...all, toLine({ seq: 9, at: 9, event: { type: "moon.risen" } as never }).trimEnd()],
      "journal.newer",
    ],
    [
      "an event that is none",
      (all: readonly string[]) => [...all, toLine({ seq: 9, at: 9, event: null as never }).trimEnd()],
      "journal.newer",
    ],
    [
      "a version that never was, and no sum",
      (all: readonly string[]) => all.with(4, '{"v":0,"seq":5,"at":5000,"event":{"type":"run.cancelled"}}'),
      "line 5 cannot be read; event 5 is missing",
    ],
    [
      "a newer version at the end",
      (all: readonly string[]) => [...all, '{"v":9,"seq":99,"whatever":1}'],
      "journal.newer",
    ],
  ] as const)
    it(`${what}: ${outcome}`, async () => {
      const recorded = await written(path);
      const before = lines();
      const after = change(before);
      notEqual(after.join("\n"), before.join("\n"));
      rewrite(after);
      if (outcome === "journal.corrupt" || outcome === "journal.newer")
        return rejects(openJournal(path), failsWith(outcome));
      equal(describeDamage((await readJournal(path)).damage), outcome);
      const events = await reopened(path);
      deepEqual(
        events,
        events.map(({ seq }) => recorded[seq - 1]),
      );
      deepEqual(lines(), after);
    });

  it("goes on behind the damage, which stays where it is", async () => {
    await written(path);
    rewrite(lines().toSpliced(4, 1, "?"));
    const { journal } = await openJournal(path);
    equal((await journal.append({ type: "run.paused" })).seq, EVENTS.length + 1);
    await journal.close();
    equal((await reopened(path)).length, EVENTS.length);
    equal(lines()[4], "?");
  });

  it("keeps whole lines it cuts off the end", async () => {
    await written(path);
    rewrite([...lines().slice(0, -1), "{}"]);
    equal((await reopened(path)).length, EVENTS.length - 1);
    equal(readFileSync(`${path}.cut`, "utf8"), "{}\n");
  });

  it("keeps them also where a copy takes the log's place, as a run changes hands", async () => {
    await written(path);
    rewrite([...lines().slice(0, -1), "{}"]);
    const { journal, events } = await Journal.open(path, () => 0, { renew: true });
    await journal.close();
    equal(events.length, EVENTS.length - 1);
    equal(readFileSync(`${path}.cut`, "utf8"), "{}\n");
  });
});

describe("a journal of the first format", () => {
  const line = (event: unknown, seq: number) => {
    const crc = crc32(JSON.stringify([seq, 7, event]))
      .toString(16)
      .padStart(8, "0");
    return `${JSON.stringify({ v: 1, crc, seq, at: 7, event })}\n`;
  };
  it("is read, and gone on with in today's", async () => {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, EVENTS.map((event, i) => line(event, i + 1)).join(""));
    const { journal, events } = await openJournal(path);
    deepEqual(
      events.map(({ event }) => event),
      EVENTS,
    );
    await journal.append({ type: "run.paused" });
    await journal.close();
    equal((await reopened(path)).length, EVENTS.length + 1);
  });
});

describe("a journal that is renewed", () => {
  it("no longer takes what its earlier owner writes", async () => {
    const { journal: old } = await openJournal(path);
    for (const event of EVENTS) await old.append(event);
    const { journal, events } = await Journal.open(path, () => 0, { renew: true });
    equal(events.length, EVENTS.length);
    await old.append({ type: "run.cancelled" });
    await journal.append({ type: "run.paused" });
    await Promise.all([old.close(), journal.close()]);
    deepEqual((await reopened(path)).at(-1)?.event, { type: "run.paused" });
  });
});
