import { deepEqual, equal } from "node:assert/strict";
import type { RunEvent } from "../../../src/core/state/events";
import { failure } from "../../../src/core/failure";
import { subtasksOf, toRunView, type RunPhase } from "../../../src/core/state/view";
import {
  abandoned,
  accepted,
  accepting,
  approved,
  begun,
  created,
  failedWith,
  finished,
  planOf,
  proposed,
  rejected,
  retried,
  reviewed,
  started,
  stateAfter,
  turned,
} from "../../support/builders";

const PLAN = planOf("a", "b: a");
const PAUSED: RunEvent = { type: "run.paused" };
const RESUMED: RunEvent = { type: "run.resumed" };
const CANCELLED: RunEvent = { type: "run.cancelled" };
const NO_PLAN: RunEvent = { type: "plan.failed", failure: failure("model.auth", "No key.") };

/** `id status reviewable? — reason` of each subtask. */
function lines(events: readonly RunEvent[]): readonly string[] {
  return subtasksOf(toRunView(stateAfter(...events))).map(
    (s) => `${s.id} ${s.status}${s.reviewable ? "*" : ""}${s.reason === null ? "" : ` — ${s.reason}`}`,
  );
}

describe("status, reason and phase", () => {
  const B = begun(PLAN);
  const table: readonly (readonly [string, readonly RunEvent[], RunPhase, readonly string[]])[] = [
    ["created", [created()], "planning", []],
    ["no plan came", [created(), NO_PLAN], "failed", []],
    ["cancelled while planning", [created(), CANCELLED], "cancelled", []],
    ["proposed", [created(), proposed(PLAN)], "proposed", ["a queued", "b queued"]],
    ["proposed after a failure", [created(), NO_PLAN, proposed(PLAN)], "proposed", ["a queued", "b queued"]],
    ["approved", B, "running", ["a queued", "b queued — waits for a"]],
    ["paused", [...B, PAUSED], "paused", ["a queued", "b queued — waits for a"]],
    ["paused while one runs", [...B, started("a"), PAUSED], "running", ["a running", "b queued — waits for a"]],
    ["cancelled at once", [...B, CANCELLED], "cancelled", ["a cancelled", "b cancelled"]],
    ["running", [...B, started("a")], "running", ["a running", "b queued — waits for a"]],
    ["a diff", [...B, finished("a", "x")], "running", ["a review*", "b queued"]],
    ["only diffs left", [...B, finished("a", "x"), finished("b")], "review", ["a review*", "b done"]],
    ["no diffs", [...B, finished("a"), finished("b")], "done", ["a done", "b done"]],
    [
      "failed",
      [...B, failedWith("a", "checks.failed", "x")],
      "failed",
      ["a failed* — a failed: checks.failed", "b blocked — a did not finish"],
    ],
    [
      "tried again",
      [...B, failedWith("a", "checks.failed"), retried("a")],
      "running",
      ["a queued — again after: a failed: checks.failed", "b queued — waits for a"],
    ],
    [
      "being accepted",
      [...B, finished("a", "x"), finished("b"), accepting("a")],
      "review",
      ["a review — is being accepted", "b done"],
    ],
    [
      "accepted",
      [...B, finished("a", "x"), accepted("a"), finished("b", "y"), accepted("b")],
      "done",
      ["a accepted", "b accepted"],
    ],
    [
      "did not land",
      [...B, finished("a", "x"), abandoned("a", "target.moved"), finished("b")],
      "review",
      ["a review* — a did not land", "b done"],
    ],
    [
      "rejected",
      [...B, finished("a", "x"), rejected("a", "ugly")],
      "failed",
      ["a rejected — ugly", "b blocked — a did not finish"],
    ],
    [
      "rejected without a word",
      [...B, finished("a", "x"), finished("b"), rejected("a")],
      "done",
      ["a rejected", "b done"],
    ],
    ["skipped", begun(PLAN, "a"), "running", ["a skipped", "b queued"]],
    ["all skipped", begun(PLAN, "a", "b"), "done", ["a skipped", "b skipped"]],
    [
      "cancelled in the middle",
      [...B, started("a"), CANCELLED, failedWith("a", "cancelled", "x")],
      "cancelled",
      ["a cancelled*", "b blocked — a did not finish"],
    ],
    [
      "closed in the middle",
      [...B, started("a"), failedWith("a", "run.interrupted", "x")],
      "paused",
      ["a interrupted* — goes on when the run is resumed", "b queued — waits for a"],
    ],
    [
      "closed while it was being cancelled",
      [...B, started("a"), CANCELLED, failedWith("a", "run.interrupted", "x")],
      "cancelled",
      ["a cancelled* — goes on when the run is resumed", "b blocked — a did not finish"],
    ],
    [
      "closed, and what there was of it rejected",
      [...B, started("a"), failedWith("a", "run.interrupted", "x"), rejected("a", "ugly")],
      "failed",
      ["a rejected — ugly", "b blocked — a did not finish"],
    ],
    ["cancelled with a diff waiting", [...B, finished("a", "x"), CANCELLED], "review", ["a review*", "b cancelled"]],
    [
      "resumed, but what was cancelled not retried",
      [...B, finished("a"), started("b"), CANCELLED, failedWith("b", "cancelled"), RESUMED],
      "cancelled",
      ["a done", "b cancelled"],
    ],
    [
      "a file in the way",
      [...begun(planOf({ id: "a", files: ["x"] }, { id: "b", files: ["x"] })), started("a")],
      "running",
      ["a running", "b queued — shares a file with a"],
    ],
  ];
  for (const [what, events, phase, expected] of table)
    it(what, () => {
      deepEqual(lines(events), expected);
      equal(toRunView(stateAfter(...events)).phase, phase);
    });
});

describe("the whole run", () => {
  const events = [
    created(),
    turned(null),
    proposed(planOf("a", "b", "c: a", "d", "e: d", "f"), "as asked"),
    approved(planOf("a", "b", "c: a", "d", "e: d", "f"), "f"),
    started("a"),
    turned("a"),
    turned("a", 2),
    finished("a", "x"),
    failedWith("d", "limit.turns", "y"),
    started("b"),
  ];
  const view = toRunView(stateAfter(...events));

  it("counts each status, and what waits for a human", () => {
    const none = { queued: 0, asks: 0, done: 0, accepted: 0, rejected: 0, cancelled: 0, interrupted: 0 };
    deepEqual(view.counts, { ...none, queued: 1, review: 1, failed: 1, blocked: 1, running: 1, skipped: 1 });
    equal(view.waiting, 2);
  });

  it("adds up what planner and workers used", () =>
    deepEqual(view.usage, { inputTokens: 30, outputTokens: 15, cacheReadTokens: 9, cacheWriteTokens: 6, usd: 0.75 }));

  it("shows the waves in the plan's order, numbered from 1", () =>
    deepEqual(
      view.waves.map((wave) => [wave.number, ...wave.subtasks.map((s) => `${s.id}${s.wave}`)]),
      [
        [1, "a1", "b1", "d1", "f1"],
        [2, "c2", "e2"],
      ],
    ));

  it("has goal, note and times", () => {
    const { id, goal, target, base, planNote, createdAt, updatedAt, failure: why } = view;
    deepEqual(
      [id, goal, target, base, planNote, createdAt, updatedAt, why],
      ["r0000001", "A goal", "refs/heads/main", "base", "as asked", 1000, 10_000, null],
    );
  });

  it("shows the commit to review, and later the one that went in", () => {
    const shown = (...more: readonly RunEvent[]) => {
      const a = subtasksOf(toRunView(stateAfter(...events, ...more))).find((s) => s.id === "a");
      return [a?.commit, a?.acceptedCommit, a?.files.length, a?.model, a?.role];
    };
    deepEqual(shown(), ["commit-a", null, 1, "sonnet", "implementer"]);
    deepEqual(shown(accepting("a"), accepted("a")), ["commit-a", "merge-a", 1, "sonnet", "implementer"]);
  });

  it("shows what the last round of review left open", () => {
    const open = (...more: readonly RunEvent[]) =>
      subtasksOf(toRunView(stateAfter(...begun(planOf("a")), started("a"), ...more)))[0]?.openFindings.map(
        (f) => f.message,
      );
    deepEqual(open(), []);
    deepEqual(open(reviewed("a", 1, "x", "y"), reviewed("a", 2, "y")), ["y"]);
    deepEqual(open(reviewed("a", 1, "x"), reviewed("a", 2)), []);
  });

  it("names roles by their own names, and a model before there is one running", () => {
    const plan = planOf({ id: "a", agent: "research-agent", model: "haiku", description: "Find out" });
    const [a] = subtasksOf(toRunView(stateAfter(...begun(plan))));
    deepEqual([a?.role, a?.model, a?.objective], ["researcher", "haiku", "Find out"]);
  });
});
