import type { Plan } from "./plan";

/** The user said yes to a plan, without the subtasks they had ticked off. */
export interface PlanApproved {
  readonly type: "plan.approved";
  readonly plan: Plan;
  readonly skipped: readonly string[];
  /** What the gate took subtasks to take; those it had something to go by for. */
  readonly estimates?: readonly SubtaskTime[];
}

/** How long a subtask is taken to take, in milliseconds. */
export interface SubtaskTime {
  readonly id: string;
  readonly ms: number;
}
