import type { RunCommand } from "../../core/state/decide";
import type { Plan } from "../../core/plan/plan";
import type { Run } from "../run";
import { subtaskTimes } from "./gate-options";

/** What approves a plan, with what is known by now of how long its subtasks take. */
export async function approvalOf(
  { ports, knownRoles }: Pick<Run, "ports" | "knownRoles">,
  plan: Plan,
  skipped: readonly string[],
  shown?: number,
): Promise<RunCommand> {
  return { type: "approve", plan, skipped, shown, estimates: await subtaskTimes(ports.repo, plan), knownRoles };
}
