import type { RunEvent } from "../core/events";
import type { RunPorts } from "./ports";
import { setUpWorktree } from "./set-up";
import type { SetupPlan } from "./setup-plan";
import type { FreshPlace } from "./work-place";

/** What a set-up needs of its run. */
export interface SetupHost {
  readonly ports: RunPorts;
  record(event: RunEvent): Promise<void>;
  setup(): Promise<SetupPlan>;
}

/** The set-up of one worktree, told in the log where there was anything to do. */
export function recordedSetup(
  host: SetupHost,
  about: { readonly subtask: string; readonly attempt: number; readonly by?: "merge"; readonly signal: AbortSignal },
): (place: FreshPlace) => Promise<void> {
  const { signal, ...whose } = about;
  return async ({ worktree }) => {
    const started = performance.now();
    const steps = await setUpWorktree(host.ports, await host.setup(), worktree.dir, signal);
    if (steps.length === 0) return;
    await host.record({ type: "setup.completed", ...whose, steps, durationMs: performance.now() - started });
  };
}
