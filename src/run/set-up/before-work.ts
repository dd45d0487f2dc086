import type { SetupPlan } from "./setup-plan";
import { compareTree, type TreeHost } from "../tree-proof";

/**
 * What has to be known before the first worker starts: how the user's tree stands, and what of it every worktree gets.
 * Why the latter cannot be had is told by the first worktree that needs it. Throws only when the log cannot be written.
 */
export async function beforeWork(run: TreeHost & { setup(): Promise<SetupPlan> }): Promise<void> {
  const { approved, subtasks } = run.state();
  if (!approved || subtasks.some((s) => s.status === "running")) return;
  const planned = run.setup().catch(() => undefined);
  await compareTree(run, "start");
  await planned;
}
