/*
 * How long the review panel takes to show a large diff, and how it scrolls: the real workbench, the real extension, git and a run
 * from its log, in the browser of the e2e tests. Each panel from nothing is in a fresh window of a fresh browser profile, so nothing
 * is at hand yet: a click on a subtask in the Run view opens the panel, clicks in its queue open the others. (In a profile that has
 * shown any webview before, VS Code 1.100 in a browser has each further one wait a second for its service worker to be replaced,
 * an empty one, too.) Beside the times, which are the machine's, stand ratios to the same journey with a diff of ten lines in the
 * same round; how long VS Code takes until it reads the page's document; and of the longest task it is the time on the processor,
 * which is the page's own, and not the time on the clock, which others on the machine stretch.
 */
import type { Frame, Page } from "playwright-core";
import * as z from "zod";
import { Plan } from "../../src/core/plan/plan";
import { Run } from "../../src/run/run";
import { fileWriter, portsFor } from "../support/scripted-worker";
import { tempFolder } from "../support/temp-repo";
import { openPage } from "../workbench/browser";
import { serveWorkbench } from "../workbench/serve";
import { Workbench } from "../workbench/workbench";
import { importedRepo } from "./lib/imported-repo";
import { inTime, isQuick, report } from "./report";

const FILES = 1_000;
const LONG_LINES = 50_000;
const FIRST_PAINT_MS = 500;
const LONG_TASK_MS = 50;
/** Scrolled like a wheel that turns fast: this much a frame, for this long. */
const SCROLL_PX = 250;
const SCROLL_MS = isQuick() ? 2_000 : 4_000;
/** How much longer than a diff of ten lines a large one may take. */
const TIMES = 1.5;

const WORDS: Readonly<Record<string, string>> = {
  small: "ten lines",
  files: "1,000 files of 100 changed lines",
  lines: "100,000 changed lines in one file",
  bytes: "a line of 1 MB",
};

/** Keeps when the workbench was clicked; and in each frame below it when names and lines were first painted. */
const OBSERVER = `if (window === window.top) {
  window.addEventListener("mousedown", () => { window.braidClicked = Date.now(); }, true);
} else {
  const bench = (window.braidBench = { began: 0, names: 0, lines: 0, read: 0 });
  const painted = (then) => requestAnimationFrame(() => setTimeout(then));
  const look = () => {
    if (bench.read === 0 && document.getElementById("root") !== null) bench.read = Date.now();
    for (const [what, selector] of [["names", ".to-come, [data-file]"], ["lines", "td.code, .show-lines"]])
      if (bench[what] === 0 && document.querySelector(selector) !== null) {
        bench[what] = -1;
        const { began } = bench;
        painted(() => {
          if (bench.began !== began) return;
          bench[what] = performance.now() - began;
          // Frames have clocks of their own, but one time of day.
          bench.at = Date.now();
        });
      }
  };
  bench.begin = (act) => {
    Object.assign(bench, { began: performance.now(), names: 0, lines: 0 });
    act();
  };
  // The document is written anew into its frame: whatever listens to it is gone by then, a timer is not.
  setInterval(look, 4);
}`;

/** A span of Chromium's own record of what it does. */
const Trace = z.object({
  traceEvents: z.array(
    z.object({
      name: z.string().optional(),
      pid: z.number(),
      tid: z.number(),
      tdur: z.number().optional(),
      args: z.object({ name: z.string().optional() }).optional(),
    }),
  ),
});

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

const repo = importedRepo(
  Object.entries({ ...thousand("compute"), "long.txt": long("before"), "small.txt": "line before\n" }),
);
const trees = tempFolder();
const writes = {
  small: { "small.txt": Array.from({ length: 10 }, (_, i) => `line ${i} after\n`).join("") },
  files: thousand("calculate"),
  lines: { "long.txt": long("after") },
  bytes: { "wide.txt": `${"x".repeat(1_000_000)}\n` },
};
const run = await Run.create(await portsFor(repo.dir, trees.dir, fileWriter(writes)), "g", {
  concurrency: 3,
  attempts: 1,
});
await run.approve(
  Plan.parse({ task: "t", subtasks: [{ id: "small" }, { id: "files" }, { id: "lines" }, { id: "bytes" }] }),
);
await run.idle();
await run.close();

const figures = new Map<string, { readonly limit?: number; readonly values: readonly number[] }>();
const note = (name: string, value: number, limit?: number) =>
  figures.set(name, {
    ...(limit === undefined ? {} : { limit }),
    values: [...(figures.get(name)?.values ?? []), value],
  });
const served = await serveWorkbench({ folder: repo.dir });
const { browser } = await openPage("about:blank");
try {
  for (const _round of inTime(9)) {
    const [small, files] = [await fromNothing("small", true), await fromNothing("files", false)];
    for (const [what, { read, shown }] of [
      ["ten lines", small],
      ["1,000 files", files],
    ] as const) {
      note(`panel from nothing, ${what}: click to lines`, shown, FIRST_PAINT_MS);
      note(`panel from nothing, ${what}: click to VS Code's reading the page`, read);
    }
    note("panel from nothing: 1,000 files to ten lines", files.shown / small.shown, TIMES);
    const { panel, page } = files;
    for (const subtask of ["small", "lines", "files", "bytes"]) {
      const longest = await traced(page, async () => {
        await panel.evaluate(
          `window.braidBench.begin(() => document.querySelector('[data-subtask="${subtask}"]').click())`,
        );
        const { lines } = await settled(panel);
        note(`${WORDS[subtask]}: select to ${subtask === "lines" ? "its head" : "lines"}`, lines, FIRST_PAINT_MS);
      });
      if (subtask !== "small")
        note(`${WORDS[subtask]}: longest task while opening, on the processor`, longest, LONG_TASK_MS);
      if (subtask === "lines") await panel.getByRole("button", { name: /^Show [\d,]+ lines$/u }).click();
      if (subtask !== "files" && subtask !== "lines") continue;
      const longestOfScroll = await traced(page, () => scroll(panel));
      note(`${WORDS[subtask]}: longest task while scrolling, on the processor`, longestOfScroll, LONG_TASK_MS);
    }
    await page.context().close();
  }
} finally {
  await browser.close();
  await served.dispose();
  repo.dispose();
  trees.dispose();
}
report(
  "panel",
  "review panel of a large diff",
  [...figures].map(([name, figure]) => ({ name, unit: figure.limit === TIMES ? "×" : "ms", ...figure })),
);

interface Opened {
  readonly page: Page;
  readonly panel: Frame;
  /** Milliseconds from the click until VS Code had the panel's document, and until its lines were painted. */
  readonly read: number;
  readonly shown: number;
}

/** A fresh window whose panel is opened by a click on this subtask in the Run view; one that was only to be looked at is closed again. */
async function fromNothing(subtask: string, isClosed: boolean): Promise<Opened> {
  const workbench = await Workbench.open(served.url, { browser, script: OBSERVER });
  const { page } = workbench;
  await workbench.openView("Braid");
  await workbench.waitFor("the run", async () =>
    (await workbench.treeRows("Run").catch(() => [])).some(({ label }) => label.startsWith(`${subtask},`)),
  );
  // What the window does when it wakes up is over.
  await page.waitForTimeout(1_000);
  await page.locator(`.sidebar .monaco-list-row[aria-label^="${subtask},"]`).click();
  const panel = await workbench.webviewFrame(async (frame) => (await frame.locator("[data-file]").count()) > 0);
  await settled(panel);
  const clicked = await page.evaluate<number>("window.braidClicked");
  const { read, at } = await panel.evaluate<{ read: number; at: number }>("window.braidBench");
  if (isClosed) await page.context().close();
  return { page, panel, read: read - clicked, shown: at - clicked };
}

interface Seen {
  readonly names: number;
  readonly lines: number;
}

/** When names and lines were painted, in milliseconds, once the page has come to rest. */
async function settled(panel: Frame): Promise<Seen> {
  for (;;) {
    const seen = await panel.evaluate<Seen>(`(async () => {
      await new Promise((done) => setTimeout(done, 500));
      const { names, lines } = window.braidBench;
      return { names, lines };
    })()`);
    if (seen.names > 0 && seen.lines > 0) return seen;
  }
}

/** Scrolls down from where one is. */
function scroll(panel: Frame): Promise<void> {
  return panel.evaluate(`new Promise((done) => {
    const main = document.querySelector("main");
    const end = performance.now() + ${SCROLL_MS};
    const step = () => {
      main.scrollBy(0, ${SCROLL_PX});
      if (performance.now() < end) requestAnimationFrame(step);
      else setTimeout(done, 200);
    };
    step();
  })`);
}

/** Does something, and gives the longest that any task of a page was on the processor meanwhile, in milliseconds. */
async function traced(page: Page, act: () => Promise<void>): Promise<number> {
  await browser.startTracing(page, { categories: ["toplevel"] });
  await act();
  const { traceEvents } = Trace.parse(JSON.parse((await browser.stopTracing()).toString("utf8")));
  const pages = new Set(
    traceEvents.flatMap(({ name, pid, tid, args }) =>
      name === "thread_name" && args?.name === "CrRendererMain" ? [`${pid} ${tid}`] : [],
    ),
  );
  const tasks = traceEvents.filter(
    ({ name, pid, tid }) => name?.endsWith("RunTask") === true && pages.has(`${pid} ${tid}`),
  );
  return Math.max(0, ...tasks.map(({ tdur = 0 }) => tdur / 1_000));
}
