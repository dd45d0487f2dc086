import type { SetupStep } from "../core/setup";
import { git, splitNul } from "../git/git";
import type { Worktree } from "../git/worktree";
import type { ApprovalHost } from "./approvals";
import { runSetupCommands } from "./setup-commands";
import { setUpWorktree } from "./set-up";
import type { SetupPlan } from "./setup-plan";
import type { FreshPlace } from "./work-place";

/** What a set-up needs of its run. */
export interface SetupHost extends ApprovalHost {
  setup(): Promise<SetupPlan>;
}

/** The set-up of one worktree, told in the log where there was anything to do. */
export function recordedSetup(
  host: SetupHost,
  about: { readonly subtask: string; readonly attempt: number; readonly by?: "merge"; readonly signal: AbortSignal },
): (place: FreshPlace) => Promise<void> {
  const { signal, ...whose } = about;
  return async ({ worktree, shell }) => {
    const { dir } = worktree;
    const started = performance.now();
    const plan = await host.setup();
    const copies = await setUpWorktree(host.ports, plan, dir, signal);
    const copied = copies.flatMap((step) => (step.kind === "folder" && step.outcome === "done" ? [step.name] : []));
    const ran = await runSetupCommands(host, plan.recipe, { dir, shell, copied, signal });
    const steps = [
      ...copies,
      ...ran,
      ...(ran.some((step) => step.outcome !== "skipped") ? await leftOver(worktree) : []),
    ];
    if (steps.length === 0) return;
    await host.record({ type: "setup.completed", ...whose, steps, durationMs: performance.now() - started });
  };
}

/** What set-up commands changed and git does not ignore: it will look like the worker's work, so it is said. */
async function leftOver(worktree: Worktree): Promise<readonly SetupStep[]> {
  const { stdout } = await git(worktree, ["status", "--porcelain", "-z", "--no-renames"]);
  const paths = splitNul(stdout).map((line) => line.slice(3));
  if (paths.length === 0) return [];
  const reason = `changed by set-up and not ignored, so part of the result: ${paths.slice(0, 5).join(", ")}`;
  return [{ kind: "files", name: `${paths.length} paths`, outcome: "done", reason, durationMs: 0 }];
}
