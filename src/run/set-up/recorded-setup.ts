import type { ApprovalHost } from "../steering/approvals";
import { setUpWorktree } from "./set-up";
import { runSetupCommands } from "./setup-commands";
import { fillSubmodules, tellLeftOver, tellLfs } from "./setup-git";
import type { SetupPlan } from "./setup-plan";
import type { FreshPlace } from "../attempt/work-place";

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
  return async ({ worktree, commit, files: onDemand, shell, bringAll }) => {
    const { dir } = worktree;
    const started = performance.now();
    const plan = await host.setup();
    const copies = await setUpWorktree(host.ports, plan, { worktree, files: onDemand }, signal);
    const copied = copies.flatMap((step) => (step.kind === "folder" && step.outcome === "done" ? [step.name] : []));
    const files = [
      ...copies,
      // Where either is, all files are there from the start.
      ...(onDemand === undefined ? await fillSubmodules(host.ports.repo, worktree, signal) : []),
      ...(onDemand === undefined ? await tellLfs(host.ports.repo, worktree, commit) : []),
    ];
    const ran = await runSetupCommands(host, plan.recipe, {
      dir,
      shell,
      bringAll,
      copied,
      who: { subtask: about.by === "merge" ? null : about.subtask, attempt: about.attempt },
      signal,
    });
    const hasRun = ran.some((step) => step.outcome !== "skipped");
    const steps = [...files, ...ran, ...(hasRun ? await tellLeftOver(worktree) : [])];
    if (steps.length === 0) return;
    await host.record({ type: "setup.completed", ...whose, steps, durationMs: performance.now() - started });
  };
}
