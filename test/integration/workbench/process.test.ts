import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { buildSync } from "esbuild";
import { mustRun, run, startGuarded, type Guarded } from "../../workbench/process";
import { ROOT } from "../../workbench/root";

const HERE = { cwd: tmpdir() };

// A program with a child of its own that ignores polite signals; both say who they are.
const FAMILY = `
  const { spawn } = require("node:child_process");
  process.on("SIGTERM", () => {});
  const child = spawn(process.execPath, ["-e", "process.on('SIGTERM', () => {}); setInterval(() => {}, 1e6)"]);
  console.log("pids " + process.pid + " " + child.pid + ".");
  setInterval(() => {}, 1e6);
`;

describe("running programs", () => {
  it("gives exit code and output of one that fails", async () => {
    const ended = await run(process.execPath, ["-e", "console.error('no'); process.exit(3)"], HERE);
    assert.deepEqual(ended, { code: 3, output: "no\n" });
  });

  it("rejects when there is no such program", async () => {
    await assert.rejects(run("/no/such/program", [], HERE), { code: "ENOENT" });
  });

  it("quotes the output when success was required", async () => {
    const failing = mustRun(process.execPath, ["-e", "console.log('the reason'); process.exit(1)"], HERE);
    await assert.rejects(failing, /ended with 1:\nthe reason/u);
  });
});

describe("a guarded program", () => {
  it("is killed with its children when disposed", async () => {
    const guarded = startGuarded(process.execPath, ["-e", FAMILY], HERE);
    const pids = await readPids(guarded);
    assert.deepEqual(pids.map(isAlive), [true, true]);
    guarded.dispose();
    await guarded.exited;
    await untilDead(pids);
  });

  it("takes its children along when it ends by itself", async () => {
    const ending = FAMILY.replace(
      "setInterval(() => {}, 1e6);\n",
      "process.stdin.on('end', () => process.exit(0)).resume();\n",
    );
    const guarded = startGuarded(process.execPath, ["-e", ending], HERE);
    const pids = await readPids(guarded);
    await guarded.exited;
    await untilDead(pids);
  });

  it("dies with its owner, however the owner dies", async () => {
    const dir = mkdtempSync(join(tmpdir(), "braid-guard-"));
    try {
      const owner = join(dir, "owner.mjs");
      buildSync({
        stdin: {
          resolveDir: join(ROOT, "test/workbench"),
          contents: `import { startGuarded } from "./process";
            const guarded = startGuarded(process.execPath, ["-e", ${JSON.stringify(FAMILY)}], { cwd: "/" });
            guarded.streams[0].pipe(process.stdout);`,
        },
        bundle: true,
        platform: "node",
        format: "esm",
        outfile: owner,
      });
      const child = spawn(process.execPath, [owner], { stdio: ["ignore", "pipe", "inherit"] });
      const [text] = (await once(child.stdout.setEncoding("utf8"), "data")) as [string];
      const pids = parsePids(text);
      assert.deepEqual(pids.map(isAlive), [true, true]);
      child.kill("SIGKILL");
      await untilDead(pids);
    } finally {
      rmSync(dir, { recursive: true, force: true });
    }
  });
});

async function readPids(guarded: Guarded): Promise<readonly number[]> {
  const [stdout] = guarded.streams;
  assert.ok(stdout);
  const [text] = (await once(stdout.setEncoding("utf8"), "data")) as [string];
  return parsePids(text);
}

function parsePids(text: string): readonly number[] {
  const pids = /pids (\d+) (\d+)\./u.exec(text)?.slice(1).map(Number) ?? [];
  assert.equal(pids.length, 2, text);
  return pids;
}

// A dead process that nobody has waited for yet still has a pid; /proc tells it from a living one.
function isAlive(pid: number): boolean {
  if (existsSync("/proc/self/stat")) {
    const stat = `/proc/${pid}/stat`;
    return existsSync(stat) && !/\) [ZX] /u.test(readFileSync(stat, "utf8"));
  }
  return spawnSync("ps", ["-p", String(pid)]).status === 0;
}

// Nothing tells when a grandchild is gone, so this asks; mocha's time limit is the failure.
async function untilDead(pids: readonly number[]): Promise<void> {
  while (pids.some(isAlive)) await new Promise((resolve) => setTimeout(resolve, 10));
}
