import { deepEqual, equal, match } from "node:assert/strict";
import { failure } from "../../../src/core/failure";
import type { RecordedEvent, RunEvent } from "../../../src/core/state/events";
import { metricsOf } from "../../../src/core/run-metrics";
import { qualityOf } from "../../../src/core/run-quality";
import { writeRunReport } from "../../../src/core/run-report";
import { foldAll } from "../../../src/core/state/fold";
import { toRunView, type RunView } from "../../../src/core/state/view";
import { timelineOf, rowsInSight } from "../../../src/core/timeline";
import {
  accepted,
  accepting,
  answered,
  asked,
  begun,
  checked,
  failedWith,
  finished,
  planOf,
  retried,
  started,
  turned,
} from "../../support/builders";

const PLAN = planOf("a", "b", "c: a b");

/** The view after events at these seconds. */
function viewAt(...events: readonly (readonly [number, RunEvent])[]): RunView {
  const all = [...begun(PLAN).map((event, i) => [i * 0.1, event] as const), ...events];
  const recorded = all.map(([s, event], i): RecordedEvent => ({ seq: i + 1, at: 1_000_000 + s * 1000, event }));
  return toRunView(foldAll(recorded));
}

describe("what a run took", () => {
  const table: readonly (readonly [
    string,
    readonly (readonly [number, RunEvent])[],
    Partial<ReturnType<typeof metricsOf>>,
  ])[] = [
    ["nothing before anybody worked", [], { workMs: 0, wallMs: 0, speedUp: null, retries: 0, singleAgentTokens: null }],
    [
      "two at the same time, one after them",
      [
        [10, started("a")],
        [10, started("b")],
        [20, finished("a", "a.ts")],
        [30, finished("b", "b.ts")],
        [30, started("c")],
        [40, finished("c", "c.ts")],
      ],
      { workMs: 40_000, wallMs: 30_000, speedUp: 4 / 3, attempts: 3, finishedAttempts: 3, finished: 3, retries: 0 },
    ],
    [
      "waiting for the user is nobody's work",
      [
        [0, started("a")],
        [10, asked(1, "a")],
        [100, answered(1, "yes")],
        [110, finished("a")],
      ],
      { workMs: 20_000, wallMs: 20_000, speedUp: 1 },
    ],
    [
      "nor is the time between an interruption and the next window",
      [
        [0, started("a")],
        [10, turned("a")],
        [5000, failedWith("a", "run.interrupted")],
        [5000, retried("a")],
        [5000, started("a", 2)],
        [5010, finished("a")],
      ],
      { workMs: 20_000, wallMs: 20_000, attempts: 1, finishedAttempts: 1, retries: 1 },
    ],
    [
      "a retry counts as work, and as a retry",
      [
        [0, started("a")],
        [10, failedWith("a", "checks.failed")],
        [10, retried("a")],
        [10, started("a", 2)],
        [15, finished("a", "a.ts")],
      ],
      { workMs: 15_000, wallMs: 15_000, attempts: 2, finishedAttempts: 1, finished: 1, subtasks: 3, retries: 1 },
    ],
    [
      "what goes on counts up to the last event",
      [
        [0, started("a")],
        [5, started("b")],
        [8, turned("b")],
      ],
      { workMs: 11_000, wallMs: 8_000, attempts: 0 },
    ],
    [
      "one agent would carry what was before",
      [
        [0, started("a")],
        [0, started("b")],
        [1, turned("a")],
        [2, turned("b")],
        [3, turned("b", 2)],
      ],
      // USAGE sends 15 and receives 5 a turn: 20 for a, 40 for b, and a's 15 again in each of b's two turns.
      { singleAgentTokens: 90 },
    ],
  ];
  for (const [what, events, expected] of table)
    it(what, () => {
      const metrics = metricsOf(viewAt(...events));
      deepEqual({ ...metrics, ...expected }, metrics);
    });

  const OUT = failure("merge.conflict", "it conflicts");
  for (const [what, end, conflicts] of [
    ["an accept that is kept out by one is a conflict", { type: "accept.abandoned", subtask: "a", failure: OUT }, 1],
    ["an undo that is kept out by one is none", { type: "undo.abandoned", subtask: "a", failure: OUT }, 0],
  ] satisfies readonly (readonly [string, RunEvent, number])[])
    it(what, () => {
      const before = end.type === "undo.abandoned" ? [accepting("a"), accepted("a")] : [];
      const events = [started("a"), finished("a", "a.ts"), ...before, end];
      equal(metricsOf(viewAt(...events.map((event, i) => [i, event] as const))).conflicts, conflicts);
    });

  const WHOLE = viewAt(
    [10, started("a")],
    [10, started("b")],
    [12, checked("a", "npm test", true)],
    [20, finished("a", "a.ts")],
    [30, finished("b", "b.ts")],
    [30, started("c")],
    [35, failedWith("c", "checks.failed")],
  );
  it("is what the report says", () => {
    const { speedUp, workMs, wallMs } = metricsOf(WHOLE);
    deepEqual([speedUp, workMs, wallMs], [35 / 25, 35_000, 25_000]);
    const text = writeRunReport(WHOLE);
    match(text, /\| Speed-up \| 1\.40 × \| measured: 35s of work in 25s/u);
    match(text, /\| Success \| 2 of 3 subtasks \(67 %\) \| 2 of 3 attempts \|/u);
    match(text, /^- ✕ Every subtask finished \(2 of 3\)$/mu);
    match(text, /^- ✓ The last checks are green \(1 of 3 have checks\)$/mu);
  });
  it("the check list says no only to what is known", () => {
    equal(qualityOf(viewAt()).filter(({ about, answer }) => about === "Execution" && answer === "no").length, 0);
    deepEqual(
      qualityOf(WHOLE)
        .filter(({ answer }) => answer === "no")
        .map(({ text }) => text),
      [
        "Who changes files says which",
        "Who changes files has a check of its own",
        "Every subtask finished",
        "Every result is decided",
      ],
    );
  });

  describe("on a timeline", () => {
    const line = (name: string, view = WHOLE) => timelineOf(view).rows.find((row) => row.name === name);
    it("has a line for each agent in the order they began, none for who never did", () => {
      deepEqual(
        timelineOf(WHOLE).rows.map(({ name }) => name),
        ["planner", "a", "b", "c"],
      );
      deepEqual(
        timelineOf(viewAt()).rows.map(({ name }) => name),
        ["planner"],
      );
    });
    it("ends with the last work, not with the last decision", () => {
      const { from, to } = timelineOf(WHOLE);
      equal(to - from, 35_000);
    });
    it("marks what the end waited for", () => {
      deepEqual(
        timelineOf(WHOLE)
          .rows.filter(({ critical }) => critical)
          .map(({ name }) => name),
        ["b", "c"],
      );
    });
    it("shows attempts, waiting for an answer, and waiting for a place", () => {
      const view = viewAt(
        [0, started("a")],
        [4, asked(1, "a")],
        [6, answered(1, "x")],
        [10, failedWith("a", "checks.failed")],
        [10, retried("a")],
        [10, started("a", 2)],
        [20, started("b")],
        [20, finished("a")],
      );
      deepEqual(
        line("a", view)?.bars.map(({ kind, outcome, attempt, from, to }) => [
          kind,
          outcome,
          attempt,
          from * 20,
          to * 20,
        ]),
        [
          ["work", "failed", 1, 0, 4],
          ["asks", "failed", 1, 4, 6],
          ["work", "failed", 1, 6, 10],
          ["work", "finished", 2, 10, 20],
        ],
      );
      deepEqual(
        line("b", view)?.bars.map(({ kind }) => kind),
        ["queued", "work"],
      );
      equal(line("b", view)?.waitedMs, 20_000);
      equal(line("a", view)?.waitedMs, 2_000);
      equal(line("b", view)?.endedMs, null);
    });
    it("has bars inside it, and few ticks", () => {
      const { rows, ticks } = timelineOf(WHOLE);
      for (const { from, to } of rows.flatMap(({ bars }) => bars)) equal(from >= 0 && to <= 1 && from <= to, true);
      equal(ticks.length <= 7, true);
    });
    const inSight: readonly (readonly [number, number, readonly [number, number]])[] = [
      [10, 0, [0, 10]],
      [1000, 0, [0, 18]],
      [1000, 11_000, [494, 518]],
      [1000, 99_000, [1000, 1000]],
    ];
    for (const [count, top, expected] of inSight)
      it(`of ${count} lines at ${top} pixels draws ${expected.join(" to ")}`, () => {
        const { first, end } = rowsInSight(count, { top, height: 264, rowHeight: 22 });
        deepEqual([first, end], expected);
      });
  });
});
