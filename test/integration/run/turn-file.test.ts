import { deepEqual, equal, rejects } from "node:assert/strict";
import { appendFileSync, existsSync, mkdirSync, readdirSync, readFileSync, readlinkSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { openTurnFile, readTurns, type TurnEntry } from "../../../src/run/attempt/turn-file";
import { sleep } from "../../../src/util/abort";
import { tempFolder } from "../../support/temp-repo";

const entry = (n: number): TurnEntry => ({ kind: "effect", what: `${n}`, value: n });
const settled: TurnEntry = { kind: "settled", tree: null };

describe("the file of an agent's turns", function () {
  this.timeout(20_000);
  let folder: ReturnType<typeof tempFolder>;
  let path: string;
  beforeEach(() => {
    folder = tempFolder();
    path = join(folder.dir, "turns", "1-1.jsonl");
  });
  afterEach(() => folder.dispose());

  const kept = async () => {
    const record = await readTurns(path);
    return record.kind === "whole" ? record.entries : record;
  };
  /** How often this process has it open; only Linux tells. */
  const held = () =>
    readdirSync("/proc/self/fd").filter((fd) => {
      try {
        return readlinkSync(`/proc/self/fd/${fd}`) === path;
      } catch {
        return false;
      }
    }).length;
  async function letGo(): Promise<void> {
    for (let i = 0; i < 200 && held() > 0; i += 1) await sleep(20);
    equal(held(), 0);
  }

  it("gets line after line, and is let go where no more come", async function () {
    if (!existsSync("/proc/self/fd")) this.skip();
    const file = openTurnFile(path, { bytes: 0, lines: 0 });
    await file.append([entry(1), settled]);
    await file.append([entry(2), settled]);
    equal(held(), 1);
    await letGo();
    await file.append([entry(3), settled]);
    deepEqual(
      await kept(),
      [1, 2, 3].flatMap((n) => [entry(n), settled]),
    );
    await letGo();
  });

  it("is let go by who may write no more, too", async function () {
    if (!existsSync("/proc/self/fd")) this.skip();
    let mayWrite = true;
    const file = openTurnFile(path, { bytes: 0, lines: 0 }, async () => {
      if (!mayWrite) throw new Error("taken over");
    });
    await file.append([settled]);
    mayWrite = false;
    await rejects(file.append([entry(1)]), /taken over/u);
    deepEqual(await kept(), [settled]);
    await letGo();
  });

  it("loses what stands behind its last whole line before another is written", async () => {
    await openTurnFile(path, { bytes: 0, lines: 0 }).append([settled]);
    const whole = readFileSync(path).length;
    appendFileSync(path, '{"v":1,"crc":"half of a li');
    await openTurnFile(path, { bytes: whole, lines: 1 }).append([entry(1), settled]);
    deepEqual(await kept(), [settled, entry(1), settled]);
  });

  it("that cannot be made is made by the next line", async () => {
    const file = openTurnFile(path, { bytes: 0, lines: 0 });
    mkdirSync(path, { recursive: true });
    await rejects(file.append([settled]), /EISDIR/u);
    rmSync(dirname(path), { recursive: true });
    await file.append([settled]);
    deepEqual(await kept(), [settled]);
  });
});
