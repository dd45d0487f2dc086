import * as z from "zod";
import { Subtask } from "../plan/plan";

/** Subtasks one amendment may add. */
export const MAX_ADDED_SUBTASKS = 50;
const { agent, dependencies, files, acceptance, verify } = Subtask.shape;

/** What becomes different in one subtask; what is left out stays. Without its defaults: those would overwrite. */
export const SubtaskChange = z.strictObject({
  id: Subtask.shape.id.describe("The subtask to change: one that has not started, or that failed."),
  ...Subtask.pick({ description: true, model: true, estimated_time: true, constraints: true, review: true }).shape,
  agent: agent.unwrap().optional().describe("Another role."),
  dependencies: dependencies.unwrap().optional().describe("All its dependencies from now on."),
  files: files.unwrap().optional().describe("All it may change from now on."),
  acceptance: acceptance.unwrap().optional().describe("All that must be true when it is done."),
  verify: verify.unwrap().optional().describe("All its checks from now on."),
});
export type SubtaskChange = z.infer<typeof SubtaskChange>;

/** A change of the plan in mid-run. One that only gives a reason says that nothing is to be changed. */
export const Amendment = z.strictObject({
  reason: z.string().trim().min(1).max(4_000).describe("Why, in one or two sentences; the user reads it."),
  add: z.array(Subtask).max(MAX_ADDED_SUBTASKS).default([]).describe("New subtasks, with new ids."),
  drop: z.array(z.string()).default([]).describe("Ids of subtasks that are not to be carried out."),
  change: z
    .array(SubtaskChange)
    .default([])
    .describe("Subtasks that go on differently. One that failed is tried again with what is given here."),
  sequential: z
    .boolean()
    .optional()
    .describe("true: one worker at a time from now on, for work that keeps getting in its own way; false: no longer."),
});
export type Amendment = z.infer<typeof Amendment>;

/** Whether it says that nothing is to be changed. `sequential` is what is in force. */
export function isEmptyAmendment(a: Amendment, sequential: boolean): boolean {
  const same = a.sequential === undefined || a.sequential === sequential;
  return a.add.length === 0 && a.drop.length === 0 && a.change.length === 0 && same;
}
