import { valuesOf } from "../../../src/core/state/chunked";
import { deepEqual, equal } from "node:assert/strict";
import type { RunEvent } from "../../../src/core/state/events";
import { failure } from "../../../src/core/failure";
import { evolve, foldAll } from "../../../src/core/state/fold";
import { initialState, subtaskState } from "../../../src/core/state/state";
import { freshSubtask } from "../../../src/core/state/subtask-state";
import {
  abandoned,
  accepted,
  accepting,
  approved,
  begun,
  checked,
  created,
  failedWith,
  finished,
  planOf,
  proposed,
  record,
  rejected,
  resultOf,
  retried,
  reviewed,
  started,
  stateAfter,
  turned,
  USAGE,
} from "../../support/builders";

const ACCEPTED = { kind: "accepted", commit: "merge-a", onto: "seen", taken: null, how: "squash", left: null } as const;
const PLAN = planOf("a", "b: a");
const BEGUN = begun(PLAN);
const [FRESH, FRESH_B] = PLAN.subtasks.map((subtask) => freshSubtask(subtask, "pending"));

it("a note is known by its file: written again, it is the same note", () => {
  const note = (subtask: string, name: string, file: string, bytes: number): RunEvent => {
    return { type: "note.written", subtask, attempt: 1, name, file, bytes };
  };
  const state = stateAfter(
    ...BEGUN,
    note("a", "x", "1-a.md", 1),
    note("b", "x", "2-a.md", 2),
    note("a", "x", "1-a.md", 3),
  );
  deepEqual(state.notes, [
    { subtask: "b", name: "x", file: "2-a.md", bytes: 2 },
    { subtask: "a", name: "x", file: "1-a.md", bytes: 3 },
  ]);
});

describe("what each event says about a subtask", () => {
  const running = { status: "running", attempt: 1, base: "base", worktree: "w-a", model: "sonnet", startedAt: 4000 };
  const report = { summary: "a is done", files: [], findings: [], decisions: [], open_points: [] };
  const done = { ...running, status: "finished", endedAt: 5000, report, result: resultOf("a", ["x"]) };
  const table: readonly (readonly [string, readonly RunEvent[], object])[] = [
    ["approved", [], {}],
    ["started", [started("a")], running],
    ["finished", [started("a"), finished("a", "x")], done],
    [
      "failed",
      [started("a"), failedWith("a", "checks.failed", "x")],
      {
        ...running,
        status: "failed",
        endedAt: 5000,
        failure: failure("checks.failed", "a failed: checks.failed"),
        result: resultOf("a", ["x"]),
      },
    ],
    [
      "cancelled",
      [started("a"), failedWith("a", "cancelled")],
      { ...running, status: "cancelled", endedAt: 5000, failure: failure("cancelled", "a failed: cancelled") },
    ],
    [
      "reviewed twice",
      [started("a"), reviewed("a", 1, "x"), reviewed("a", 2)],
      {
        ...running,
        reviews: [
          {
            round: 1,
            decision: "request_changes",
            findings: [{ file: "a.ts", line: 3, severity: "error", message: "x" }],
          },
          { round: 2, decision: "approve", findings: [] },
        ],
      },
    ],
    [
      "reviewed, then tried again",
      [started("a"), reviewed("a", 1, "x"), started("a")],
      { ...running, startedAt: 6000 },
    ],
    [
      "turns",
      [started("a"), turned("a"), turned("a")],
      { ...running, turns: 2, lastTurn: 1, modelMs: 200, usage: usageOf(2) },
    ],
    [
      "a check that turned green",
      [started("a"), checked("a", "test", false), checked("a", "lint", true), checked("a", "test", true)],
      {
        ...running,
        checks: ["lint", "test"].map((command) => ({
          command,
          passed: true,
          exitCode: 0,
          durationMs: 1500,
          output: "output",
        })),
      },
    ],
    [
      "retried after a failure: usage, turns and attempt stay, the rest is new",
      [
        started("a"),
        turned("a"),
        checked("a", "t", false),
        failedWith("a", "checks.failed", "x"),
        retried("a", "hint"),
      ],
      {
        attempt: 1,
        turns: 1,
        modelMs: 100,
        usage: USAGE,
        lastFailure: failure("checks.failed", "a failed: checks.failed"),
        note: "hint",
      },
    ],
    [
      "started again: what was said to it stays",
      [started("a"), turned("a"), failedWith("a", "result.empty"), retried("a", "hint"), started("a", 2)],
      {
        ...running,
        attempt: 2,
        startedAt: 8000,
        turns: 1,
        modelMs: 100,
        usage: USAGE,
        lastFailure: failure("result.empty", "a failed: result.empty"),
        note: "hint",
      },
    ],
    [
      "rejected",
      [started("a"), finished("a", "x"), rejected("a", "no")],
      { ...done, decision: { kind: "rejected", reason: "no" } },
    ],
    [
      "rejected, then retried: open again",
      [started("a"), finished("a", "x"), rejected("a", "no"), retried("a")],
      { attempt: 1, note: "The last result was rejected: no" },
    ],
    [
      "being accepted",
      [started("a"), finished("a", "x"), accepting("a")],
      {
        ...done,
        decision: {
          kind: "accepting",
          seen: "seen",
          tip: "merge-a",
          commit: "merge-a",
          onto: "seen",
          taken: null,
          how: "squash",
          left: null,
        },
      },
    ],
    ["accepted", [started("a"), finished("a", "x"), accepting("a"), accepted("a")], { ...done, decision: ACCEPTED }],
    [
      "an accept that did not land",
      [started("a"), finished("a", "x"), accepting("a"), abandoned("a", "target.moved")],
      { ...done, acceptFailure: failure("target.moved", "a did not land") },
    ],
    [
      "an accept after one that did not land",
      [started("a"), finished("a", "x"), abandoned("a", "target.moved"), accepting("a"), accepted("a")],
      { ...done, decision: ACCEPTED },
    ],
  ];
  for (const [what, events, expected] of table)
    it(what, () => {
      const state = stateAfter(...BEGUN, ...events);
      deepEqual(subtaskState(state, "a"), { ...FRESH, ...expected });
      deepEqual(subtaskState(state, "b"), FRESH_B);
    });
});

describe("what each event says about the run", () => {
  it("created", () => {
    const { id, goal, target, base, options, createdAt, updatedAt, seq } = stateAfter(created(3));
    deepEqual(
      { id, goal, target, base, options, createdAt, updatedAt, seq },
      {
        id: "r0000001",
        goal: "A goal",
        target: "refs/heads/main",
        base: "base",
        options: { concurrency: 3, attempts: 2 },
        createdAt: 1000,
        updatedAt: 1000,
        seq: 1,
      },
    );
  });

  it("a plan wipes out the failure and the note of the one before", () => {
    const failed = stateAfter(created(), proposed(PLAN, "only one"), {
      type: "plan.failed",
      failure: failure("model.auth", "No."),
    });
    deepEqual([failed.planFailure?.code, failed.planNote], ["model.auth", "only one"]);
    const again = evolve(failed, { seq: 4, at: 4000, event: proposed(planOf("x")) });
    deepEqual([again.planFailure, again.planNote, again.plan?.subtasks.length], [undefined, undefined, 1]);
  });

  it("approval is of the plan it carries, with what was ticked off", () => {
    const state = stateAfter(created(), proposed(planOf("x")), approved(PLAN, "b", "unknown"));
    deepEqual(
      valuesOf(state.subtasks).map((s) => [s.subtask.id, s.status]),
      [
        ["a", "pending"],
        ["b", "skipped"],
      ],
    );
    equal(state.plan, PLAN);
  });

  it("the planner's turns are its own", () => {
    const state = stateAfter(created(), turned(null), turned(null), turned(null));
    deepEqual([state.plannerTurns, state.plannerUsage], [3, usageOf(3)]);
  });

  it("resuming takes back both pause and cancel", () => {
    const stopped = stateAfter(...BEGUN, { type: "run.paused" }, { type: "run.cancelled" });
    deepEqual([stopped.paused, stopped.cancelled], [true, true]);
    const state = evolve(stopped, { seq: 6, at: 6000, event: { type: "run.resumed" } });
    deepEqual([state.paused, state.cancelled], [false, false]);
  });

  it("an event about nobody changes nothing but seq and time", () => {
    const before = stateAfter(...BEGUN);
    for (const event of [
      started("z"),
      turned("z"),
      checked("z", "t", true),
      finished("z"),
      accepted("z"),
      retried("z"),
    ])
      deepEqual(evolve(before, { seq: 9, at: 9000, event }), { ...before, seq: 9, updatedAt: 9000 });
  });
});

it("the same log leaves the same state, however often and from wherever it is folded", () => {
  const log = record([
    ...BEGUN,
    turned(null),
    started("a"),
    turned("a"),
    checked("a", "t", false),
    failedWith("a", "checks.failed"),
    retried("a", "note"),
    started("a", 2),
    finished("a", "x"),
    accepting("a"),
    abandoned("a", "merge.conflict"),
    accepting("a"),
    accepted("a"),
    started("b"),
    { type: "run.cancelled" },
    failedWith("b", "cancelled", "y"),
    rejected("b"),
  ]);
  const whole = foldAll(log);
  for (let cut = 0; cut <= log.length; cut += 1) {
    const half = structuredClone(log.slice(0, cut)).reduce(evolve, initialState());
    deepEqual(structuredClone(log.slice(cut)).reduce(evolve, half), whole);
  }
  deepEqual(initialState(), stateAfter());
});

function usageOf(turns: number): typeof USAGE {
  return {
    inputTokens: 10 * turns,
    outputTokens: 5 * turns,
    cacheReadTokens: 3 * turns,
    cacheWriteTokens: 2 * turns,
    usd: 0.25 * turns,
  };
}
