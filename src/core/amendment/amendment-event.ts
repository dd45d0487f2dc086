import type { Amendment } from "./amendment";
import type { AmendmentOccasion } from "./amendment-policy";
import type { Failure } from "../failure";
import type { Plan } from "../plan/plan";

/** Facts about the amendments of a run's plan. */
export type AmendmentEvent =
  /** The planner is asked how the plan is to go on. */
  | { readonly type: "amendment.requested"; readonly occasion: AmendmentOccasion; readonly note?: string }
  | {
      readonly type: "amendment.proposed";
      /** From 1; a decision names it. */
      readonly number: number;
      readonly amendment: Amendment;
      readonly by: "planner" | "user";
    }
  /** Nothing is to be changed, and why. */
  | { readonly type: "amendment.unneeded"; readonly reason: string }
  | { readonly type: "amendment.failed"; readonly failure: Failure }
  | { readonly type: "amendment.declined"; readonly number: number; readonly reason: string }
  | {
      readonly type: "plan.amended";
      readonly number: number;
      readonly amendment: Amendment;
      /** The whole plan from now on: places as before, new subtasks last. */
      readonly plan: Plan;
      readonly by: "user" | "setting";
    };
