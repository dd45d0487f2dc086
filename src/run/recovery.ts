import type { RunEvent } from "../core/events";
import { failure } from "../core/failure";
import type { RunState } from "../core/state";
import { git } from "../git/git";
import { readRef } from "../git/repository";
import { listWorktrees, removeWorktree } from "../git/worktree";
import { withLock } from "./lock";
import { repositoryLock } from "./places";
import type { RunPorts } from "./ports";
import { rm } from "node:fs/promises";
import { basename, dirname } from "node:path";

/**
 * What has to be said so that the log of a run whose process went away agrees with git again: attempts that were under
 * way are interrupted, an accept cut in half is either there or not. Removes the run's leftover worktrees.
 */
export async function reconcile(ports: RunPorts, state: RunState): Promise<readonly RunEvent[]> {
  const events: RunEvent[] = [];
  for (const { subtask, status, attempt, decision } of state.subtasks) {
    if (status === "running")
      events.push({
        type: "subtask.failed",
        subtask: subtask.id,
        attempt,
        failure: failure("run.interrupted", "Braid was closed while this was running.", {
          hint: "Resume the run to try it again.",
        }),
        result: null,
      });
    if (decision.kind === "accepting")
      events.push(
        (await isMerged(ports, state.target, decision.commit))
          ? { type: "accept.completed", subtask: subtask.id, commit: decision.commit }
          : {
              type: "accept.abandoned",
              subtask: subtask.id,
              failure: failure(
                "run.interrupted",
                "Braid was closed while this was being accepted; the branch did not move.",
                { hint: "Accept it again." },
              ),
            },
      );
  }
  if (state.synthesis.kind === "running")
    events.push({
      type: "synthesis.failed",
      failure: failure("run.interrupted", "Braid was closed while the reports were being brought together.", {
        hint: "Resume the run to have it done.",
      }),
    });
  for (const worktree of await listWorktrees(ports.repo)) {
    const home = dirname(worktree.dir);
    if (basename(home).startsWith(`${state.id}-`))
      await withLock(repositoryLock(ports.repo), "Braid", async () => {
        await removeWorktree(ports.repo, worktree);
        await rm(home, { recursive: true, force: true });
      });
  }
  return events;
}

async function isMerged(ports: RunPorts, target: string, commit: string): Promise<boolean> {
  const tip = await readRef(ports.repo, target);
  if (tip === undefined) return false;
  return (await git(ports.repo, ["merge-base", "--is-ancestor", commit, tip], { expect: [0, 1, 128] })).exitCode === 0;
}
