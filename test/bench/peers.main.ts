/*
 * The same work by what a user would pick instead: eight parts side by side, handed out by the agent itself, on the same scripted
 * model, headless. Peers are installed into a cache on demand; one that cannot be had is skipped with a line. They work in the one
 * folder; Braid plans, gives each part its own worktree and commits its result. Each has run once before it counts, with the home it
 * then has: what is set up once is.
 */
import { existsSync, readFileSync } from "node:fs";
import { fork } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { tempFolder, tempRepo } from "../support/temp-repo";
import { ROOT } from "../workbench/root";
import { BRAID, PEERS, programOf, runPeer, versionOf, type Peer, type PeerCost } from "./lib/peers";
import type { PeerAsked } from "./lib/peer-server.main";
import { type Figure, inTime, isQuick, report } from "./report";

const WORKERS = 8;

interface Measured extends PeerCost {
  /** kB of system prompt and tools of one who works on a part, and of all its requests. */
  readonly promptKB: number;
  readonly subtaskKB: number;
}

// One is enough to compare with where there is little time.
const [wanted, others] = isQuick() ? [PEERS.slice(0, 1), PEERS.slice(1)] : [PEERS, []];
const found = [BRAID, ...wanted].flatMap((peer) => {
  const program = programOf(peer, true);
  if (program === undefined) process.stdout.write(`${peer.name} is left out: it cannot be installed here.\n`);
  else process.stdout.write(`${peer.name} ${versionOf(peer)}\n`);
  return program === undefined ? [] : [{ peer, program, home: tempFolder(), runs: [] as (Measured | undefined)[] }];
});
if (others.length > 0) process.stdout.write(`${others.map(({ name }) => name).join(", ")} only in the full count.\n`);

try {
  for (const { peer, program, home } of found) await measure(peer, program, home.dir);
  for (const _round of inTime(5, 0.8))
    for (const { peer, program, home, runs } of found) runs.push(await measure(peer, program, home.dir));
} finally {
  for (const { home } of found) home.dispose();
}

const figures: Figure[] = [];
const [own, ...peers] = found;
for (const { peer, runs } of found) {
  const values = runs.filter((run) => run !== undefined);
  const of = (key: keyof Omit<Measured, "ok">) => values.map((value) => value[key]);
  if (values.length < runs.length)
    process.stdout.write(`${peer.name} did not do the work ${runs.length - values.length} of ${runs.length} times.\n`);
  if (values.length > 0)
    figures.push(
      { name: `${peer.name}: wall`, unit: "ms", values: of("wallMs") },
      { name: `${peer.name}: CPU`, unit: "s", values: of("cpuSeconds") },
      { name: `${peer.name}: peak memory`, unit: "MB", values: of("peakMB") },
      { name: `${peer.name}: prompt and tools of a worker`, unit: "kB", values: of("promptKB") },
      { name: `${peer.name}: sent per subtask`, unit: "kB", values: of("subtaskKB") },
    );
}
for (const { peer, runs } of peers)
  for (const [what, key] of [
    ["wall", "wallMs"],
    ["CPU", "cpuSeconds"],
    ["peak memory", "peakMB"],
    ["prompt and tools", "promptKB"],
    ["sent per subtask", "subtaskKB"],
  ] as const) {
    const values = runs.flatMap((run, i) => {
      const braid = own?.runs[i];
      return run === undefined || braid === undefined ? [] : [run[key] / braid[key]];
    });
    const name = `${what}: ${peer.name} / Braid`;
    if (values.length > 0) figures.push({ name, unit: "×", limit: 1, moreIsBetter: true, values });
  }
report("peers", `${WORKERS} parts side by side, by others`, figures);

/** One run on a fresh repository; undefined where the work was not done. */
async function measure(peer: Peer, program: string, home: string): Promise<Measured | undefined> {
  const repo = tempRepo({ "README.md": "# A small project\n", "src/index.ts": "export {};\n" });
  // Braid's tools take paths as they stand in the repository, others whole ones.
  const env = { ...process.env, ...(peer === BRAID ? {} : { BRAID_BENCH_HOME: repo.dir }) };
  const server = fork(join(ROOT, "dist/test/bench/lib/peer-server.main.mjs"), [`${WORKERS}`, "200"], { env });
  try {
    const [url]: unknown[] = await once(server, "message");
    const cost = await runPeer(peer, program, { dir: repo.dir, home, url: String(url) });
    const told = once(server, "message");
    server.send("asked");
    const [list] = await told;
    const asked = (list as readonly PeerAsked[]).filter(({ part }) => part !== null);
    const parts = new Set(asked.map(({ part }) => part)).size;
    if (!cost.ok || parts !== WORKERS || (peer !== BRAID && !isDone(repo.dir))) return undefined;
    return {
      ...cost,
      promptKB: Math.max(...asked.map(({ prompt }) => prompt)) / 1_000,
      subtaskKB: asked.reduce((sum, { whole }) => sum + whole, 0) / 1_000 / WORKERS,
    };
  } finally {
    const ended = once(server, "exit");
    server.disconnect();
    await ended;
    repo.dispose();
  }
}

/** Whether every part is there, written and edited: a tool that failed is no work. Braid's wait for review, and tell so by its exit code. */
function isDone(dir: string): boolean {
  return Array.from({ length: WORKERS }, (_, i) => join(dir, `src/part-${i}.ts`)).every(
    (file) => existsSync(file) && readFileSync(file, "utf8") === "export const line = 2;\n".repeat(20),
  );
}
