/*
 * Plans of other shapes than one row of equals: wall time against the bound of list scheduling, which is what the plan takes with
 * so many workers when nothing but the model costs anything.
 */
import { random } from "../support/random";
import { tempFolder, tempRepo } from "../support/temp-repo";
import { listSchedule, type Timed } from "./lib/list-schedule";
import { startModelServer } from "./lib/model-server";
import { realPorts, timeRun } from "./lib/run-plan";
import { shortScenario } from "./lib/work-scenario";
import { inTime, isQuick, report } from "./report";

const LIMIT = 1.05;

interface Shape {
  readonly name: string;
  readonly workers: number;
  readonly plan: readonly Timed[];
}

const flat = (name: string, count: number, workers: number): Shape => ({
  name,
  workers,
  plan: Array.from({ length: count }, (_, i) => ({ id: `part-${i}`, dependencies: [], ms: 1_000 })),
});

const chain = (count: number, ms: number): Shape => ({
  name: `a chain of ${count}`,
  workers: 4,
  plan: Array.from({ length: count }, (_, i) => ({
    id: `link-${i}`,
    dependencies: i === 0 ? [] : [`link-${i - 1}`],
    ms,
  })),
});

/** The plan of the design, each minute of its estimates so many milliseconds. */
const design = (minuteMs: number): Shape => ({
  name: `the design's plan, ${minuteMs} ms a minute`,
  workers: 4,
  plan: (
    [
      ["auth-research", [], 30],
      ["auth-design", ["auth-research"], 45],
      ["implement-oauth", ["auth-design"], 60],
      ["implement-sessions", ["auth-design"], 45],
      ["auth-tests", ["auth-design"], 45],
      ["auth-verify", ["implement-oauth", "implement-sessions", "auth-tests"], 30],
    ] as const
  ).map(([id, dependencies, minutes]) => ({ id, dependencies, ms: minutes * minuteMs })),
});

/** A graph drawn by dice that always fall alike: each subtask rests on up to three of the twenty before it. */
function drawn(count: number, workers: number): Shape {
  const dice = random(7);
  const plan = Array.from({ length: count }, (_, i) => {
    const wanted = i === 0 ? 0 : dice(4);
    const before = Array.from({ length: wanted }, () => `node-${Math.max(0, i - 1 - dice(20))}`);
    return { id: `node-${i}`, dependencies: [...new Set(before)], ms: 200 + dice(800) };
  });
  return { name: `a graph of ${count} drawn by dice`, workers, plan };
}

const SHAPES = isQuick()
  ? [flat("64 workers, 16 at a time", 64, 16), chain(12, 400), design(20), drawn(60, 16)]
  : [flat("64 workers, 16 at a time", 64, 16), chain(12, 1_000), design(1_000), drawn(200, 16)];

const shapes = await Promise.all(
  SHAPES.map(async (shape) => {
    const [repo, trees] = [tempRepo({ "README.md": "# A small project\n" }), tempFolder()];
    const server = await startModelServer(shortScenario(shape.plan));
    const ports = await realPorts(repo.dir, trees.dir, server.url);
    return {
      ...shape,
      repo,
      trees,
      server,
      ports,
      bound: listSchedule(shape.plan, shape.workers),
      values: [] as number[],
    };
  }),
);
try {
  // In turns, so that what else the machine does falls on all of them.
  for (const _round of inTime(5))
    for (const { plan, workers, ports, bound, values } of shapes) {
      const subtasks = plan.map(({ id, dependencies }) => ({ id, dependencies }));
      values.push((await timeRun(ports, subtasks, workers)) / bound);
    }
} finally {
  for (const { server, trees, repo } of shapes) {
    await server.close();
    trees.dispose();
    repo.dispose();
  }
}
report(
  "schedule",
  "plans of other shapes",
  shapes.map(({ name, bound, values }) => ({
    name: `${name}: wall / bound (${(bound / 1_000).toFixed(1)} s)`,
    unit: "×",
    limit: LIMIT,
    values,
  })),
);
