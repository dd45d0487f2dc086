import type { RunCommand } from "../../../src/core/state/decide";
import { approved, begun, created, planOf, proposed, stateAfter } from "../../support/builders";
import { given } from "../../support/given";

const PLAN = planOf("a", "b: a");
const BEGUN = begun(PLAN);

describe("approve", () => {
  it("takes a user's own role where it is known", () => {
    const plan = planOf({ id: "a", agent: "poet" });
    const events = [created(), proposed(plan)] as const;
    given(...events)
      .when({ type: "approve", plan, skipped: [] })
      .refused("plan.invalid", /Unknown role "poet"/u);
    given(...events)
      .when({ type: "approve", plan, skipped: [], knownRoles: ["poet"] })
      .records(approved(plan));
  });

  const approve: RunCommand = { type: "approve", plan: PLAN, skipped: ["b"] };
  it("takes the plan it is given", () =>
    given(created(), proposed(planOf("x")))
      .when(approve)
      .records(approved(PLAN, "b")));
  it("only as it was shown", () => {
    const again = [created(), proposed(planOf("x")), proposed(planOf("y"))] as const;
    const { proposal } = stateAfter(...again);
    given(...again)
      .when({ ...approve, shown: proposal - 1 })
      .refused("run.state", /changed after it was shown.*as it is now/u);
    given(...again)
      .when({ ...approve, shown: proposal })
      .records(approved(PLAN, "b"));
  });
  it("once", () =>
    given(...BEGUN)
      .when(approve)
      .refused("run.state", /already approved/u));
  it("not a plan with a cycle", () =>
    given(created())
      .when({ type: "approve", plan: planOf("a: b", "b: a"), skipped: [] })
      .refused("plan.invalid", /cycle: a → b → a/u));
});
