import * as z from "zod";

/** The most subtasks a planner may propose, and a plan file may hold. */
export const MAX_PLANNED_SUBTASKS = 50;
export const MAX_FILE_SUBTASKS = 1000;

const Id = z
  .string()
  .regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/u, "an id is 1 to 64 letters, digits, dots, dashes or underscores");

const Duration = z
  .string()
  // No more digits than a clock can count with.
  .regex(/^\d{1,6}(\.\d+)?\s*(s|sec|m|min|h|hour|hours|d)$/u, 'a duration is like "45min" or "2h"');

/** One node of the plan. Keys are those of the plan file, so the value and the file are one thing. */
export const Subtask = z.strictObject({
  id: Id.describe("Names the subtask in this plan; others depend on it by this name."),
  description: z
    .string()
    .optional()
    .describe("What the worker is to do, in its own words. Reaches it verbatim; the id stands in where there is none."),
  agent: z.string().default("implementer").describe("The role that carries it out."),
  model: z
    .string()
    .optional()
    .describe("opus, sonnet, haiku or an exact model id; the role's own where there is none."),
  dependencies: z
    .array(z.string())
    .default([])
    .describe(
      "Ids of the subtasks whose results it builds on. It starts when they are done, with their work in its worktree.",
    ),
  estimated_time: Duration.optional().describe(
    'How long it will take, such as "45min" or "2h". Orders the work and feeds the estimate.',
  ),
  files: z
    .array(z.string())
    .default([])
    .describe("What it may change, as names or patterns. Subtasks that name the same file run one after the other."),
  focus: z.array(z.string()).default([]).describe("What to look at with particular care."),
  acceptance: z.array(z.string()).default([]).describe("What must be true when it is done."),
  verify: z
    .array(z.string())
    .default([])
    .describe(
      "Checks that must pass in its worktree before it may report success: commands, or names of package scripts.",
    ),
  output: z
    .strictObject({
      required: z.array(z.string()).default([]).describe("Fields every finding must have."),
      max_items: z.int().min(1).optional().describe("Findings at most."),
    })
    .optional()
    .describe("What its report must hold."),
  constraints: z
    .strictObject({
      max_tokens: z.int().min(1).optional().describe("Tokens it may use, sent and received."),
      time_budget: Duration.optional().describe("How long it may work."),
      max_turns: z.int().min(1).optional().describe("Turns it may take."),
    })
    .optional()
    .describe("Limits of this subtask; at one it stops softly and keeps what it has."),
  review: z
    .strictObject({
      agent: z.string().default("reviewer").describe("The role that reviews."),
      rounds: z.int().min(1).max(10).default(2).describe("Times its verdict may go back to the worker."),
    })
    .optional()
    .describe("A reviewer reads the result and sends it back until it is satisfied or the rounds are over."),
  best_of: z.int().min(1).default(1).describe("Attempts side by side. Only 1 is built yet."),
});
export type Subtask = z.infer<typeof Subtask>;

/** A commit as a person names it. It is resolved by git behind `--end-of-options`, and starts no option of its own. */
const Revision = z
  .string()
  .regex(
    /^(?!-)[^\s:\u0000-\u001f\u007f]{1,250}$/u,
    "a commit is named without spaces or colons, such as main or HEAD~1",
  );

/** What a review looks at. */
export const PlanScope = z.strictObject({
  from: Revision.optional().describe("The commit before the changes to look at."),
  to: Revision.optional().describe("The commit after them; the run's base where there is none."),
  folder: z
    .string()
    .regex(/^(?!\/)(?!(?:.*\/)?\.\.(?:\/|$)).{1,1000}$/u, "a folder is a path inside the repository")
    .optional()
    .describe("Only what is in this folder."),
});
export type PlanScope = z.infer<typeof PlanScope>;

/** What a run may spend. */
export const BudgetLimits = z.strictObject({
  usd: z.number().positive().optional().describe("US dollars."),
  tokens: z.int().positive().optional().describe("Tokens, sent and received."),
  minutes: z.number().positive().optional().describe("Minutes from the first subtask on."),
});
export type BudgetLimits = Readonly<z.infer<typeof BudgetLimits>>;

/** The whole plan, as proposed, edited, approved and re-run. */
export const Plan = z.strictObject({
  task: z.string().min(1).describe("The goal of the whole plan."),
  pattern: z
    .enum(["fan-out", "pipeline", "hierarchical", "scatter-gather", "iterative"])
    .optional()
    .describe(
      "The shape of the plan, for those who read it. hierarchical: when its subtasks have ended, the planner adds the next level from what they reported.",
    ),
  scope: PlanScope.optional().describe("What to look at: the changes between two commits, a folder, or both."),
  constraints: z.array(z.string()).default([]).describe("Decisions every worker must follow."),
  budget: BudgetLimits.optional().describe(
    "Limits of the whole run; at one the workers stop softly and keep what they have.",
  ),
  subtasks: z
    .array(Subtask)
    .min(1)
    .max(MAX_FILE_SUBTASKS)
    .describe("The parts of the work, each done by one worker in its own worktree."),
  integration: z
    .strictObject({
      strategy: z
        .enum(["aggregate", "synthesize", "merge-and-validate"])
        .default("merge-and-validate")
        .describe("How results come together."),
      validation_tests: z
        .array(z.string())
        .default([])
        .describe("Checks on the combined tree before the branch moves: commands, or names of package scripts."),
    })
    .optional()
    .describe("What happens with the results together; nothing where it is left out."),
});
export type Plan = z.infer<typeof Plan>;

/** What a worker is to do: the description, or the id where there is none (a blank one says nothing either). */
export function objectiveOf(subtask: Subtask): string {
  const { description = "" } = subtask;
  return description.trim() === "" ? subtask.id : description;
}

const UNIT_MS: Readonly<Record<string, number>> = { s: 1e3, m: 6e4, h: 36e5, d: 864e5 };

/** Milliseconds in a plan's duration such as `45min`; the schema has already refused anything else. */
export function durationMs(text: string): number {
  const value = Number.parseFloat(text);
  const unit = text.replace(/^[\d.\s]+/u, "").charAt(0);
  return value * (UNIT_MS[unit] ?? 6e4);
}
