/*
 * How long the review panel takes to show a large diff, and how it scrolls: the real workbench, the real extension, git and a run
 * from its log, in the browser of the e2e tests. Each round is a fresh window, so nothing is at hand yet.
 */
import type { Frame } from "playwright-core";
import { Plan } from "../../src/core/plan/plan";
import { Run } from "../../src/run/run";
import { fileWriter, portsFor } from "../support/scripted-worker";
import { tempFolder, tempRepo } from "../support/temp-repo";
import { serveWorkbench } from "../workbench/serve";
import { Workbench } from "../workbench/workbench";
import { report, rounds } from "./report";

const FILES = 1_000;
const LONG_LINES = 50_000;
const FIRST_PAINT_MS = 500;
const LONG_TASK_MS = 50;
/** Scrolled like a wheel that turns fast: this much a frame, for this long. */
const SCROLL_PX = 250;
const SCROLL_MS = 4_000;

const WORDS: Readonly<Record<string, string>> = {
  files: "1,000 files of 100 changed lines",
  lines: "100,000 changed lines in one file",
  bytes: "a line of 1 MB",
};

/** Keeps, in each frame below the workbench's own, when names and lines were first painted, and what tasks were long. */
const OBSERVER = `if (window !== window.top) {
  const bench = (window.braidBench = { began: 0, names: 0, lines: 0, tasks: [] });
  const painted = (then) => requestAnimationFrame(() => setTimeout(then));
  const look = () => {
    for (const [what, selector] of [["names", ".to-come, [data-file]"], ["lines", "td.code, .show-lines"]])
      if (bench[what] === 0 && document.querySelector(selector) !== null) {
        bench[what] = -1;
        const { began } = bench;
        painted(() => { if (bench.began === began) bench[what] = performance.now() - began; });
      }
  };
  bench.begin = (act) => {
    Object.assign(bench, { began: performance.now(), names: 0, lines: 0, tasks: [] });
    act();
  };
  // The document is written anew into its frame: whatever listens to it is gone by then, a timer is not.
  setInterval(look, 4);
  new PerformanceObserver((list) => {
    for (const { startTime, duration } of list.getEntries()) if (startTime >= bench.began) bench.tasks.push(duration);
  }).observe({ type: "longtask" });
}`;

const path = (file: number) => `src/part${Math.floor(file / 50)}/file${file}.ts`;
/** 100 changed lines a file, 50 that go and 50 that come, in five hunks. */
const content = (file: number, verb: string) =>
  Array.from(
    { length: 150 },
    (_, i) => `  const value${i} = ${i % 30 < 10 ? verb : "compute"}(${file}, ${i}, "some text of a usual length");\n`,
  ).join("");
const thousand = (verb: string) =>
  Object.fromEntries(Array.from({ length: FILES }, (_, file) => [path(file), content(file, verb)]));
const long = (verb: string) => Array.from({ length: LONG_LINES }, (_, i) => `line ${i} ${verb}\n`).join("");

const repo = tempRepo({ ...thousand("compute"), "long.txt": long("before") });
const trees = tempFolder();
const writes = {
  files: thousand("calculate"),
  lines: { "long.txt": long("after") },
  bytes: { "wide.txt": `${"x".repeat(1_000_000)}\n` },
};
const run = await Run.create(await portsFor(repo.dir, trees.dir, fileWriter(writes)), "g", {
  concurrency: 3,
  attempts: 1,
});
await run.approve(Plan.parse({ task: "t", subtasks: [{ id: "files" }, { id: "lines" }, { id: "bytes" }] }));
await run.idle();
await run.close();

const figures = new Map<string, number[]>();
const note = (name: string, value: number) => figures.set(name, [...(figures.get(name) ?? []), value]);
const served = await serveWorkbench({ folder: repo.dir });
const workbench = await Workbench.open(served.url);
try {
  await workbench.page.context().addInitScript(OBSERVER);
  await workbench.openView("Braid");
  for (let round = 0; round < rounds(9); round += 1) {
    // The view that was open comes back with the window.
    await workbench.page.reload();
    await workbench.waitFor("the run", async () =>
      (await workbench.treeRows("Run").catch(() => [])).some(({ label }) => label.startsWith("files,")),
    );
    await workbench.runCommand("Braid: Open Review");
    const panel = await workbench.webviewFrame(async (frame) => (await frame.locator("[data-file]").count()) > 0);
    const opened = await panel.evaluate<string>(`document.querySelector("#subtask-title").innerText`);
    const seen = await settled(panel);
    note("panel from nothing to names", seen.names);
    note("panel from nothing to lines", seen.lines);
    for (const subtask of [opened, ...["files", "lines", "bytes"].filter((id) => id !== opened)]) {
      if (subtask !== opened) {
        await panel.evaluate(
          `window.braidBench.begin(() => document.querySelector('[data-subtask="${subtask}"]').click())`,
        );
        const { names, lines, longest } = await settled(panel);
        note(`${WORDS[subtask]}: select to names`, names);
        note(`${WORDS[subtask]}: select to ${subtask === "lines" ? "its head" : "lines"}`, lines);
        note(`${WORDS[subtask]}: longest task while opening`, longest);
      }
      const unfold = panel.getByRole("button", { name: /^Show [\d,]+ lines$/u });
      if (subtask === "lines") await unfold.click();
      if (subtask === "bytes") continue;
      note(`${WORDS[subtask]}: longest task while scrolling`, await scroll(panel));
    }
    await workbench.runCommand("View: Close All Editors");
  }
} finally {
  await workbench.close();
  await served.dispose();
  repo.dispose();
  trees.dispose();
}
report(
  "panel",
  "review panel of a large diff",
  [...figures].map(([name, values]) => ({
    name,
    unit: "ms",
    values,
    ...(name.includes("longest") ? { limit: LONG_TASK_MS } : { limit: FIRST_PAINT_MS }),
  })),
);

interface Seen {
  readonly names: number;
  readonly lines: number;
  readonly longest: number;
}

/** When names and lines were painted, in milliseconds, once the page has come to rest. */
async function settled(panel: Frame): Promise<Seen> {
  for (;;) {
    const seen = await panel.evaluate<Seen>(`(async () => {
      await new Promise((done) => setTimeout(done, 500));
      const { names, lines, tasks } = window.braidBench;
      return { names, lines, longest: Math.max(0, ...tasks) };
    })()`);
    if (seen.names > 0 && seen.lines > 0) return seen;
  }
}

/** Scrolls down from where one is; gives the longest task meanwhile. */
function scroll(panel: Frame): Promise<number> {
  return panel.evaluate<number>(`new Promise((done) => {
    const { tasks } = window.braidBench;
    tasks.length = 0;
    const main = document.querySelector("main");
    const end = performance.now() + ${SCROLL_MS};
    const step = () => {
      main.scrollBy(0, ${SCROLL_PX});
      if (performance.now() < end) requestAnimationFrame(step);
      else setTimeout(() => done(Math.max(0, ...tasks)), 200);
    };
    step();
  })`);
}
