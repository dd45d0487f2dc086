import { deepEqual, equal, notEqual, ok, rejects } from "node:assert/strict";
import { appendFileSync, existsSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { BraidError } from "../../../src/core/failure";
import { readJournal } from "../../../src/run/journal";
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
    deepEqual(await readJournal(path), { events: [], bytes: 0 });
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
      deepEqual(await readJournal(path), { events: recorded.slice(0, -1), bytes: start });
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
  it("a changed byte in any of 200 places: refused, or cut with the last line", async () => {
    const recorded = await written(path);
    const whole = readFileSync(path);
    const lastBreak = whole.lastIndexOf(10, whole.length - 2);
    const lastButOne = whole.lastIndexOf(10, lastBreak - 1);
    const next = random(7);
    let refused = 0;
    for (let n = 0; n < 200; n += 1) {
      const at = next(whole.length);
      const bytes = Buffer.from(whole);
      bytes[at] = (bytes[at] ?? 0) ^ (1 << next(8));
      writeFileSync(path, bytes);
      const outcome = await readJournal(path).catch((error: unknown) => error);
      if (outcome instanceof BraidError) {
        ok(["journal.corrupt", "journal.newer"].includes(outcome.failure.code), outcome.failure.code);
        refused += 1;
        continue;
      }
      ok(typeof outcome === "object" && outcome !== null && "events" in outcome && Array.isArray(outcome.events));
      // Nothing but the truth; and less of it only where the end itself is damaged.
      deepEqual(outcome.events, recorded.slice(0, outcome.events.length));
      const lost = recorded.length - outcome.events.length;
      ok(lost <= (at > lastBreak ? 1 : at > lastButOne ? 2 : 0), `byte ${at}: lost ${lost}`);
    }
    ok(refused > 100, `${refused} refused`);
  });

  it("a block of zeros in the middle", async () => {
    await written(path);
    const bytes = readFileSync(path);
    writeFileSync(path, Buffer.from(bytes).fill(0, 100, 200));
    await rejects(openJournal(path), failsWith("journal.corrupt"));
    equal(readFileSync(path).length, bytes.length);
  });

  const lines = () => readFileSync(path, "utf8").trimEnd().split("\n");
  const rewrite = (all: readonly string[]) => writeFileSync(path, all.map((line) => `${line}\n`).join(""));
  for (const [what, change, code] of [
    ["a line taken out", (all: readonly string[]) => all.toSpliced(2, 1), "journal.corrupt"],
    ["a line twice", (all: readonly string[]) => all.toSpliced(2, 0, all[2] ?? ""), "journal.corrupt"],
    [
      "two lines changed round",
      (all: readonly string[]) => [all[1] ?? "", all[0] ?? "", ...all.slice(2)],
      "journal.corrupt",
    ],
    [
      "an event edited by hand",
      (all: readonly string[]) => all.with(0, (all[0] ?? "").replace("A goal", "A gaol")),
      "journal.corrupt",
    ],
    ["a line that is null", (all: readonly string[]) => all.with(1, "null"), "journal.corrupt"],
    ["an empty line", (all: readonly string[]) => all.with(1, ""), "journal.corrupt"],
    [
      "a newer version",
      (all: readonly string[]) => all.with(3, (all[3] ?? "").replace('"v":1', '"v":2')),
      "journal.newer",
    ],
    ["a newer version at the end", (all: readonly string[]) => [...all, '{"v":9,"whatever":1}'], "journal.newer"],
  ] as const)
    it(what, async () => {
      await written(path);
      const before = lines();
      const after = change(before);
      notEqual(after.join("\n"), before.join("\n"));
      rewrite(after);
      await rejects(openJournal(path), failsWith(code));
      deepEqual(lines(), after);
    });
});
