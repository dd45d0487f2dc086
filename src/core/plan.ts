import { z } from "zod";

/** The most subtasks a planner may propose, and a plan file may hold. */
export const MAX_PLANNED_SUBTASKS = 50;
export const MAX_FILE_SUBTASKS = 1000;

const Id = z
  .string()
  .regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/u, "an id is 1 to 64 letters, digits, dots, dashes or underscores");

const Duration = z
  .string()
  .regex(/^\d+(\.\d+)?\s*(s|sec|m|min|h|hour|hours|d)$/u, 'a duration is like "45min" or "2h"');

/** One node of the plan. Keys are those of the plan file, so the value and the file are one thing. */
export const Subtask = z.strictObject({
  id: Id,
  description: z.string().optional(),
  agent: z.string().default("implementer"),
  model: z.string().optional(),
  dependencies: z.array(z.string()).default([]),
  estimated_time: Duration.optional(),
  files: z.array(z.string()).default([]),
  focus: z.array(z.string()).default([]),
  acceptance: z.array(z.string()).default([]),
  verify: z.array(z.string()).default([]),
  output: z
    .strictObject({ required: z.array(z.string()).default([]), max_items: z.int().min(1).optional() })
    .optional(),
  constraints: z
    .strictObject({
      max_tokens: z.int().min(1).optional(),
      time_budget: Duration.optional(),
      max_turns: z.int().min(1).optional(),
    })
    .optional(),
  review: z
    .strictObject({ agent: z.string().default("reviewer"), rounds: z.int().min(1).max(10).default(2) })
    .optional(),
  best_of: z.int().min(1).default(1),
});
export type Subtask = z.infer<typeof Subtask>;

/** The whole plan, as proposed, edited, approved and re-run. */
export const Plan = z.strictObject({
  task: z.string().min(1),
  pattern: z.enum(["fan-out", "pipeline", "hierarchical", "scatter-gather", "iterative"]).optional(),
  constraints: z.array(z.string()).default([]),
  budget: z
    .strictObject({
      usd: z.number().positive().optional(),
      tokens: z.int().positive().optional(),
      minutes: z.number().positive().optional(),
    })
    .optional(),
  subtasks: z.array(Subtask).min(1).max(MAX_FILE_SUBTASKS),
  integration: z
    .strictObject({
      strategy: z.enum(["aggregate", "synthesize", "merge-and-validate"]).default("merge-and-validate"),
      validation_tests: z.array(z.string()).default([]),
    })
    .optional(),
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
