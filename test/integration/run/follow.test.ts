import { deepEqual, equal, rejects } from "node:assert/strict";
import { appendFileSync, copyFileSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { RecordedEvent } from "../../../src/core/state/events";
import { foldAll } from "../../../src/core/state/fold";
import { openRepository } from "../../../src/git/repository";
import { followRun, type Followed } from "../../../src/run/log/follow";
import { toLine } from "../../../src/run/log/journal-lines";
import { readOn } from "../../../src/run/log/journal-tail";
import { journalPath, runDir } from "../../../src/run/log/places";
import { begun, checked, finished, planOf, record, started, turned } from "../../support/builders";
import { tempFolder, tempRepo } from "../../support/temp-repo";

const LOG = record([
  ...begun(planOf("a", "b")),
  started("a"),
  turned("a"),
  checked("a", "npm test", true),
  finished("a", "x"),
  started("b"),
]);
const text = (events: readonly RecordedEvent[]) => events.map(toLine).join("");

describe("a log that is read on", () => {
  const scratch = tempFolder();
  const path = join(scratch.dir, "journal.jsonl");
  after(() => scratch.dispose());

  /** Reads the first four events, has something happen, and reads on. */
  async function check(happens: () => void, expected: { readonly isWhole: boolean; readonly seqs: readonly number[] }) {
    writeFileSync(path, text(LOG.slice(0, 4)));
    const { place } = await readOn(path);
    happens();
    const { isWhole, events } = await readOn(path, place);
    deepEqual({ isWhole, seqs: events.map(({ seq }) => seq) }, expected);
  }

  it("gives what is new", () =>
    check(() => appendFileSync(path, text(LOG.slice(4))), { isWhole: false, seqs: [5, 6, 7, 8] }));

  it("gives nothing where nothing happened, nor half of a line", () =>
    check(() => appendFileSync(path, text(LOG.slice(4, 5)).slice(0, -1)), { isWhole: false, seqs: [] }));

  it("does not read again what it has read", () => {
    const all = text(LOG);
    // Nobody changes a log so. Who read this line would tell.
    return check(() => writeFileSync(path, `${"x".repeat(20)}${all.slice(20)}`), {
      isWhole: false,
      seqs: [5, 6, 7, 8],
    });
  });

  it("reads a log anew that was cut", () =>
    check(() => writeFileSync(path, text(LOG.slice(0, 2))), { isWhole: true, seqs: [1, 2] }));

  it("reads a log anew whose end was written again", () => {
    const [other] = record([started("b")]);
    const again = LOG.map((recorded, i) => (i === 3 && other !== undefined ? { ...other, seq: 4, at: 9 } : recorded));
    return check(() => writeFileSync(path, text(again)), { isWhole: true, seqs: [1, 2, 3, 4, 5, 6, 7, 8] });
  });

  it("reads a log anew that is a copy of what it was", () =>
    check(
      () => {
        copyFileSync(path, `${path}.copy`);
        renameSync(`${path}.copy`, path);
      },
      { isWhole: true, seqs: [1, 2, 3, 4] },
    ));

  for (const [what, lines] of [
    ["a line that cannot be read", `?\n${text(LOG.slice(4))}`],
    ["a line twice", text([...LOG.slice(3, 4), ...LOG.slice(4)])],
  ] as const)
    it(`judges the whole log where there is ${what}`, () =>
      check(() => appendFileSync(path, lines), { isWhole: true, seqs: [1, 2, 3, 4, 5, 6, 7, 8] }));

  it("throws for what makes no sense any more, as for a log that is read at once", async () => {
    writeFileSync(path, text(LOG.slice(0, 3)));
    const { place } = await readOn(path);
    appendFileSync(path, text(LOG.slice(4)));
    await rejects(readOn(path, place), /event 4 is missing/u);
  });
});

describe("a run that is followed", () => {
  const repo = tempRepo({ "README.md": "# x\n" });
  after(() => repo.dispose());

  it("tells each event once and is where its log is, whatever became of that meanwhile", async function () {
    this.timeout(60_000);
    const opened = await openRepository(repo.dir);
    mkdirSync(runDir(opened, "r0000001"), { recursive: true });
    const path = journalPath(opened, "r0000001");
    const stop = new AbortController();
    const looks = followRun(opened, "r0000001", stop.signal);
    const next = async (): Promise<Followed> => {
      const { value } = await looks.next();
      if (value === undefined) throw new Error("It follows no longer.");
      return value;
    };
    const told: number[] = [];
    const see = async (log: readonly RecordedEvent[]) => {
      const { state, events } = await next();
      told.push(...events.map(({ seq }) => seq));
      deepEqual(state, foldAll(log));
    };
    writeFileSync(path, text(LOG.slice(0, 4)));
    await see(LOG.slice(0, 4));
    for (const seq of [5, 6]) {
      appendFileSync(path, text(LOG.slice(seq - 1, seq)));
      await see(LOG.slice(0, seq));
    }
    copyFileSync(path, `${path}.copy`);
    renameSync(`${path}.copy`, path);
    appendFileSync(path, text(LOG.slice(6)));
    await see(LOG);
    deepEqual(told, [1, 2, 3, 4, 5, 6, 7, 8]);
    // What could not be synced is taken back, and something else is written.
    const again = [...LOG.slice(0, 6), ...record([started("b")]).map((one) => ({ ...one, seq: 7 }))];
    writeFileSync(path, text(again));
    await see(again);
    equal(readFileSync(path, "utf8"), text(again));
    stop.abort();
  });
});
