import { canWrite, toRole } from "../core/role";
import type { Result, RunEvent } from "../core/events";
import { failure, toFailure, type Failure } from "../core/failure";
import { durationMs } from "../core/plan";
import { sharedFilePredecessors } from "../core/schedule";
import { subtaskState, type RunState, type SubtaskState } from "../core/state";
import { totalTokens } from "../core/usage";
import { describeAssignment } from "../agent/assignment";
import { runAgent, type AgentActivity, type AgentOutcome } from "../agent/loop";
import { reportConclusion } from "../agent/report";
import { roleOf, type Role } from "../agent/roles";
import type { Report } from "../core/report";
import { resolveBase, type DependencyResult } from "../git/base";
import { commitResult } from "../git/commit";
import { resultRef } from "../git/refs";
import type { Message } from "../model/model";
import { runChecks } from "./checks";
import type { RunPorts } from "./ports";
import { openWorkPlace, type WorkPlace } from "./work-place";

/** What an attempt needs of its run. */
export interface AttemptHost {
  readonly ports: RunPorts;
  state(): RunState;
  record(event: RunEvent): Promise<void>;
  /** A failure when the run's budget is spent. */
  overBudget(): Failure | undefined;
  onActivity(activity: AgentActivity): void;
  onMessage(message: Message): void;
}

/**
 * One attempt at one subtask: base, worktree, agent, commit, and the event that says how it ended. Every way it can go
 * wrong ends in `subtask.failed` with whatever was done so far; it throws only when the log cannot be written.
 */
export async function attemptSubtask(host: AttemptHost, id: string, signal: AbortSignal): Promise<void> {
  const state = host.state();
  const subtask = subtaskState(state, id);
  const position = state.positions.get(id);
  const role = subtask === undefined ? undefined : toRole(subtask.subtask.agent);
  if (subtask === undefined || position === undefined || role === undefined) return;
  const attempt = subtask.attempt + 1;
  const place: { current?: WorkPlace } = {};
  let base = state.base;
  let outcome: AgentOutcome<Report>;
  try {
    const restsOn = [...subtask.subtask.dependencies, ...sharedFilePredecessors(state, subtask.subtask)];
    const results = resultsOf(state, [...new Set(restsOn)]);
    base = await resolveBase(host.ports.repo, state.base, results);
    const definition = roleOf(role);
    const name = `${state.id}-${position + 1}-${attempt}`;
    const model = host.ports.resolveModel(subtask.subtask.model ?? definition.model);
    await host.record({
      type: "subtask.started",
      subtask: id,
      attempt,
      base,
      restsOn: results.map((r) => r.subtask),
      worktree: name,
      model,
    });
    place.current = await openWorkPlace(host.ports, { name, commit: base, writable: canWrite(role), signal });
    outcome = await work(host, subtask, { definition, model, attempt, place: place.current, signal });
  } catch (error) {
    outcome = { kind: "failed", failure: signal.aborted ? failure("cancelled", "Cancelled.") : toFailure(error) };
    if (outcome.failure.code === "internal") host.ports.log(`${state.id}/${id}: ${outcome.failure.detail ?? ""}`);
  }
  const kept = await keepResult(host, place.current, { id, position, attempt, base, write: canWrite(role), outcome });
  await place.current
    ?.close()
    .catch((error: unknown) => host.ports.log(`${id}: worktree not removed: ${toFailure(error).message}`));
  await host.record(
    kept.failure === undefined && outcome.kind === "done"
      ? { type: "subtask.finished", subtask: id, attempt, report: outcome.value, result: kept.result }
      : {
          type: "subtask.failed",
          subtask: id,
          attempt,
          failure: outcome.kind === "failed" ? outcome.failure : (kept.failure ?? failure("internal", "No result.")),
          result: kept.result,
        },
  );
}

/** The commits of subtasks. One without a diff of its own passes on what it was based on. */
function resultsOf(state: RunState, ids: readonly string[]): readonly DependencyResult[] {
  return ids.flatMap((id) => {
    const dependency = subtaskState(state, id);
    const commit = dependency?.result?.commit ?? dependency?.base ?? null;
    return commit === null || commit === state.base ? [] : [{ subtask: id, commit }];
  });
}

interface Work {
  readonly definition: Role;
  readonly model: string;
  readonly attempt: number;
  readonly place: WorkPlace;
  readonly signal: AbortSignal;
}

async function work(host: AttemptHost, subtask: SubtaskState, w: Work): Promise<AgentOutcome<Report>> {
  const state = host.state();
  const { id, constraints, verify, dependencies } = subtask.subtask;
  const { workspace, shell } = w.place;
  const deadline =
    constraints?.time_budget === undefined ? undefined : host.ports.now() + durationMs(constraints.time_budget);
  return runAgent<Report>({
    model: host.ports.model,
    modelId: w.model,
    system: w.definition.system,
    tools: w.definition.tools,
    conclusion: reportConclusion({
      mustChange: w.definition.name === "implementer",
      changed: () => w.place.changed(),
      async check() {
        const checks = await runChecks(shell, workspace.root, verify, w.signal);
        for (const check of checks)
          await host.record({ type: "check.completed", subtask: id, attempt: w.attempt, check });
        return checks;
      },
    }),
    assignment: describeAssignment({
      subtask: subtask.subtask,
      attempt: w.attempt,
      constraints: state.plan?.constraints ?? [],
      dependencies: dependencies.flatMap((dependency) => {
        const report = subtaskState(state, dependency)?.report ?? null;
        return report === null ? [] : [{ id: dependency, report }];
      }),
      lastFailure: subtask.lastFailure,
      note: subtask.note,
    }),
    context: { workspace, shell, signal: w.signal },
    maxTurns: constraints?.max_turns ?? w.definition.maxTurns,
    maxTokens: w.definition.maxTokens,
    mayContinue() {
      const spent = subtaskState(host.state(), id)?.usage;
      const tokens = spent === undefined ? 0 : totalTokens(spent) - totalTokens(subtask.usage);
      if (constraints?.max_tokens !== undefined && tokens >= constraints.max_tokens)
        return failure("limit.tokens", `"${id}" used ${tokens} of ${constraints.max_tokens} tokens.`, {
          hint: "Raise constraints.max_tokens, then retry.",
        });
      if (deadline !== undefined && host.ports.now() >= deadline)
        return failure("limit.time", `"${id}" ran out of its ${constraints?.time_budget ?? ""}.`, {
          hint: "Raise constraints.time_budget, then retry.",
        });
      return host.overBudget();
    },
    onTurn: ({ turn, reply }) =>
      host.record({
        type: "turn.completed",
        subtask: id,
        attempt: w.attempt,
        turn,
        model: reply.model,
        stopReason: reply.stopReason,
        usage: reply.usage,
        durationMs: reply.durationMs,
      }),
    onMessage: (message) => host.onMessage(message),
    onActivity: (activity) => host.onActivity(activity),
  });
}

/** Commits whatever stands in the worktree, also after a failure: partial work is worth reading. */
async function keepResult(
  host: AttemptHost,
  place: WorkPlace | undefined,
  a: {
    readonly id: string;
    readonly position: number;
    readonly attempt: number;
    readonly base: string;
    readonly write: boolean;
    readonly outcome: AgentOutcome<Report>;
  },
): Promise<{ readonly result: Result | null; readonly failure?: Failure }> {
  if (place === undefined || !a.write) return { result: null };
  try {
    await place.workspace.ready();
    const { repo } = host.ports;
    const run = host.state().id;
    const summary = a.outcome.kind === "done" ? a.outcome.value.summary : a.outcome.failure.message;
    return {
      result: await commitResult(repo, place.worktree, {
        base: a.base,
        ref: resultRef(run, a.position, a.attempt),
        message: `${a.id}: ${summary.split("\n", 1)[0] ?? ""}\n\nBraid-Run: ${run}\nBraid-Subtask: ${a.id}\nBraid-Attempt: ${a.attempt}`,
      }),
    };
  } catch (error) {
    return { result: null, failure: toFailure(error) };
  }
}
