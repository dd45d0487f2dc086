import * as z from "zod";
import { failure } from "../core/failure";
import { checkPlan } from "../core/plan/graph";
import { describeSkeleton } from "../core/plan/pattern-plan";
import type { Pattern } from "../core/plan/patterns";
import { MAX_PLANNED_SUBTASKS, Plan } from "../core/plan/plan";
import { describeAnswers, type Answered } from "./assignment";
import type { Instructions } from "./instructions";
import type { Conclusion, Verdict } from "./loop";
import { describeMaterial, type Material, NO_MATERIAL } from "./material";
import { describeScope, PLANNER_DIFF_CHARS, type ScopeFacts } from "./scope-text";

/** How often a plan (or an answer without one) goes back to the planner; the next is the last. */
const MAX_REFUSALS = 3;

/** A plan the planner arrived at, or the plain one Braid made because it did not. */
export interface Planned {
  readonly plan: Plan;
  readonly by: "planner" | "fallback";
  readonly note?: string;
}

/** What there is to look at is said to the planner, never by it. */
const { $schema: _dropped, ...PLAN_SCHEMA } = z.toJSONSchema(Plan.omit({ scope: true }), { io: "input" });

/** A shape the plan has to have. */
export interface PlanShape {
  /** The plan with what the shape fixes, and what is wrong with it in words for the planner. */
  hold(plan: Plan): { readonly plan: Plan; readonly problems: readonly string[] };
  /** The plan where the planner arrives at none. */
  readonly fallback: Plan;
}

/**
 * The planner's only way to answer: `submit_plan`. What schema, `shape` or graph refuse goes back to it, three times at
 * most. `knownRoles` are users' own.
 */
export function planConclusion(
  goal: string,
  knownRoles: readonly string[] = [],
  shape?: PlanShape,
): Conclusion<Planned> {
  let refusals = 0;
  const refuse = (problems: readonly string[]): Verdict<Planned> => {
    refusals += 1;
    if (refusals > MAX_REFUSALS)
      return {
        kind: "done",
        value: {
          plan: shape?.fallback ?? singleSubtaskPlan(goal),
          by: "fallback",
          note: `The planner's plan was refused ${refusals} times (${problems[0]}); this is ${shape === undefined ? "the goal as one subtask" : "the pattern as it stands"}.`,
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
      const { scope: _theirs, ...own } = parsed.data;
      const { plan, problems } = shape?.hold(own) ?? { plan: own, problems: [] };
      if (problems.length > 0) return refuse(problems);
      const errors = checkPlan(plan, knownRoles).filter((problem) => problem.severity === "error");
      if (errors.length > 0) return refuse(errors.map((problem) => problem.message));
      if (plan.subtasks.length > MAX_PLANNED_SUBTASKS)
        return refuse([`${plan.subtasks.length} subtasks are too many; at most ${MAX_PLANNED_SUBTASKS}.`]);
      return { kind: "done", value: { plan, by: "planner" } };
    },
    async concludeText(text) {
      refusals += 1;
      if (refusals <= MAX_REFUSALS)
        return { kind: "again", say: "Call submit_plan with the plan; text alone does not count." };
      return {
        kind: "failed",
        failure: failure("plan.invalid", "The planner ended without a plan.", {
          hint: "Try again, or write the plan as a file: braid run plan.yml.",
          // Why it makes none is often all it has to say.
          detail: text,
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
  /** The pattern the plan has to keep to. */
  readonly pattern?: Pattern | undefined;
  /** What there is to look at. */
  readonly scope?: ScopeFacts | undefined;
  /** What the user answered when the planner was at it before. */
  readonly answers?: readonly Answered[];
  /** What the goal names, and the images that came with it. */
  readonly material?: Material;
}

/** The planner's assignment. */
export function planAssignment(goal: string, around: Surroundings = { roles: [], instructions: [] }): string {
  const roles = around.roles.map(({ name, description }) => `- ${name}${description === "" ? "" : `: ${description}`}`);
  const answers = describeAnswers(around.answers ?? []);
  const { material = NO_MATERIAL } = around;
  const named = describeMaterial(material);
  return [
    `Goal: ${goal}`,
    ...(answers === "" ? [] : [answers]),
    "The current directory is the repository. Look at what matters for the goal, then call submit_plan.",
    ...(around.pattern === undefined ? [] : [describePattern(around.pattern)]),
    ...(around.scope === undefined ? [] : [describeScope(around.scope, PLANNER_DIFF_CHARS)]),
    ...(material.images.length === 0 ? [] : [SHOW_IMAGES]),
    ...(named === "" ? [] : [named]),
    ...(roles.length === 0 ? [] : [`This repository has roles of its own, also for \`agent\`:\n${roles.join("\n")}`]),
    ...around.instructions.map(({ path, text }) => `Instructions of this repository (${path}):\n${text}`),
  ].join("\n\n");
}

const SHOW_IMAGES =
  "Workers see none of these images by themselves: name one with @ in a description, and its worker is shown it. So with files.";

/** The demo model reads the pattern off the first words. */
function describePattern(pattern: Pattern): string {
  return [
    `Pattern: ${pattern.name}. ${pattern.brief}`,
    `Keep to this skeleton: its ids, roles and order. Fill in what stands between angle brackets.\n${describeSkeleton(pattern)}`,
  ].join("\n");
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
