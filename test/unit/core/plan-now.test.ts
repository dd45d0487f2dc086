import { deepEqual, equal, match } from "node:assert/strict";
import type { RunCommand } from "../../../src/core/state/decide";
import { readPlanFile } from "../../../src/core/plan/plan-file";
import { MAX_PLAN_TEXT_CHARS, planNow, planTextNow } from "../../../src/core/plan/plan-now";
import { approved, created, planOf, proposed, stateAfter } from "../../support/builders";
import { given } from "../../support/given";

const TEXT =
  "task: t # the goal\n\nsubtasks:\n  - id: a # first\n    agent: tester\n  - id: b\n    dependencies: [a]\n";
const PLAN = readPlanFile(TEXT).plan ?? planOf();
const WRITTEN = { type: "plan.proposed", plan: PLAN, by: "file", text: TEXT } as const;
const RETRIED = { type: "subtask.retried", subtask: "a", by: "user", agent: "reviewer", model: "opus" } as const;

describe("the plan of a run can be run again", () => {
  it("in the words it was written in", () => {
    equal(planTextNow(stateAfter(created(), WRITTEN)), TEXT);
    equal(planTextNow(stateAfter(created(), WRITTEN, approved(PLAN))), TEXT);
  });
  it("with the roles and models its subtasks were retried by", () => {
    const state = stateAfter(created(), WRITTEN, approved(PLAN, "b"), RETRIED);
    const text = planTextNow(state) ?? "";
    equal(text, TEXT.replace("agent: tester", "agent: reviewer\n    model: opus"));
    deepEqual(readPlanFile(text), { plan: planNow(state), diagnostics: [] });
  });
  it("in words of its own where a planner made it, or made another one since", () => {
    match(planTextNow(stateAfter(created(), proposed(PLAN))) ?? "", /^task: t\nsubtasks:\n {2}- id: a\n/u);
    match(planTextNow(stateAfter(created(), WRITTEN, proposed(PLAN))) ?? "", /^task: t\n/u);
  });
  it("once there is one", () => equal(planTextNow(stateAfter(created())), undefined));
});

describe("edit", () => {
  const edit: RunCommand = { type: "edit", plan: PLAN, text: TEXT };
  it("takes the place of the proposal, words and all", () =>
    given(created(), proposed(planOf("x")))
      .when(edit)
      .records({ type: "plan.proposed", plan: PLAN, by: "user", text: TEXT }));
  it("keeps no text that is too long for the log", () =>
    given(created(), proposed(planOf("x")))
      .when({ ...edit, text: `${TEXT}#${" ".repeat(MAX_PLAN_TEXT_CHARS)}` })
      .records({ type: "plan.proposed", plan: PLAN, by: "user" }));
  it("comes too early before there is a plan, and too late after the approval", () => {
    given(created())
      .when(edit)
      .refused("run.state", /no plan yet/u);
    given(created(), WRITTEN, approved(PLAN))
      .when(edit)
      .refused("run.state", /already approved/u);
  });
  it("does not take a plan that is none", () =>
    given(created(), WRITTEN)
      .when({ ...edit, plan: planOf("a: b", "b: a") })
      .refused("plan.invalid", /cycle/u));
  it("knows users' own roles", () => {
    const plan = planOf({ id: "a", agent: "poet" });
    given(created(), WRITTEN)
      .when({ ...edit, plan })
      .refused("plan.invalid", /Unknown role "poet"/u);
    given(created(), WRITTEN)
      .when({ type: "edit", plan, text: "x", knownRoles: ["poet"] })
      .records({ type: "plan.proposed", plan, by: "user", text: "x" });
  });
});
