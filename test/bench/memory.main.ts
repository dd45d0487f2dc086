/* What one more worker takes: the same run with 8 and with 64 at once, each in a process of its own, most memory seen. */
import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { tempFolder, tempRepo } from "../support/temp-repo";
import { ROOT } from "../workbench/root";
import { startModelServer } from "./lib/model-server";
import { workScenario } from "./lib/work-scenario";
import { inTime, report } from "./report";

const [FEW, MANY] = [8, 64];

const repo = tempRepo({ "README.md": "# A small project\n" });
const trees = tempFolder();
const server = await startModelServer(workScenario());
const measured = (workers: number): number => {
  const args = [join(ROOT, "dist/test/bench/lib/memory.main.mjs"), repo.dir, trees.dir, server.url, `${workers}`];
  return Number(execFileSync(process.execPath, args, { encoding: "utf8" }).split(" ")[0]);
};
const few: number[] = [];
const many: number[] = [];
try {
  for (const _round of inTime(10)) {
    few.push(measured(FEW));
    many.push(measured(MANY));
  }
} finally {
  await server.close();
  trees.dispose();
  repo.dispose();
}
report("memory", "memory", [
  {
    name: `one more worker, ${FEW} to ${MANY}`,
    unit: "MB",
    limit: 3,
    values: many.map((mb, i) => (mb - (few[i] ?? 0)) / (MANY - FEW)),
  },
  { name: `${FEW} workers`, unit: "MB", values: few },
  { name: `${MANY} workers`, unit: "MB", values: many },
]);
