import { failure, toFailure } from "../core/failure";
import type { Report } from "../core/report";
import type { RunState } from "../core/state";
import { subtasksOf, toRunView } from "../core/view";
import type { AgentOutcome } from "../agent/loop";
import { noteTools } from "../agent/notes";
import { reportConclusion } from "../agent/report";
import { roleOf, type Role } from "../agent/roles";
import { describeSynthesis } from "../agent/synthesis";
import type { AttemptHost } from "./attempt";
import { mergeResults } from "./merged-results";
import { openNotes } from "./notes";
import { runRole } from "./run-role";
import { openWorkPlace } from "./work-place";

/**
 * Has a synthesizer bring the reports together, on the merged tree of all results. It changes nothing but the log, and
 * a failure of it is a fact beside the others. Throws only when the log cannot be written.
 */
export async function synthesise(host: AttemptHost, signal: AbortSignal): Promise<void> {
  await host.record({ type: "synthesis.started" });
  const outcome = await report(host, signal).catch((error: unknown): AgentOutcome<Report> => {
    return { kind: "failed", failure: signal.aborted ? failure("cancelled", "Cancelled.") : toFailure(error) };
  });
  await host.record(
    outcome.kind === "done"
      ? { type: "synthesis.completed", report: outcome.value }
      : { type: "synthesis.failed", failure: outcome.failure },
  );
}

async function report(host: AttemptHost, signal: AbortSignal): Promise<AgentOutcome<Report>> {
  const state = host.state();
  const role = roleOf("synthesizer");
  const model = host.ports.resolveModel(role.model);
  const { commit, conflict } = await mergeResults(host.ports.repo, state);
  const place = await openWorkPlace(host.ports, { name: `${state.id}-synthesis`, commit, writable: false, signal });
  try {
    return await runRole<Report>(host, {
      role: readOnly(role),
      modelId: model,
      place,
      speaker: { subtask: null, attempt: 1, by: "synthesizer", part: "synthesis" },
      tools: noteTools(openNotes(host, null)).filter((tool) => tool.readOnly),
      conclusion: reportConclusion({ mustChange: false, changed: async () => false, check: async () => [] }),
      assignment: assignmentOf(state, conflict),
      mayContinue: () => host.overBudget(),
      signal,
    });
  } finally {
    await place.close();
  }
}

function assignmentOf(state: RunState, conflict: string | null): string {
  return describeSynthesis({
    goal: state.goal,
    constraints: state.plan?.constraints ?? [],
    conflict,
    subtasks: subtasksOf(toRunView(state)),
  });
}

function readOnly(role: Role): Role {
  return { ...role, tools: role.tools.filter((tool) => tool.readOnly) };
}
