/* How long VS Code takes to activate Braid, and what it loads for it: a real extension host in a fresh window, each time. */
import { existsSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { tempFolder, tempRepo } from "../support/temp-repo";
import { openPage } from "../workbench/browser";
import { ROOT } from "../workbench/root";
import { serveWorkbench } from "../workbench/serve";
import { inTime, report } from "./report";

const LIMIT_MS = 120_000;

/** What the extension host tells; times in milliseconds. */
interface Activated {
  readonly ms: number;
  readonly cpu: number;
  readonly called: number | null;
  readonly own: number;
  readonly bytes: number;
}

const repo = tempRepo({ "README.md": "# A small project\n" });
const scratch = tempFolder();
const result = join(scratch.dir, "result.json");
const served = await serveWorkbench({
  folder: repo.dir,
  env: { BRAID_BENCH_RESULT: result },
  development: { extension: ROOT, tests: join(ROOT, "dist/test/host/bench-activation.main.js") },
});
const took: number[] = [];
const calls: number[] = [];
const own: number[] = [];
const work: number[] = [];
const loaded: number[] = [];
try {
  for (const _round of inTime(9)) {
    rmSync(result, { force: true });
    const { browser } = await openPage(served.url);
    try {
      for (const start = Date.now(); !existsSync(result); await sleep(100))
        if (Date.now() - start > LIMIT_MS) throw new Error(`Nothing was measured:\n${served.log()}`);
      await sleep(100);
      const { ms, cpu, called, ...seen }: Activated = JSON.parse(readFileSync(result, "utf8"));
      own.push(seen.own);
      took.push(ms);
      work.push(cpu);
      if (called !== null) calls.push(called);
      loaded.push(seen.bytes / 1_000);
    } finally {
      await browser.close();
    }
  }
} finally {
  await served.dispose();
  scratch.dispose();
  repo.dispose();
}
report("activation", "activation in VS Code", [
  { name: "activate()", unit: "ms", limit: 15, values: own },
  { name: "from loaded code to active, VS Code's own waiting with it", unit: "ms", values: calls },
  { name: "CPU of the extension host meanwhile", unit: "ms", values: work },
  { name: "asked for, loaded and activate() done", unit: "ms", values: took },
  { name: "code loaded by then, and in the second after", unit: "kB", limit: 150, values: loaded },
]);
