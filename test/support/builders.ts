import type { Amendment } from "../../src/core/amendment/amendment";
import type { ChangedFile, RecordedEvent, Result, RunEvent } from "../../src/core/state/events";
import { failure, type FailureCode } from "../../src/core/failure";
import { Plan, type Subtask } from "../../src/core/plan/plan";
import { foldAll } from "../../src/core/state/fold";
import type { RunState } from "../../src/core/state/state";
import type { Usage } from "../../src/core/usage";

/** A subtask as somebody writes it: an id, and what matters to the test. */
export type Sketch = { readonly id: string; readonly dependencies?: readonly string[] } & Partial<
  Omit<Subtask, "id" | "dependencies">
>;

/** A checked plan; `"c: a b"` is subtask `c` after `a` and `b`. */
export function planOf(...subtasks: readonly (string | Sketch)[]): Plan {
  return Plan.parse({ task: "A goal", subtasks: subtasks.map(sketch) });
}

function sketch(subtask: string | Sketch): unknown {
  if (typeof subtask !== "string") return subtask;
  const [id, after = ""] = subtask.split(":");
  return { id, dependencies: after.split(" ").filter((word) => word !== "") };
}

/** The events with the places a journal gives them: seq from 1, one second apart. */
export function record(events: readonly RunEvent[]): readonly RecordedEvent[] {
  return events.map((event, i) => ({ seq: i + 1, at: (i + 1) * 1000, event }));
}

/** The state these events leave. */
export function stateAfter(...events: readonly RunEvent[]): RunState {
  return foldAll(record(events));
}

export const USAGE: Usage = { inputTokens: 10, outputTokens: 5, cacheReadTokens: 3, cacheWriteTokens: 2, usd: 0.25 };

/** The first event of every run. */
export function created(concurrency = 4): RunEvent {
  return {
    type: "run.created",
    run: "r0000001",
    goal: "A goal",
    target: "refs/heads/main",
    base: "base",
    options: { concurrency, attempts: 2 },
  };
}

export function proposed(plan: Plan, note?: string): RunEvent {
  return { type: "plan.proposed", plan, by: "planner", ...(note === undefined ? {} : { note }) };
}

export function approved(plan: Plan, ...skipped: readonly string[]): RunEvent {
  return { type: "plan.approved", plan, skipped };
}

/** Run, plan and approval: where most stories begin. */
export function begun(plan: Plan, ...skipped: readonly string[]): readonly RunEvent[] {
  return [created(), proposed(plan), approved(plan, ...skipped)];
}

export function started(subtask: string, attempt = 1): RunEvent {
  return {
    type: "subtask.started",
    subtask,
    attempt,
    base: "base",
    restsOn: [],
    worktree: `w-${subtask}`,
    model: "sonnet",
  };
}

export function turned(subtask: string | null, turn = 1): RunEvent {
  return {
    type: "turn.completed",
    subtask,
    attempt: 1,
    turn,
    model: "claude-sonnet-5-5",
    stopReason: "tool_use",
    usage: USAGE,
    durationMs: 100,
  };
}

export function checked(subtask: string, command: string, passed: boolean): RunEvent {
  const check = { command, passed, exitCode: passed ? 0 : 1, durationMs: 1500, output: "output" };
  return { type: "check.completed", subtask, attempt: 1, check };
}

/** The subtask's report, with a diff of these paths; without any, no result at all. */
export function finished(subtask: string, ...paths: readonly string[]): RunEvent {
  const report = { summary: `${subtask} is done`, files: [], findings: [], decisions: [], open_points: [] };
  return { type: "subtask.finished", subtask, attempt: 1, report, result: resultOf(subtask, paths) };
}

export function reviewed(subtask: string, round: number, ...messages: readonly string[]): RunEvent {
  const findings = messages.map((message) => ({ file: "a.ts", line: 3, severity: "error" as const, message }));
  const decision = messages.length === 0 ? "approve" : "request_changes";
  return { type: "review.completed", subtask, attempt: 1, round, decision, findings };
}

export function failedWith(subtask: string, code: FailureCode, ...paths: readonly string[]): RunEvent {
  const why = failure(code, `${subtask} failed: ${code}`);
  return { type: "subtask.failed", subtask, attempt: 1, failure: why, result: resultOf(subtask, paths) };
}

export function resultOf(subtask: string, paths: readonly string[]): Result | null {
  const files = paths.map((path): ChangedFile => ({ path, status: "modified", added: 2, deleted: 1 }));
  return paths.length === 0 ? null : { commit: `commit-${subtask}`, tree: `tree-${subtask}`, files };
}

export function accepting(subtask: string): RunEvent {
  return { type: "accept.started", subtask, seen: "seen", commit: `merge-${subtask}` };
}

export function accepted(subtask: string): RunEvent {
  return { type: "accept.completed", subtask, commit: `merge-${subtask}` };
}

export function abandoned(subtask: string, code: FailureCode): RunEvent {
  return { type: "accept.abandoned", subtask, failure: failure(code, `${subtask} did not land`) };
}

export function rejected(subtask: string, reason = ""): RunEvent {
  return { type: "subtask.rejected", subtask, reason };
}

export function retried(subtask: string, note?: string): RunEvent {
  return { type: "subtask.retried", subtask, by: "user", ...(note === undefined ? {} : { note }) };
}

export function askedForAmendment(occasion: "level" | "failures" | "user"): RunEvent {
  return { type: "amendment.requested", occasion };
}

export function proposedAmendment(amendment: Amendment, number = 1): RunEvent {
  return { type: "amendment.proposed", number, amendment, by: "planner" };
}

export function amended(plan: Plan, amendment: Amendment, number = 1): RunEvent {
  return { type: "plan.amended", number, amendment, plan, by: "user" };
}

export function asked(question: number, subtask: string | null, ...options: readonly string[]): RunEvent {
  return { type: "question.asked", question, subtask, attempt: 1, text: `Which ${question}?`, options };
}

export function answered(question: number, answer: string, by: "user" | "nobody" = "user"): RunEvent {
  return { type: "question.answered", question, answer, by };
}

export function stopped(subtask: string): RunEvent {
  return { type: "worker.stopped", subtask, attempt: 1 };
}
