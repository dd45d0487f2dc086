import { toFailure } from "../../core/failure";
import type { Report } from "../../core/report";
import type { RunState } from "../../core/state/state";
import { subtasksOf, toRunView } from "../../core/state/view";
import type { AgentOutcome } from "../../agent/loop";
import { noteTools } from "../../agent/notes";
import { reportConclusion } from "../../agent/report";
import { roleOf, type Role } from "../../agent/roles";
import { describeSynthesis } from "../../agent/synthesis";
import type { AttemptHost } from "../attempt/attempt";
import { mergeResults } from "../accept/merged-results";
import { modelNeeds } from "../model-needs";
import { openNotes } from "../attempt/notes";
import { closeOwnTurns, openOwnTurns } from "../attempt/own-turns";
import { runRole } from "../attempt/run-role";
import { openWorkPlace } from "../attempt/work-place";
import { whyAborted } from "../why-aborted";

/**
 * Has a synthesizer bring the reports together, on the merged tree of all results. It changes nothing but the log, and
 * a failure of it is a fact beside the others. Throws only when the log cannot be written.
 */
export async function synthesise(host: AttemptHost, signal: AbortSignal): Promise<void> {
  await host.record({ type: "synthesis.started" });
  const outcome = await report(host, signal).catch((error: unknown): AgentOutcome<Synthesised> => {
    return { kind: "failed", failure: signal.aborted ? whyAborted(signal) : toFailure(error) };
  });
  await host.record(
    outcome.kind === "done"
      ? { type: "synthesis.completed", ...outcome.value }
      : { type: "synthesis.failed", failure: outcome.failure },
  );
  await closeOwnTurns(host, PART, outcome.kind === "failed" ? outcome.failure : undefined);
}

const PART = "synthesis";

/** What the synthesizer said, and the commit it looked at. */
interface Synthesised {
  readonly report: Report;
  readonly commit: string;
}

async function report(host: AttemptHost, signal: AbortSignal): Promise<AgentOutcome<Synthesised>> {
  const state = host.state();
  const role = roleOf("synthesizer");
  const { commit, conflict } = await mergeResults(host.ports.repo, state);
  const assignment = assignmentOf(state, conflict);
  const turns = await openOwnTurns(host, { part: PART, about: assignment });
  const model = turns.now("model", () => host.ports.resolveModel(role.model, modelNeeds(state)));
  const place = await openWorkPlace(host.ports, {
    name: `${state.id}-synthesis`,
    commit,
    writable: false,
    isOurs: host.isOurs,
    signal,
  });
  try {
    const outcome = await runRole<Report>(host, {
      role: readOnly(role),
      modelId: model,
      place,
      speaker: { subtask: null, attempt: 1, by: "synthesizer", part: PART },
      tools: noteTools(openNotes(host, null)).filter((tool) => tool.readOnly),
      conclusion: reportConclusion({ mustChange: false, changed: async () => false, check: async () => [] }),
      assignment,
      mayContinue: () => host.overBudget(),
      turns,
      signal,
    });
    return outcome.kind === "done" ? { kind: "done", value: { report: outcome.value, commit } } : outcome;
  } finally {
    await place.close();
  }
}

function assignmentOf(state: RunState, conflict: string | null): string {
  const subtasks = subtasksOf(toRunView(state));
  return describeSynthesis({
    goal: state.goal,
    constraints: state.plan?.constraints ?? [],
    conflict,
    subtasks,
    looked:
      subtasks.every(({ files }) => files.length === 0) &&
      subtasks.some(({ report }) => (report?.findings.length ?? 0) > 0),
  });
}

function readOnly(role: Role): Role {
  return { ...role, tools: role.tools.filter((tool) => tool.readOnly) };
}
