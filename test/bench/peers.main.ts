/*
 * The same work by what a user would pick instead: eight parts side by side, handed out by the agent itself, on the same scripted
 * model, headless. Peers are installed into a cache on demand; one that cannot be had is skipped with a line. They work in the one
 * folder; Braid plans, gives each part its own worktree and commits its result.
 */
import { rmSync } from "node:fs";
import { fork } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { tempFolder, tempRepo } from "../support/temp-repo";
import { ROOT } from "../workbench/root";
import { BRAID, LEFT_OUT, PEERS, programOf, runPeer, type Peer, type PeerCost } from "./lib/peers";
import type { PeerAsked } from "./lib/peer-server.main";
import { type Figure, inTime, isQuick, report } from "./report";

const WORKERS = 8;

interface Measured extends PeerCost {
  /** kB of system prompt and tools of one who works on a part, and of all its requests. */
  readonly promptKB: number;
  readonly subtaskKB: number;
}

// One is enough to compare with where there is little time.
const wanted = isQuick() ? PEERS.slice(0, 1) : PEERS;
const found = wanted.flatMap((peer) => {
  const program = programOf(peer, true);
  if (program === undefined) process.stdout.write(`${peer.name} is left out: it cannot be installed here.\n`);
  return program === undefined ? [] : [{ peer, program, values: [] as Measured[] }];
});
for (const [name, why] of Object.entries(LEFT_OUT)) process.stdout.write(`${name} is left out: it ${why}.\n`);
if (isQuick())
  process.stdout.write(
    `${PEERS.slice(1)
      .map(({ name }) => name)
      .join(", ")} only in the full count.\n`,
  );

const braid = { peer: BRAID, program: BRAID.program, values: [] as Measured[] };
for (const _round of inTime(5))
  for (const { peer, program, values } of [braid, ...found]) {
    const measured = await measure(peer, program);
    if (measured !== undefined) values.push(measured);
  }

const figures: Figure[] = [];
const of = (values: readonly Measured[], key: keyof Omit<Measured, "ok">) => values.map((value) => value[key]);
for (const { peer, values } of [braid, ...found]) {
  if (values.length === 0) process.stdout.write(`${peer.name} did not do the work; it is left out.\n`);
  else
    figures.push(
      { name: `${peer.name}: wall`, unit: "ms", values: of(values, "wallMs") },
      { name: `${peer.name}: CPU`, unit: "s", values: of(values, "cpuSeconds") },
      { name: `${peer.name}: peak memory`, unit: "MB", values: of(values, "peakMB") },
      { name: `${peer.name}: prompt and tools of a worker`, unit: "kB", values: of(values, "promptKB") },
      { name: `${peer.name}: sent per subtask`, unit: "kB", values: of(values, "subtaskKB") },
    );
}
for (const { peer, values } of found)
  for (const [what, key] of [
    ["wall", "wallMs"],
    ["CPU", "cpuSeconds"],
    ["peak memory", "peakMB"],
    ["prompt and tools", "promptKB"],
    ["sent per subtask", "subtaskKB"],
  ] as const)
    if (values.length > 0 && braid.values.length > 0)
      figures.push({
        name: `${what}: ${peer.name} / Braid`,
        unit: "×",
        limit: 1,
        moreIsBetter: true,
        values: values.flatMap((value, i) => {
          const own = braid.values[i];
          return own === undefined ? [] : [value[key] / own[key]];
        }),
      });
report("peers", `${WORKERS} parts side by side, by others`, figures);

/** One run on a fresh repository; undefined where the work was not done. */
async function measure(peer: Peer, program: string): Promise<Measured | undefined> {
  const repo = tempRepo({ "README.md": "# A small project\n", "src/index.ts": "export {};\n" });
  const home = tempFolder();
  // Braid's tools take paths as they stand in the repository, others whole ones.
  const env = { ...process.env, ...(peer === BRAID ? {} : { BRAID_BENCH_HOME: repo.dir }) };
  const server = fork(join(ROOT, "dist/test/bench/lib/peer-server.main.mjs"), [`${WORKERS}`, "200"], { env });
  try {
    const [url]: unknown[] = await once(server, "message");
    const cost = await runPeer(peer, program, { dir: repo.dir, home: home.dir, url: String(url) });
    const told = once(server, "message");
    server.send("asked");
    const [list] = await told;
    const asked = (list as readonly PeerAsked[]).filter(({ part }) => part !== null);
    const parts = new Set(asked.map(({ part }) => part)).size;
    if (!cost.ok || parts !== WORKERS) return undefined;
    return {
      ...cost,
      promptKB: Math.max(...asked.map(({ prompt }) => prompt)) / 1_000,
      subtaskKB: asked.reduce((sum, { whole }) => sum + whole, 0) / 1_000 / WORKERS,
    };
  } finally {
    const ended = once(server, "exit");
    server.disconnect();
    await ended;
    rmSync(home.dir, { recursive: true, force: true });
    repo.dispose();
  }
}
