import { deepEqual, equal, ok } from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { resolve } from "node:path";
import { Plan } from "../../../src/core/plan/plan";
import { Run } from "../../../src/run/run";
import { fileWriter, portsFor } from "../../support/scripted-worker";
import { tempFolder, tempRepo } from "../../support/temp-repo";

/** Times each of two processes opens the run; each time it accepts twice. */
const TIMES = process.env["BRAID_TEST_SIZE"] === undefined ? 5 : 250;

describe(`${TIMES * 4} accepts of one subtask from two processes`, function () {
  this.timeout(TIMES > 5 ? 1_200_000 : 120_000);

  it("land once", async () => {
    const repo = tempRepo({ a: "1\n" });
    const trees = tempFolder();
    try {
      const ports = await portsFor(repo.dir, trees.dir, fileWriter({ a: { "new.txt": "x\n" } }));
      const run = await Run.create(ports, "g", { concurrency: 1, attempts: 1 });
      await run.approve(Plan.parse({ task: "t", subtasks: [{ id: "a" }] }));
      await run.idle();
      await run.close();
      const words = (await Promise.all([1, 2].map(() => accepts(repo.dir, trees.dir, run.id)))).flat();
      equal(words.filter((word) => word === "landed").length, 1, words.join(" "));
      // Whoever came later was told so, or that the other process has the run.
      deepEqual(
        [...new Set(words)].filter((word) => !["landed", "run.state", "run.busy"].includes(word)),
        [],
      );
      ok(words.length >= TIMES * 2);
      equal(repo.git("rev-list", "--count", "main"), "2");
      equal(repo.git("status", "--porcelain"), "");
    } finally {
      repo.dispose();
      trees.dispose();
    }
  });
});

async function accepts(dir: string, trees: string, run: string): Promise<readonly string[]> {
  const main = resolve("dist/test/integration/review/concurrent-accept.main.mjs");
  const child = spawn(process.execPath, [main, dir, trees, run, String(TIMES)], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  let text = "";
  child.stdout.setEncoding("utf8").on("data", (chunk: string) => (text += chunk));
  const [code]: unknown[] = await once(child, "close");
  equal(code, 0);
  return text.trim().split("\n");
}
