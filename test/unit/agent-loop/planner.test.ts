import { deepEqual, equal, match } from "node:assert/strict";
import { planAssignment, planConclusion, type Planned } from "../../../src/agent/planner";
import type { Verdict } from "../../../src/agent/loop";
import { call, callTools, type Line, say } from "../../support/scripted-model";
import { PATTERNS } from "../../../src/core/plan/patterns";
import { planOf } from "../../support/builders";
import { play } from "./agent";

const GOAL = 'Add a "login" page';
const GOOD = { task: "whatever", subtasks: [{ id: "a" }, { id: "b", dependencies: ["a"] }] };
const submit = (plan: unknown) => planConclusion(GOAL).conclude({ plan });

function said(verdict: Verdict<Planned>): string {
  return verdict.kind === "again" ? verdict.say : `${verdict.kind}!`;
}

describe("a plan handed in", () => {
  const expected: Verdict<Planned> = {
    kind: "done",
    value: { plan: { ...planOf("a", "b: a"), task: GOAL }, by: "planner" },
  };
  for (const [what, input] of [
    ["as asked", { plan: GOOD }],
    ["without its wrapper", GOOD],
    ["as a string of JSON", { plan: JSON.stringify(GOOD) }],
    ["as a string of JSON without its wrapper", JSON.stringify(GOOD)],
    ["without a task", { plan: { subtasks: GOOD.subtasks } }],
  ] as const)
    it(`${what} is the plan, and its task is the goal`, async () =>
      deepEqual(await planConclusion(GOAL).conclude(input), expected));

  const ids = (count: number) => Array.from({ length: count }, (_, i) => ({ id: `s${i}` }));
  it("may have 50 subtasks", async () => equal((await submit({ subtasks: ids(50) })).kind, "done"));

  for (const [what, plan, words] of [
    ["51 subtasks", { subtasks: ids(51) }, /- 51 subtasks are too many; at most 50\./u],
    ["no subtasks", { subtasks: [] }, /- subtasks: Too small/u],
    ["an unknown key", { subtasks: [{ id: "a", todo: 1 }] }, /- subtasks\.0: Unrecognized key: "todo"/u],
    [
      "an unknown dependency",
      { subtasks: [{ id: "a", dependencies: ["z"] }] },
      /- Unknown dependency "z" of subtask "a"/u,
    ],
    ["the same id twice", { subtasks: [{ id: "a" }, { id: "a" }] }, /- Duplicate id "a"/u],
    [
      "a cycle",
      {
        subtasks: [
          { id: "a", dependencies: ["b"] },
          { id: "b", dependencies: ["a"] },
        ],
      },
      /- Dependencies form a cycle: a → b → a\./u,
    ],
    ["two faults, both named", { subtasks: [{ id: "a b" }, { id: 3 }] }, /- subtasks\.0\.id: .*\n- subtasks\.1\.id: /u],
    ["text", "1. do it", /- plan: Invalid input/u],
    ["a list", [GOOD], /- plan: Invalid input/u],
    ["nothing", null, /- plan: Invalid input/u],
  ] as const)
    it(`with ${what} goes back`, async () => match(said(await submit(plan)), words));
});

const plan = (id: string, value: unknown): Line => callTools(call(id, "submit_plan", { plan: value }));
const planning = (...script: readonly Line[]) => play(script, { conclusion: planConclusion(GOAL) });

describe("a planner that gets it wrong", () => {
  const bad = { subtasks: [{ id: "a", dependencies: ["z"] }] };

  it("may mend it three times", async () => {
    const { outcome, model } = await planning(plan("1", bad), plan("2", bad), plan("3", bad), plan("4", GOOD));
    equal(outcome.kind === "done" && outcome.value.by, "planner");
    match(JSON.stringify(model.requests[3]?.messages.at(-1)), /Unknown dependency.*"is_error":true/u);
  });

  it("at the fourth the goal is one subtask, and the note says so", async () => {
    const { outcome, model } = await planning(plan("1", bad), plan("2", bad), plan("3", bad), plan("4", bad));
    equal(model.requests.length, 4);
    deepEqual(outcome, {
      kind: "done",
      value: {
        plan: { ...planOf({ id: "goal", description: GOAL }), task: GOAL },
        by: "fallback",
        note: 'The planner\'s plan was refused 4 times (Unknown dependency "z" of subtask "a".); this is the goal as one subtask.',
      },
    });
  });

  it("and only talks is told three times, then there is no plan", async () => {
    const { outcome, model } = await planning(say("Hm."), say("Well."), say("So."), say("That's it."));
    equal(model.requests.length, 4);
    match(JSON.stringify(model.requests[1]?.messages.at(-1)), /Call submit_plan/u);
    deepEqual(outcome.kind === "failed" && [outcome.failure.code, outcome.failure.detail], [
      "plan.invalid",
      "That's it.",
    ]);
  });

  it("one planner's mistakes are not another's", async () => {
    for (let i = 0; i < 5; i += 1) equal((await planning(plan("1", bad), plan("2", GOOD))).outcome.kind, "done");
  });
});

describe("a plan that has to keep to a pattern", () => {
  const shape = {
    fallback: planOf("whole"),
    hold: (plan: ReturnType<typeof planOf>) => ({
      plan: { ...plan, pattern: "pipeline" as const },
      problems: plan.subtasks.some((s) => s.id === "a") ? [] : ['There is no subtask "a".', "Nor b."],
    }),
  };
  const conclude = (...plans: readonly unknown[]) => {
    const conclusion = planConclusion(GOAL, [], shape);
    return plans.reduce<Promise<Verdict<Planned>>>(
      async (before, plan) => (await before, conclusion.conclude({ plan })),
      Promise.resolve({ kind: "again", say: "" }),
    );
  };
  const bad = { subtasks: [{ id: "z" }] };

  it("is taken as the pattern completes it", async () => {
    const verdict = await conclude(GOOD);
    equal(verdict.kind === "done" && verdict.value.plan.pattern, "pipeline");
  });
  it("goes back with every reason where it does not", async () =>
    match(said(await conclude(bad)), /refused\..*submit_plan again:\n- There is no subtask "a"\.\n- Nor b\.$/u));
  it("at the fourth time is the pattern's own", async () => {
    const verdict = await conclude(bad, bad, bad, bad);
    deepEqual(verdict.kind === "done" && [verdict.value.by, verdict.value.plan], ["fallback", shape.fallback]);
    match((verdict.kind === "done" && verdict.value.note) || "", /this is the pattern as it stands/u);
  });
  it("is still held to the graph and the number of subtasks", async () =>
    match(said(await conclude({ subtasks: [{ id: "a", dependencies: ["q"] }] })), /Unknown dependency "q"/u));
  it("is told to the planner with its skeleton and what to look at", () => {
    const scope = { changes: null, folder: "src", base: "b", files: ["src/a.ts"], diff: "" };
    const text = planAssignment("g", { roles: [], instructions: [], pattern: PATTERNS.review, scope });
    match(
      text,
      /\n\nPattern: review\. Review what is named .*\nKeep to this skeleton.*\nsubtasks:\n  - id: security\n/u,
    );
    match(text, /\n\nTo look at: the files in src, as of b:\n- src\/a\.ts$/u);
  });
  it("cannot say itself what to look at", async () => {
    equal(JSON.stringify(planConclusion(GOAL).spec.schema).includes('"scope"'), false);
    const verdict = await submit({ ...GOOD, scope: { from: "main" } });
    equal(verdict.kind === "done" && "scope" in verdict.value.plan, false);
  });
});

describe("a repository's own roles and instructions", () => {
  const around = {
    roles: [
      { name: "poet", description: "Writes verse." },
      { name: "bard", description: "" },
    ],
    instructions: [{ path: "AGENTS.md", text: "Use tabs." }],
  };
  it("are told to the planner", () =>
    deepEqual(planAssignment("g", around).split("\n\n").slice(2), [
      "This repository has roles of its own, also for `agent`:\n- poet: Writes verse.\n- bard",
      "Instructions of this repository (AGENTS.md):\nUse tabs.",
    ]));
  it("may stand in its plan", async () => {
    const input = { plan: { subtasks: [{ id: "a", agent: "poet" }] } };
    match(said(await planConclusion(GOAL).conclude(input)), /Unknown role "poet"/u);
    equal((await planConclusion(GOAL, ["poet"]).conclude(input)).kind, "done");
  });
});

it("the goal reaches the planner as it was written", () => match(planAssignment(GOAL), /^Goal: Add a "login" page\n/u));

it("the schema of submit_plan asks for the subtasks", () => {
  const text = JSON.stringify(planConclusion(GOAL).spec.schema);
  match(text, /"required":\["plan"\]/u);
  match(text, /"dependencies":/u);
});
