import assert from "node:assert/strict";
import { fork, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { openWorkspace } from "../../src/agent/jail";
import { tempFolder } from "../support/temp-repo";

const ROUNDS = process.env["BRAID_TEST_SIZE"] === "full" ? 10_000 : 1_000;

/** Puts a link to the outside in place of something real and back, as fast as it can, until it is told to stop. */
const SWAPPER = `
const { renameSync, rmSync, symlinkSync } = require("node:fs");
const [, , real, target] = process.argv;
symlinkSync(target, real + ".link");
process.send("ready");
let on = true;
process.on("message", () => { on = false; });
const move = (from, to) => {
  for (;;) {
    try {
      return renameSync(from, to);
    } catch {
      // The other side has made a folder of that name in between.
      try { rmSync(to, { recursive: true, force: true }); } catch {}
    }
  }
};
const swap = () => {
  for (let i = 0; i < 200; i += 1) {
    move(real, real + ".away");
    move(real + ".link", real);
    move(real, real + ".link");
    move(real + ".away", real);
  }
  if (on) setImmediate(swap);
  else process.disconnect();
};
swap();
`;

describe("a path that changes under the hand that opens it (P09)", function () {
  this.timeout(300_000);
  let folder: ReturnType<typeof tempFolder>;
  let root: string;
  let outside: string;
  beforeEach(() => {
    folder = tempFolder("braid-race-");
    [root, outside] = [join(folder.dir, "wt"), join(folder.dir, "outside")];
    mkdirSync(join(root, "dir", "deep"), { recursive: true });
    mkdirSync(join(outside, "deep"), { recursive: true });
    writeFileSync(join(folder.dir, "swapper.cjs"), SWAPPER);
    for (const place of ["", "deep"]) {
      writeFileSync(join(root, "dir", place, "file"), "inside");
      writeFileSync(join(outside, place, "file"), "OUTSIDE");
    }
  });
  afterEach(() => folder.dispose());

  for (const [what, swapped, target, path] of [
    ["a folder", "dir", "outside", "dir/file"],
    ["a folder further up", "dir", "outside", "dir/deep/file"],
    ["the file itself", "dir/file", "outside/file", "dir/file"],
  ] as const)
    it(`P09 ${what}, ${ROUNDS} times`, async () => {
      const child: ChildProcess = fork(join(folder.dir, "swapper.cjs"), [
        join(root, swapped),
        join(folder.dir, target),
      ]);
      await once(child, "message");
      const workspace = await openWorkspace({ root, writable: true });
      const outcomes = { read: 0, refused: 0, written: 0 };
      for (let round = 0; round < ROUNDS; round += 1) {
        const read = await workspace.read(path);
        if (read.ok) assert.match(read.value.toString(), /^inside$/u);
        const written = await workspace.write(path, Buffer.from("inside"));
        outcomes.read += read.ok ? 1 : 0;
        outcomes.written += written.ok ? 1 : 0;
        outcomes.refused += (read.ok ? 0 : 1) + (written.ok ? 0 : 1);
      }
      const gone = once(child, "exit");
      child.send("stop");
      await gone;
      assert.equal(readFileSync(join(outside, "file"), "utf8"), "OUTSIDE");
      assert.equal(readFileSync(join(outside, "deep", "file"), "utf8"), "OUTSIDE");
      assert.deepEqual(readdirSync(outside, { recursive: true, encoding: "utf8" }).toSorted(), [
        "deep",
        "deep/file",
        "file",
      ]);
      // The race has really been run: it was won and lost.
      assert.ok(outcomes.refused > 0 && outcomes.read + outcomes.written > 0, JSON.stringify(outcomes));
      const left = readdirSync(root, { recursive: true, encoding: "utf8" }).filter((name) => name.includes(".tmp"));
      assert.deepEqual(left, []);
    });
});
