import { deepEqual, equal, ok } from "node:assert/strict";
import type { RunEvent } from "../../../src/core/state/events";
import type { Plan } from "../../../src/core/plan/plan";
import { mostAtOnce } from "../../../src/core/plan/claims";
import {
  estimateMs,
  hindrancesOf,
  isIdle,
  readySubtasks,
  remainingPaths,
  sharedFilePredecessors,
} from "../../../src/core/plan/schedule";
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
  started,
  stateAfter,
} from "../../support/builders";

const DIAMOND = planOf("a", "b: a", "c: a", "d: b c");
const ready = (plan: Plan, ...events: readonly RunEvent[]) =>
  readySubtasks(stateAfter(...begun(plan), ...events)).map((s) => s.subtask.id);

describe("what may start", () => {
  const table: readonly (readonly [string, Plan, readonly RunEvent[], readonly string[]])[] = [
    ["the roots", DIAMOND, [], ["a"]],
    ["nothing behind a running one", DIAMOND, [started("a")], []],
    ["both behind a finished one", DIAMOND, [started("a"), finished("a", "x")], ["b", "c"]],
    ["not what waits for one of two", DIAMOND, [finished("a"), finished("b"), started("c")], []],
    ["what waited for both", DIAMOND, [finished("a"), finished("b"), finished("c")], ["d"]],
    [
      "by dependency, not by wave: wave 2 while wave 1 still runs",
      planOf("quick", "slow", "next: quick", "late: slow"),
      [started("quick"), started("slow"), finished("quick")],
      ["next"],
    ],
    ["what rests on an accepted one", DIAMOND, [finished("a", "x"), accepting("a"), accepted("a")], ["b", "c"]],
    ["what rests on one that is being accepted", DIAMOND, [finished("a", "x"), accepting("a")], ["b", "c"]],
    [
      "what rests on a failed one whose part was accepted",
      DIAMOND,
      [failedWith("a", "limit.turns", "x"), accepted("a")],
      ["b", "c"],
    ],
    ["nothing behind a failed one", DIAMOND, [failedWith("a", "checks.failed")], []],
    ["nothing behind a rejected one", DIAMOND, [finished("a", "x"), rejected("a")], []],
    ["a retried one again", DIAMOND, [failedWith("a", "checks.failed"), retried("a")], ["a"]],
    ["the siblings of a failed one", planOf("a", "b", "c: a"), [failedWith("a", "checks.failed")], ["b"]],
    ["nothing while paused", DIAMOND, [{ type: "run.paused" }], []],
    ["all of it when resumed", DIAMOND, [{ type: "run.paused" }, { type: "run.resumed" }], ["a"]],
    ["nothing when cancelled", DIAMOND, [{ type: "run.cancelled" }], []],
  ];
  for (const [what, plan, events, expected] of table) it(what, () => deepEqual(ready(plan, ...events), expected));

  it("nothing before the plan is approved", () =>
    deepEqual(readySubtasks(stateAfter(created(), proposed(DIAMOND))), []));

  it("what rests on a skipped one, and not the skipped one", () =>
    deepEqual(
      readySubtasks(stateAfter(created(), approved(DIAMOND, "a"))).map((s) => s.subtask.id),
      ["b", "c"],
    ));
});

describe("the longest remaining path goes first", () => {
  it("counted in estimates, a quarter of an hour where there is none", () => {
    const plan = planOf(
      { id: "lone", estimated_time: "20min" },
      "head",
      { id: "tail", dependencies: ["head"], estimated_time: "1h" },
      { id: "big", estimated_time: "2h" },
    );
    deepEqual(ready(plan), ["big", "head", "lone"]);
    deepEqual(
      new Map([...remainingPaths(plan.subtasks)].map(([id, ms]) => [id, ms / 60_000])),
      new Map([
        ["lone", 20],
        ["head", 75],
        ["tail", 60],
        ["big", 120],
      ]),
    );
    deepEqual(plan.subtasks.map(estimateMs), [1_200_000, 900_000, 3_600_000, 7_200_000]);
  });

  it("the longest of several branches counts, and equals keep the plan's order", () =>
    deepEqual(ready(planOf("a", "b", "c", "b1: b", "c1: c", "c2: c1", "c3: c")), ["c", "b", "a"]));
});

describe("identical files are never changed by two at once", () => {
  const file = (id: string, files: readonly string[], dependencies: readonly string[] = []) => ({
    id,
    files: [...files],
    dependencies: [...dependencies],
  });

  it("a running one holds its files", () => {
    const plan = planOf(file("a", ["src/x.ts"]), file("b", ["y", "src/x.ts"]), file("c", ["z"]));
    deepEqual(ready(plan, started("a")), ["c"]);
    const state = stateAfter(...begun(plan), started("a"));
    deepEqual([...hindrancesOf(state)], [["b", { kind: "overlap", by: "a" }]]);
    equal(isIdle(state), false);
    deepEqual(ready(plan, started("a"), finished("a", "src/x.ts")), ["b", "c"]);
  });

  it("two that could start together do not: the longer path first", () =>
    deepEqual(ready(planOf(file("a", ["x"]), file("b", ["x"]), file("c", ["x"]), file("d", [], ["b"]))), ["b"]));

  it("patterns may overlap", () =>
    deepEqual(ready(planOf(file("a", ["src/**"]), file("b", ["src/**"]), file("c", ["{x,y}"]), file("d", ["{x,y}"]))), [
      "a",
      "b",
      "c",
      "d",
    ]));

  it("a blocked one holds nothing", () =>
    deepEqual(ready(planOf("r", file("a", ["x"], ["r"]), file("b", ["x"])), failedWith("r", "model.auth")), ["b"]));
});

describe("F45 why a subtask does not start", () => {
  const table: readonly (readonly [string, Plan, readonly RunEvent[], Readonly<Record<string, unknown>>])[] = [
    [
      "it waits for those that are not done",
      DIAMOND,
      [finished("a"), finished("b")],
      { d: { kind: "waiting", on: ["c"] } },
    ],
    [
      "blocked all the way down by the one that failed",
      DIAMOND,
      [failedWith("a", "checks.failed")],
      { b: { kind: "blocked", by: "a" }, c: { kind: "blocked", by: "a" }, d: { kind: "blocked", by: "a" } },
    ],
    [
      "blocked by what was rejected, though it also waits",
      DIAMOND,
      [finished("a"), finished("c", "x"), rejected("c"), started("b")],
      { d: { kind: "blocked", by: "c" } },
    ],
    [
      "blocked by what was cancelled",
      planOf("a", "b: a"),
      [failedWith("a", "cancelled")],
      { b: { kind: "blocked", by: "a" } },
    ],
    [
      "an accept that did not land blocks nobody",
      planOf("a", "b: a"),
      [finished("a", "x"), accepting("a"), abandoned("a", "merge.conflict")],
      {},
    ],
  ];
  for (const [what, plan, events, expected] of table)
    it(what, () => deepEqual(Object.fromEntries(hindrancesOf(stateAfter(...begun(plan), ...events))), expected));
});

describe("plans of 1,000", () => {
  const chain = planOf(...Array.from({ length: 1000 }, (_, i) => (i === 0 ? "s0" : `s${i}: s${i - 1}`)));

  it("a chain is blocked to its end by its first", () => {
    const state = stateAfter(...begun(chain), failedWith("s0", "checks.failed"));
    equal(isIdle(state), true);
    deepEqual(hindrancesOf(state).get("s999"), { kind: "blocked", by: "s0" });
  });

  it("a chain is ready one by one", () => {
    const state = stateAfter(...begun(chain));
    deepEqual(
      readySubtasks(state).map((s) => s.subtask.id),
      ["s0"],
    );
    equal(hindrancesOf(state).size, 999);
  });

  // A lattice has 2^500 paths: whoever walks paths instead of edges is not done today.
  it("a lattice costs its edges, not its paths", () => {
    const lattice = planOf(
      ...Array.from({ length: 1000 }, (_, i) => {
        const row = i - (i % 2);
        return { id: `s${i}`, dependencies: row === 0 ? [] : [`s${row - 2}`, `s${row - 1}`] };
      }),
    );
    deepEqual(
      readySubtasks(stateAfter(...begun(lattice))).map((s) => s.subtask.id),
      ["s0", "s1"],
    );
    const blocked = hindrancesOf(stateAfter(...begun(lattice), failedWith("s1", "checks.failed")));
    equal(blocked.size, 998);
    ok([...blocked.values()].every((h) => h.kind === "blocked" && h.by === "s1"));
  });
});

describe("subtasks that change the same file", () => {
  const plan = planOf("a", "b", "c");
  const shared = { ...plan, subtasks: plan.subtasks.map((s) => (s.id === "c" ? s : { ...s, files: ["src/x.ts"] })) };

  it("do not start while one of them has a slot, in the log or not yet", () => {
    const ids = (claimed: readonly string[]) =>
      readySubtasks(stateAfter(...begun(shared)), new Set(claimed)).map((s) => s.subtask.id);
    deepEqual(ids([]).toSorted(), ["a", "c"]);
    deepEqual(ids(["a"]), ["c"]);
    deepEqual(ids(["b"]), ["c"]);
  });

  it("do so by whatever spelling; whoever only reads is in nobody's way", () => {
    const ready = (...agents: readonly string[]) => {
      const files = ["src/x.ts", "./src//x.ts", "/src/x.ts"];
      const subtasks = plan.subtasks.map((s, i) => ({ ...s, agent: agents[i] ?? s.agent, files: [files[i] ?? ""] }));
      equal(mostAtOnce(subtasks), readySubtasks(stateAfter(...begun({ ...plan, subtasks }))).length);
      return mostAtOnce(subtasks);
    };
    deepEqual([ready(), ready("implementer", "reviewer"), ready("reviewer", "research-agent", "tester")], [1, 2, 3]);
    equal(mostAtOnce(plan.subtasks), 3);
  });

  it("rest on each other's finished results, and on nothing rejected or unrelated", () => {
    const rest = (...events: readonly RunEvent[]) => {
      const b = shared.subtasks[1];
      ok(b);
      return sharedFilePredecessors(stateAfter(...begun(shared), ...events), b);
    };
    deepEqual(rest(), []);
    deepEqual(rest(started("a"), finished("a", "src/x.ts"), started("c"), finished("c", "y")), ["a"]);
    deepEqual(rest(started("a"), failedWith("a", "checks.failed", "src/x.ts")), []);
    deepEqual(rest(started("a"), finished("a", "src/x.ts"), rejected("a")), []);
  });
});

describe("what a subtask rests on, near and far", () => {
  const on = (event: RunEvent, ...restsOn: readonly string[]): RunEvent =>
    event.type === "subtask.started" ? { ...event, restsOn } : event;

  it("keeps it from starting on work that was rejected", () => {
    const state = stateAfter(
      ...begun(planOf("a", "b: a", "c: b")),
      started("a"),
      finished("a", "x"),
      on(started("b"), "a"),
      finished("b", "y"),
      rejected("a"),
    );
    deepEqual(hindrancesOf(state).get("c"), { kind: "blocked", by: "a" });
    deepEqual(readySubtasks(state), []);
  });

  it("leaves out what was built on this subtask's own earlier result", () => {
    const plan = planOf("a", "b");
    const shared = { ...plan, subtasks: plan.subtasks.map((s) => ({ ...s, files: ["x"] })) };
    const state = stateAfter(
      ...begun(shared),
      started("a"),
      finished("a", "x"),
      on(started("b"), "a"),
      finished("b", "x"),
      retried("a"),
    );
    const [a] = shared.subtasks;
    ok(a);
    deepEqual(sharedFilePredecessors(state, a), []);
  });
});
