import { deepEqual, equal, match } from "node:assert/strict";
import type { PlacedFinding } from "../../../src/core/findings";
import { planToFix } from "../../../src/core/plan/fix-plan";
import { checkPlan } from "../../../src/core/plan/graph";

const finding = (file: string, message: string, more: Partial<PlacedFinding> = {}): PlacedFinding => ({
  subtask: "quality",
  role: "reviewer",
  commit: "c",
  file,
  line: 3,
  severity: "error",
  message,
  fix: null,
  ...more,
});

describe("a plan that mends findings", () => {
  it("is one subtask for one finding, which says what and where", () => {
    const plan = planToFix([finding("./a.ts", "bad", { fix: "mend" })]);
    deepEqual(
      plan?.subtasks.map((s) => [s.id, s.agent, s.files]),
      [["fix", "implementer", ["a.ts"]]],
    );
    match(plan?.subtasks[0]?.description ?? "", /Look at the place first.*\n- a\.ts:3 error: bad \(fix: mend\)$/u);
    equal(plan?.task, "Mend what was found in a.ts");
  });
  it("is one subtask per file", () => {
    const plan = planToFix([
      finding("a.ts", "one"),
      finding("b.ts", "two"),
      finding("./a.ts", "three", { line: null }),
    ]);
    deepEqual(
      plan?.subtasks.map((s) => [s.id, s.files.join()]),
      [
        ["fix-1", "a.ts"],
        ["fix-2", "b.ts"],
      ],
    );
    match(plan?.subtasks[0]?.description ?? "", /- a\.ts:3 error: one\n- a\.ts error: three$/u);
    equal(plan?.task, "Mend 3 findings");
    deepEqual(plan === undefined ? undefined : checkPlan(plan), []);
  });
  it("leaves out what names no file of the repository", () => {
    equal(planToFix([finding("/etc/passwd", "x"), finding("../y", "x")]), undefined);
    equal(planToFix([]), undefined);
  });
});
