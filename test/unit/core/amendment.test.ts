import { valueAt, valuesOf } from "../../../src/core/state/chunked";
import { deepEqual, equal, match, ok } from "node:assert/strict";
import { Amendment } from "../../../src/core/amendment/amendment";
import { applyAmendment } from "../../../src/core/amendment/apply-amendment";
import type { RunEvent } from "../../../src/core/state/events";
import { readPlanFile } from "../../../src/core/plan/plan-file";
import { planNow, planTextNow } from "../../../src/core/plan/plan-now";
import { readySubtasks } from "../../../src/core/plan/schedule";
import type { RunState } from "../../../src/core/state/state";
import {
  accepted,
  accepting,
  amended,
  approved,
  begun,
  created,
  failedWith,
  finished,
  planOf,
  started,
  stateAfter,
} from "../../support/builders";

const PLAN = planOf("a", "b: a", "c: b", "d");
const RUNNING = [...begun(PLAN, "d"), started("a")];
const FAILED = [...RUNNING, failedWith("a", "checks.failed", "x")];

const of = (sketch: object) => Amendment.parse({ reason: "r", ...sketch });
const apply = (events: readonly RunEvent[], sketch: object, roles: readonly string[] = []) =>
  applyAmendment(stateAfter(...events), of(sketch), roles);

describe("an amendment that does not fit the run", () => {
  for (const [what, events, sketch, words] of [
    ["changes nothing", RUNNING, {}, /^It changes nothing\.$/u],
    ["asks for the order there is", RUNNING, { sequential: false }, /^It changes nothing\.$/u],
    ["drops what runs", RUNNING, { drop: ["a"] }, /"a" is running; only what has not started or has failed/u],
    ["changes what is finished", [...RUNNING, finished("a")], { change: [{ id: "a", model: "opus" }] }, /is finished/u],
    [
      "changes what is accepted",
      [...FAILED, accepting("a"), accepted("a")],
      { change: [{ id: "a", model: "opus" }] },
      /"a" is accepted/u,
    ],
    [
      "changes what is being accepted",
      [...FAILED, accepting("a")],
      { change: [{ id: "a", model: "opus" }] },
      /"a" is being accepted/u,
    ],
    ["changes what was skipped", RUNNING, { change: [{ id: "d", model: "opus" }] }, /"d" was skipped/u],
    ["names one that is not there", RUNNING, { drop: ["z"] }, /There is no subtask "z"/u],
    ["drops and changes one", RUNNING, { drop: ["c"], change: [{ id: "c", model: "x" }] }, /"c" is named twice/u],
    ["drops one twice", RUNNING, { drop: ["c", "c"] }, /"c" is named twice/u],
    ["says nothing of a change", RUNNING, { change: [{ id: "c" }] }, /"c" is to be changed, but nothing is said/u],
    ["adds an id there is", RUNNING, { add: [{ id: "c" }] }, /"c" is in the plan already/u],
    ["adds the same id twice", RUNNING, { add: [{ id: "e" }, { id: "e" }] }, /Duplicate id "e"/u],
    ["depends on nobody", RUNNING, { add: [{ id: "e", dependencies: ["z"] }] }, /Unknown dependency "z"/u],
    ["makes a cycle", RUNNING, { change: [{ id: "b", dependencies: ["c"] }] }, /form a cycle: b → c → b/u],
    ["has a role nobody knows", RUNNING, { add: [{ id: "e", agent: "poet" }] }, /Unknown role "poet"/u],
    ["wants several attempts side by side", RUNNING, { add: [{ id: "e", best_of: 2 }] }, /best_of above 1/u],
    ["leaves a dependent behind", RUNNING, { drop: ["b"] }, /"c" depends on "b", which is dropped/u],
    [
      "adds what rests on what it drops",
      RUNNING,
      { drop: ["c"], add: [{ id: "e", dependencies: ["c"] }] },
      /"e" depends on "c", which is dropped/u,
    ],
    [
      "is too much for a plan",
      begun(planOf(...Array.from({ length: 980 }, (_, i) => `s${i}`))),
      { add: Array.from({ length: 21 }, (_, i) => ({ id: `n${i}` })) },
      /1001 subtasks are too many/u,
    ],
    ["comes before the plan is approved", [...begun(PLAN)].slice(0, 2), { drop: ["c"] }, /no approved plan/u],
  ] as readonly (readonly [string, readonly RunEvent[], object, RegExp])[])
    it(what, () => {
      const applied = apply(events, sketch);
      ok(!applied.ok, "it was taken");
      match(applied.problems.join("\n"), words);
    });
});

describe("an amendment that is no amendment", () => {
  for (const [what, input] of [
    ["without a reason", { add: [{ id: "e" }] }],
    ["with a blank reason", { reason: " " }],
    ["with an unknown key", { reason: "r", remove: [] }],
    ["with an unknown key in a change", { reason: "r", change: [{ id: "a", best_of: 2 }] }],
    ["with an id that is no id", { reason: "r", add: [{ id: "../x" }] }],
    ["with 51 new subtasks", { reason: "r", add: Array.from({ length: 51 }, (_, i) => ({ id: `n${i}` })) }],
  ] as const)
    it(what, () => equal(Amendment.safeParse(input).success, false));

  it("a change says only what is in it", () =>
    deepEqual(of({ change: [{ id: "a", model: "opus" }] }).change, [{ id: "a", model: "opus" }]));
});

describe("a plan that was amended", () => {
  const after = (events: readonly RunEvent[], sketch: object): RunState => {
    const applied = apply(events, sketch);
    ok(applied.ok, applied.ok ? "" : applied.problems.join("\n"));
    return stateAfter(...events, amended(applied.plan, of(sketch)));
  };
  const rows = (state: RunState) =>
    valuesOf(state.subtasks).map((s) => `${s.subtask.id} ${s.status} ${s.amended?.how ?? ""}`.trim());

  it("has new subtasks last, and keeps every place", () => {
    const state = after(RUNNING, { add: [{ id: "e", dependencies: ["b"] }], drop: ["c"] });
    deepEqual(rows(state), ["a running", "b pending", "c skipped dropped", "d skipped", "e pending added"]);
    deepEqual([...state.positions.keys()], ["a", "b", "c", "d", "e"]);
    equal(valueAt(state.subtasks, 0)?.worktree, "w-a");
  });

  it("retries what failed, as it is changed to", () => {
    const state = after(FAILED, { change: [{ id: "a", agent: "tester", description: "Smaller" }] });
    const [a] = valuesOf(state.subtasks);
    deepEqual(
      [a?.status, a?.attempt, a?.subtask.agent, a?.subtask.description, a?.lastFailure?.code, a?.result],
      ["pending", 1, "tester", "Smaller", "checks.failed", null],
    );
    deepEqual(
      readySubtasks(state).map((s) => s.subtask.id),
      ["a"],
    );
  });

  it("lets dependents of what was split start when the parts are done", () => {
    const state = after(FAILED, {
      drop: ["a"],
      add: [{ id: "a1" }, { id: "a2" }],
      change: [{ id: "b", dependencies: ["a1", "a2"] }],
    });
    deepEqual(
      readySubtasks(state).map((s) => s.subtask.id),
      ["a1", "a2"],
    );
  });

  it("keeps what a user's retry changed before", () => {
    const retry: RunEvent = { type: "subtask.retried", subtask: "a", by: "user", model: "haiku" };
    const state = after([...FAILED, retry], { add: [{ id: "e" }] });
    equal(state.plan?.subtasks[0]?.model, "haiku");
  });

  it("knows users' own roles", () => ok(apply(RUNNING, { add: [{ id: "e", agent: "poet" }] }, ["poet"]).ok));

  it("is shown and saved without what was dropped", () => {
    const state = after(FAILED, { drop: ["a"], change: [{ id: "b", dependencies: [] }] });
    deepEqual(
      planNow(state)?.subtasks.map((s) => `${s.id}: ${s.dependencies.join(" ")}`),
      ["b: ", "c: b", "d: "],
    );
  });

  it("is written in the words of the plan there was, comments and all", () => {
    const text = "task: A goal\n# the heart of it\nsubtasks:\n  - id: a # first\n  - { id: b, dependencies: [a] }\n";
    const plan = planOf("a", "b: a");
    const first: RunEvent = { type: "plan.proposed", plan, by: "file", text };
    const change = of({ drop: ["b"], add: [{ id: "e", dependencies: ["a"] }] });
    const applied = apply(begun(plan), { drop: ["b"], add: [{ id: "e", dependencies: ["a"] }] });
    ok(applied.ok);
    const written = planTextNow(stateAfter(created(), first, approved(plan), amended(applied.plan, change))) ?? "";
    match(written, /# the heart of it[^]*id: a # first/u);
    deepEqual(readPlanFile(written).plan, planOf("a", "e: a"));
  });

  it("comes from the log alone: what was proposed need not be known", () =>
    equal(after(RUNNING, { sequential: true }).amendments.sequential, true));
});
