/*
 * How what a run costs grows with its subtasks and with the files of its repository, in CPU seconds, git and all: the same real run,
 * small and large, one after the other. How it grows with the length of the log is in events.main.ts.
 */
import { tempFolder, tempRepo } from "../support/temp-repo";
import { importedRepo } from "./lib/imported-repo";
import { startModelServer } from "./lib/model-server";
import { cpuSeconds } from "./lib/process-cost";
import { realPorts, timeRun } from "./lib/run-plan";
import { shortScenario, workScenario } from "./lib/work-scenario";
import { inTime, isQuick, report } from "./report";

const AT_ONCE = 8;
const MODEL_MS = 20;
/** One subtask is mostly the run's own beginning and end. */
const [ONE, SUBTASKS] = [1, isQuick() ? 64 : 1_000];
const [FEW, FILES] = [1_000, isQuick() ? 20_000 : 100_000];
/** Linear is 1; what is measured is not still. */
const LINEAR = 1.1;

const filesOf = (count: number) =>
  Object.fromEntries(
    Array.from({ length: count }, (_, i) => [`part${Math.floor(i / 200)}/file${i}.ts`, `export const n${i} = ${i};\n`]),
  );
const idsOf = (count: number) => Array.from({ length: count }, (_, i) => ({ id: `part-${i}` }));

const trees = tempFolder();
const readme = { "README.md": "# A project\n", "src/index.ts": "export {};\n" };
const plain = tempRepo(readme);
const few = importedRepo(Object.entries({ ...readme, ...filesOf(FEW) }));
const files = importedRepo(Object.entries({ ...readme, ...filesOf(FILES) }));
const short = await startModelServer(shortScenario(idsOf(SUBTASKS).map(({ id }) => ({ id, ms: MODEL_MS }))));
const work = await startModelServer(workScenario());

/** CPU seconds of a run of so many subtasks. */
async function cost(dir: string, url: string, subtasks: number): Promise<number> {
  const ports = await realPorts(dir, trees.dir, url);
  const before = cpuSeconds() ?? 0;
  await timeRun(ports, idsOf(subtasks), AT_ONCE);
  return (cpuSeconds() ?? 0) - before;
}

const [bySubtasks, each, byFiles, large]: [number[], number[], number[], number[]] = [[], [], [], []];
try {
  // What is loaded once is loaded.
  await cost(plain.dir, short.url, ONE);
  for (const _round of inTime(5)) {
    const [one, many] = [await cost(plain.dir, short.url, ONE), await cost(plain.dir, short.url, SUBTASKS)];
    bySubtasks.push(many / SUBTASKS / (one / ONE));
    each.push((many / SUBTASKS) * 1_000);
    const [small, grown] = [await cost(few.dir, work.url, ONE), await cost(files.dir, work.url, ONE)];
    byFiles.push(grown / FILES / (small / FEW));
    large.push(grown / small);
  }
} finally {
  await short.close();
  await work.close();
  for (const folder of [plain, few, files, trees]) folder.dispose();
}
const say = (count: number) => count.toLocaleString("en");
report("growth", "CPU of a run as it grows", [
  { name: `a subtask of ${say(SUBTASKS)} / the one of a run of one`, unit: "×", limit: LINEAR, values: bySubtasks },
  { name: `a subtask of ${say(SUBTASKS)}`, unit: "ms", values: each },
  { name: `a run per file, of ${say(FILES)} files / of ${say(FEW)}`, unit: "×", limit: LINEAR, values: byFiles },
  { name: `the whole run in ${say(FILES)} files / in ${say(FEW)}`, unit: "×", values: large },
]);
