/*
 * What it takes until Braid is there: what VS Code loads at activation, and how long the command line takes from its start to its
 * first request, against a Node that does nothing.
 */
import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { loadedAtStart } from "../support/loaded-code";
import { tempFolder, tempRepo } from "../support/temp-repo";
import { ROOT } from "../workbench/root";
import { startModelServer } from "./lib/model-server";
import { workScenario } from "./lib/work-scenario";
import { inTime, report } from "./report";

const PLAN = "task: Say hello\nsubtasks:\n  - id: hello\n    agent: implementer\n";

const repo = tempRepo({ "README.md": "# A small project\n", "plan.yml": PLAN });
const cache = tempFolder();
const server = await startModelServer(workScenario());
const first: number[] = [];
const bare: number[] = [];
const version: number[] = [];
const cli = join(ROOT, "dist/cli.mjs");
const timed = (args: readonly string[]): number => {
  const began = performance.now();
  execFileSync(process.execPath, args, { stdio: "ignore" });
  return performance.now() - began;
};
try {
  for (const _round of inTime(16)) {
    bare.push(timed(["-e", ""]));
    version.push(timed([cli, "--help"]));
    await server.asked();
    const began = Date.now();
    const child = spawn(process.execPath, [cli, "run", "plan.yml", "--yes", "--json", "--accept", "none"], {
      cwd: repo.dir,
      stdio: "ignore",
      env: {
        ...process.env,
        ANTHROPIC_API_KEY: "bench",
        ANTHROPIC_BASE_URL: server.url,
        BRAID_WORKTREE_DIRECTORY: cache.dir,
      },
    });
    await once(child, "exit");
    const asked = await server.asked();
    if (asked.length === 0) throw new Error(`braid run asked nothing; it ended with ${String(child.exitCode)}.`);
    first.push(Math.min(...asked.map(({ at }) => at)) - began);
  }
} finally {
  await server.close();
  cache.dispose();
  repo.dispose();
}
// The first of each warms the file system up.
if (first.length > 1) for (const values of [first, bare, version]) values.shift();
const kB = (program: string) => loadedAtStart(program).bytes / 1_000;
report("start", "from nothing to work", [
  { name: "code loaded at activation", unit: "kB", limit: 150, values: [kB("dist/extension.mjs")] },
  { name: "braid run, start to first request", unit: "ms", limit: 150, values: first },
  { name: "the same / a Node that does nothing", unit: "×", values: first.map((ms, i) => ms / (bare[i] ?? 1)) },
  { name: "braid --help / a Node that does nothing", unit: "×", values: version.map((ms, i) => ms / (bare[i] ?? 1)) },
]);
