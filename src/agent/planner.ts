import { z } from "zod";
import { failure } from "../core/failure";
import { checkPlan } from "../core/graph";
import { MAX_PLANNED_SUBTASKS, Plan } from "../core/plan";
import { describeAnswers, type Answered } from "./assignment";
import type { Instructions } from "./instructions";
import type { Conclusion, Verdict } from "./loop";

/** How often a plan (or an answer without one) goes back to the planner; the next is the last. */
const MAX_REFUSALS = 3;

/** A plan the planner arrived at, or the plain one Braid made because it did not. */
export interface Planned {
  readonly plan: Plan;
  readonly by: "planner" | "fallback";
  readonly note?: string;
}

const { $schema: _dropped, ...PLAN_SCHEMA } = z.toJSONSchema(Plan, { io: "input" });

/** The planner's only way to answer: `submit_plan`. What schema or graph refuse goes back to it, three times at most. `knownRoles` are users' own. */
export function planConclusion(goal: string, knownRoles: readonly string[] = []): Conclusion<Planned> {
  let refusals = 0;
  const refuse = (problems: readonly string[]): Verdict<Planned> => {
    refusals += 1;
    if (refusals > MAX_REFUSALS)
      return {
        kind: "done",
        value: {
          plan: singleSubtaskPlan(goal),
          by: "fallback",
          note: `The planner's plan was refused ${refusals} times (${problems[0]}); this is the goal as one subtask.`,
        },
      };
    return {
      kind: "again",
      say: `The plan was refused. Mend it and call submit_plan again:\n${problems.map((p) => `- ${p}`).join("\n")}`,
    };
  };
  return {
    spec: {
      name: "submit_plan",
      description: "Hand in the plan. The only way to finish.",
      schema: { type: "object", properties: { plan: PLAN_SCHEMA }, required: ["plan"], additionalProperties: false },
    },
    async conclude(input) {
      const parsed = Plan.safeParse(withTask(unwrap(input), goal));
      if (!parsed.success)
        return refuse(parsed.error.issues.map((issue) => `${issue.path.join(".") || "plan"}: ${issue.message}`));
      const errors = checkPlan(parsed.data, knownRoles).filter((problem) => problem.severity === "error");
      if (errors.length > 0) return refuse(errors.map((problem) => problem.message));
      if (parsed.data.subtasks.length > MAX_PLANNED_SUBTASKS)
        return refuse([`${parsed.data.subtasks.length} subtasks are too many; at most ${MAX_PLANNED_SUBTASKS}.`]);
      return { kind: "done", value: { plan: parsed.data, by: "planner" } };
    },
    async concludeText() {
      refusals += 1;
      if (refusals <= MAX_REFUSALS)
        return { kind: "again", say: "Call submit_plan with the plan; text alone does not count." };
      return {
        kind: "failed",
        failure: failure("plan.invalid", "The planner ended without a plan.", {
          hint: "Try again, or write the plan as a file: braid run plan.yml.",
        }),
      };
    },
  };
}

/** What a planner is told beside the goal. */
export interface Surroundings {
  /** Users' own roles. */
  readonly roles: readonly { readonly name: string; readonly description: string }[];
  readonly instructions: readonly Instructions[];
  /** What the user answered when the planner was at it before. */
  readonly answers?: readonly Answered[];
}

/** The planner's assignment. */
export function planAssignment(goal: string, around: Surroundings = { roles: [], instructions: [] }): string {
  const roles = around.roles.map(({ name, description }) => `- ${name}${description === "" ? "" : `: ${description}`}`);
  const answers = describeAnswers(around.answers ?? []);
  return [
    `Goal: ${goal}`,
    ...(answers === "" ? [] : [answers]),
    "The current directory is the repository. Look at what matters for the goal, then call submit_plan.",
    ...(roles.length === 0 ? [] : [`This repository has roles of its own, also for \`agent\`:\n${roles.join("\n")}`]),
    ...around.instructions.map(({ path, text }) => `Instructions of this repository (${path}):\n${text}`),
  ].join("\n\n");
}

/** The goal as one subtask for one implementer. */
export function singleSubtaskPlan(goal: string): Plan {
  return Plan.parse({ task: goal, subtasks: [{ id: "goal", description: goal, agent: "implementer" }] });
}

/** Models sometimes hand in the plan without its wrapper, or as a string of JSON. */
function unwrap(input: unknown): unknown {
  const inner = typeof input === "object" && input !== null && "plan" in input ? input.plan : input;
  if (typeof inner !== "string") return inner;
  try {
    return JSON.parse(inner);
  } catch {
    return inner;
  }
}

function withTask(plan: unknown, goal: string): unknown {
  return typeof plan === "object" && plan !== null && !Array.isArray(plan) ? { ...plan, task: goal } : plan;
}
