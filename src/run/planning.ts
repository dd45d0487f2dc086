import { failure, toFailure } from "../core/failure";
import { runAgent } from "../agent/loop";
import { planAssignment, planConclusion, type Planned } from "../agent/planner";
import { roleOf } from "../agent/roles";
import type { AttemptHost } from "./attempt";
import { openWorkPlace } from "./work-place";

/**
 * Lets the planner look at the run's base in a worktree of its own (the same files the workers will see, and none that
 * git ignores) and records the plan it proposes, or why there is none.
 */
export async function proposePlan(host: AttemptHost, signal: AbortSignal): Promise<void> {
  const state = host.state();
  const role = roleOf("planner");
  const model = host.ports.resolveModel(role.model);
  try {
    const place = await openWorkPlace(host.ports, {
      name: `${state.id}-plan`,
      commit: state.base,
      writable: false,
      signal,
    });
    try {
      const outcome = await runAgent<Planned>({
        model: host.ports.model,
        modelId: model,
        system: role.system,
        tools: role.tools,
        conclusion: planConclusion(state.goal),
        assignment: planAssignment(state.goal),
        context: { workspace: place.workspace, shell: place.shell, signal },
        maxTurns: role.maxTurns,
        maxTokens: role.maxTokens,
        mayContinue: () => host.overBudget(),
        onTurn: ({ turn, reply }) =>
          host.record({
            type: "turn.completed",
            subtask: null,
            attempt: 1,
            turn,
            model: reply.model,
            stopReason: reply.stopReason,
            usage: reply.usage,
            durationMs: reply.durationMs,
          }),
        onMessage: (message) => host.onMessage(message),
        onActivity: (activity) => host.onActivity(activity),
      });
      await host.record(
        outcome.kind === "done"
          ? { type: "plan.proposed", ...outcome.value }
          : { type: "plan.failed", failure: outcome.failure },
      );
    } finally {
      await place.close();
    }
  } catch (error) {
    await host.record({
      type: "plan.failed",
      failure: signal.aborted ? failure("cancelled", "Planning was cancelled.") : toFailure(error),
    });
  }
}
