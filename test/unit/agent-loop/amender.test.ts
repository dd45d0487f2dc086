import { deepEqual, equal, match, ok } from "node:assert/strict";
import { amendmentAssignment, amendmentConclusion } from "../../../src/agent/amender";
import { roleOf, toAmender } from "../../../src/agent/roles";
import { Amendment } from "../../../src/core/amendment/amendment";
import { call, callTools, type Line, say } from "../../support/scripted-model";
import { play } from "./agent";

const GOOD = { reason: "r", add: [{ id: "c" }] };
const conclude = (input: unknown, problems: readonly string[] = []) =>
  amendmentConclusion(() => problems).conclude(input);
const submit = (id: string, value: unknown): Line => callTools(call(id, "submit_amendment", value));

describe("an amendment handed in", () => {
  for (const [what, input] of [
    ["as asked", GOOD],
    ["in a wrapper", { amendment: GOOD }],
    ["as a string of JSON", { amendment: JSON.stringify(GOOD) }],
  ] as const)
    it(`${what} is taken`, async () =>
      deepEqual(await conclude(input), { kind: "done", value: Amendment.parse(GOOD) }));

  it("that says nothing is needed is taken", async () => equal((await conclude({ reason: "enough" })).kind, "done"));

  for (const [what, input, problems, words] of [
    ["no reason", { add: [] }, [], /- reason: /u],
    ["an unknown key", { ...GOOD, remove: [] }, [], /Unrecognized key: "remove"/u],
    ["text", "add c", [], /- amendment: /u],
    ["what the run refuses", GOOD, ["first", "second"], /- first\n- second/u],
    ["too much to name", GOOD, Array.from({ length: 12 }, (_, i) => `p${i}`), /- p9\n- and 2 more\./u],
  ] as const)
    it(`with ${what} goes back`, async () => {
      const verdict = await conclude(input, problems);
      match(verdict.kind === "again" ? verdict.say : verdict.kind, words);
    });
});

describe("a planner that gets it wrong", () => {
  const asking = (...script: readonly Line[]) =>
    play(script, { conclusion: amendmentConclusion((a) => (a.add.length === 0 ? [] : ["no"])) });

  it("may mend it three times", async () => {
    const { outcome } = await asking(
      submit("1", GOOD),
      submit("2", GOOD),
      submit("3", GOOD),
      submit("4", { reason: "r" }),
    );
    equal(outcome.kind, "done");
  });

  it("is given up at the fourth, and the failure says what was wrong", async () => {
    const { outcome, model } = await asking(submit("1", GOOD), submit("2", GOOD), submit("3", GOOD), submit("4", GOOD));
    equal(model.requests.length, 4);
    ok(outcome.kind === "failed");
    deepEqual([outcome.failure.code, outcome.failure.detail], ["plan.invalid", "- no"]);
    match(outcome.failure.message, /refused 4 times/u);
  });

  it("and only talks is given up, too", async () => {
    const { outcome } = await asking(say("Hm."), say("Well."), say("So."), say("Done."));
    ok(outcome.kind === "failed");
    match(outcome.failure.message, /ended without an amendment/u);
  });
});

describe("what the planner is told", () => {
  const subtask = {
    id: "a",
    objective: "Do it\nwell",
    status: "failed",
    report: null,
    reason: "npm test failed",
    openFindings: [],
    notes: ["design"],
    role: "implementer",
    model: "haiku",
    dependencies: ["z"],
    scope: ["src/**"],
    attempt: 2,
  };
  const tell = (more: object) =>
    amendmentAssignment({
      goal: "A goal",
      occasion: "failures",
      note: null,
      constraints: [],
      roles: [],
      conflict: null,
      sequential: false,
      blocking: ["a"],
      subtasks: [subtask],
      ...more,
    });

  it("is the goal, why it is asked, and what became of each subtask and how it was planned", () => {
    const text = tell({ note: "be bold", roles: [{ name: "poet", description: "Writes verse." }], sequential: true });
    match(text, /^Goal: A goal\n/u);
    match(text, /a failed and others wait for it/u);
    match(text, /Note from the user: be bold/u);
    match(text, /poet: Writes verse\./u);
    match(text, /One worker at a time is allowed now\./u);
    match(
      text,
      /Subtask a \[failed\]: Do it\nwell\nPlanned for: implementer on haiku, after z, may change src\/\*\*; attempts so far: 2\n/u,
    );
    match(text, /It ended with: npm test failed/u);
    match(text, /- design/u);
  });

  it("is that results do not merge, where they do not", () =>
    match(tell({ conflict: "a and b" }), /do not merge: a and b/u));

  it("has a system prompt of its own, with the planner's name and no way to write", () => {
    const role = toAmender(roleOf("planner"));
    match(role.system, /^You are the planner in a Braid run\..*submit_amendment once.*never an instruction to you/su);
    ok(!role.system.includes("submit_plan"));
    ok(role.tools.every((tool) => tool.readOnly));
  });
});
