import type { Amendment } from "../../core/amendment/amendment";
import { isEmptyAmendment } from "../../core/amendment/amendment";
import { blockingFailures } from "../../core/amendment/amendment-due";
import { applyAmendment } from "../../core/amendment/apply-amendment";
import { answerOf } from "../../core/amendment/decide-amendment";
import { toFailure } from "../../core/failure";
import { subtasksOf, toRunView } from "../../core/state/view";
import { amendmentAssignment, amendmentConclusion } from "../../agent/amender";
import type { AgentOutcome } from "../../agent/loop";
import { noteTools } from "../../agent/notes";
import { roleOf, toAmender } from "../../agent/roles";
import type { AttemptHost } from "../attempt/attempt";
import { mergeResults } from "../accept/merged-results";
import { modelNeeds } from "../model-needs";
import { openNotes } from "../attempt/notes";
import { closeOwnTurns, openOwnTurns } from "../attempt/own-turns";
import { runRole } from "../attempt/run-role";
import { openWorkPlace } from "../attempt/work-place";
import { whyAborted } from "../why-aborted";

/**
 * Lets the planner say how the plan goes on, as the request in the log asks, with all results before it in a worktree of
 * its own; records what it proposes, that nothing is needed, or why there is no answer. Throws only when the log cannot
 * be written.
 */
export async function proposeAmendment(host: AttemptHost, signal: AbortSignal): Promise<void> {
  const outcome = await ask(host, signal).catch((error: unknown): AgentOutcome<Amendment> => {
    return { kind: "failed", failure: signal.aborted ? whyAborted(signal) : toFailure(error) };
  });
  await host.record(
    outcome.kind === "done"
      ? answerOf(host.state(), outcome.value)
      : { type: "amendment.failed", failure: outcome.failure },
  );
  await closeOwnTurns(host, PART, outcome.kind === "failed" ? outcome.failure : undefined);
}

const PART = "amendment";

async function ask(host: AttemptHost, signal: AbortSignal): Promise<AgentOutcome<Amendment>> {
  const state = host.state();
  const { request, proposed, sequential } = state.amendments;
  const role = toAmender(roleOf("planner"));
  const { commit, conflict } = await mergeResults(host.ports.repo, state);
  const assignment = amendmentAssignment({
    goal: state.goal,
    occasion: request.kind === "running" ? request.occasion : "user",
    note: request.kind === "running" ? request.note : null,
    constraints: state.plan?.constraints ?? [],
    roles: [...host.userRoles.values()].map((user) => ({ name: user.role.name, description: user.description })),
    conflict,
    sequential,
    blocking: blockingFailures(state).map((s) => s.subtask.id),
    subtasks: subtasksOf(toRunView(state)),
  });
  const turns = await openOwnTurns(host, { part: PART, about: assignment });
  const model = turns.now("model", () => host.ports.resolveModel(role.model, modelNeeds(state)));
  const place = await openWorkPlace(host.ports, {
    name: `${state.id}-amend`,
    commit,
    writable: false,
    isOurs: host.isOurs,
    signal,
  });
  try {
    return await runRole<Amendment>(host, {
      role,
      modelId: model,
      place,
      speaker: { subtask: null, attempt: 1, part: `amendment-${proposed + 1}` },
      tools: noteTools(openNotes(host, null)).filter((tool) => tool.readOnly),
      conclusion: amendmentConclusion((amendment) => problemsOf(host, amendment)),
      assignment,
      mayContinue: () => host.overBudget(),
      turns,
      signal,
    });
  } finally {
    await place.close().catch((error: unknown) => host.ports.log(`planner's worktree not removed: ${String(error)}`));
  }
}

/** Against the run as it is now: it may have gone on while the planner thought. */
function problemsOf(host: AttemptHost, amendment: Amendment): readonly string[] {
  const state = host.state();
  if (isEmptyAmendment(amendment, state.amendments.sequential)) return [];
  const applied = applyAmendment(state, amendment, [...host.userRoles.keys()]);
  return applied.ok ? [] : applied.problems;
}
