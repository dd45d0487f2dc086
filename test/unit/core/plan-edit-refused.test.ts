import { equal, match, throws } from "node:assert/strict";
import { BraidError } from "../../../src/core/failure";
import type { PlanEdit } from "../../../src/core/plan/plan-edit";
import { editPlanText, planInWordsOf } from "../../../src/core/plan/plan-edit-text";
import { writePlanFile } from "../../../src/core/plan/plan-text";
import { COMMENTED } from "../../fixtures/commented-plan";

const set = (subtask: string, field: "agent" | "model" | "description", value: string | undefined): PlanEdit => ({
  kind: "set",
  subtask,
  field,
  value,
});

describe("an edit that breaks the plan changes nothing and says why", () => {
  const refused: readonly (readonly [what: string, edit: PlanEdit, words: RegExp, text?: string])[] = [
    ["a cycle", { kind: "depend", subtask: "a", on: ["c"] }, /Dependencies form a cycle: a → c → a\./u],
    ["itself", { kind: "depend", subtask: "a", on: ["a"] }, /"a" depends on itself/u],
    ["an unknown dependency", { kind: "depend", subtask: "a", on: ["x"] }, /Unknown dependency "x"/u],
    ["an unknown role", set("a", "agent", "wizard"), /Unknown role "wizard"/u],
    ["an unknown subtask", set("x", "agent", "tester"), /no subtask "x"/u],
    ["an id that is taken", { kind: "rename", subtask: "a", to: "b" }, /There is a subtask "b" already/u],
    ["an id that is none", { kind: "rename", subtask: "a", to: "a b" }, /an id is 1 to 64 letters/u],
    ["an added id that is taken", { kind: "add", subtask: { id: "a" } }, /There is a subtask "a" already/u],
    ["nothing left", { kind: "remove", subtask: "a" }, /is the only subtask/u, "task: t\nsubtasks:\n  - id: a\n"],
    [
      "a plan that is broken already",
      set("a", "agent", "tester"),
      /has a mistake already.*Unknown key "x"/u,
      "task: t\nsubtasks:\n  - id: a\n    x: 1\n",
    ],
    [
      "an anchor that takes more than a line",
      { kind: "remove", subtask: "a" },
      /written in a way that this change would not keep/u,
      "task: t\nsubtasks:\n  - id: a\n    files: &f\n      - x\n  - id: b\n    files: *f\n",
    ],
  ];
  for (const [what, edit, words, text = COMMENTED] of refused)
    it(what, () =>
      throws(
        () => editPlanText(text, [edit]),
        (error) => error instanceof BraidError && error.failure.code === "plan.invalid" && words.test(error.message),
      ),
    );

  it("but users' own roles are roles", () =>
    match(editPlanText(COMMENTED, [set("a", "agent", "wizard")], ["wizard"]).text, /agent: wizard/u));
});

describe("a plan in the words of an earlier text", () => {
  it("keeps them where the plan goes on from there", () => {
    const { plan } = editPlanText(COMMENTED, [set("b", "agent", "tester"), { kind: "add", subtask: { id: "d" } }]);
    match(planInWordsOf(plan, COMMENTED), /tester # spaced out[\s\S]*- id: d\n\n# the end/u);
  });
  it("has its own where there are none, or they cannot be kept", () => {
    const { plan } = editPlanText(COMMENTED, []);
    for (const text of [undefined, "", "task: [", "[".repeat(1e5), "task: other\nsubtasks: [{id: a}]\n"])
      equal(planInWordsOf(plan, text), writePlanFile(plan));
  });
});
