import { assertNever } from "../../util/assert-never";
import type { Subtask } from "../plan/plan";
import type { RunEvent } from "./events";
import { stallText } from "../stall";
import { freshSubtask, rejectionOf, type SubtaskState } from "./subtask-state";
import { addWeb, toWebUse } from "../web";
import { addUsage } from "../usage";

/** An event about one subtask. */
export type SubtaskEvent = Exclude<
  Extract<RunEvent, { readonly subtask: string | null }>,
  { readonly type: "note.written" | "tools.called" | "question.asked" | "approval.requested" }
>;

/** What an event about a subtask changes in it. `at` is milliseconds since the epoch. */
export function foldSubtask(s: SubtaskState, event: SubtaskEvent, at: number): Partial<SubtaskState> {
  switch (event.type) {
    case "subtask.started":
      if (event.continues === true)
        return {
          status: "running",
          continues: false,
          result: null,
          worktree: event.worktree,
          model: event.model,
          stopping: false,
          stalled: null,
        };
      return {
        status: "running",
        lastTurn: 0,
        lastReviewTurn: 0,
        workerCompactions: 0,
        reviewCompactions: 0,
        attempt: event.attempt,
        base: event.base,
        from: event.from ?? null,
        restsOn: event.restsOn,
        without: event.without ?? [],
        worktree: event.worktree,
        model: event.model,
        instructions: event.instructions ?? [],
        setup: null,
        result: null,
        report: null,
        failure: null,
        messages: [],
        compactions: 0,
        context: null,
        stopping: false,
        stalled: null,
        checks: [],
        reviews: [],
        startedAt: at,
        endedAt: null,
      };
    case "setup.completed":
      return event.by === "merge" ? {} : { setup: { steps: event.steps, durationMs: event.durationMs } };
    case "turn.completed":
      return {
        usage: addUsage(s.usage, event.usage),
        turns: s.turns + 1,
        stalled: null,
        modelMs: s.modelMs + event.durationMs,
        web: event.web === undefined ? s.web : addWeb(s.web, toWebUse(event.web)),
        ...(event.by === undefined
          ? { lastTurn: event.turn, context: event.context ?? null }
          : { lastReviewTurn: event.turn }),
      };
    case "web.used":
      return { web: addWeb(s.web, toWebUse(event.steps)) };
    case "context.compacted":
      return {
        usage: addUsage(s.usage, event.usage),
        compactions: s.compactions + 1,
        ...(event.by === undefined
          ? {
              workerCompactions: s.workerCompactions + 1,
              context: s.context === null ? null : { ...s.context, tokens: event.after, isEstimate: true },
            }
          : { reviewCompactions: s.reviewCompactions + 1 }),
        modelMs: s.modelMs + event.durationMs,
      };
    case "call.failed":
      return { usage: addUsage(s.usage, event.usage) };
    case "check.completed":
      return { checks: [...s.checks.filter((c) => c.command !== event.check.command), event.check] };
    case "review.completed":
      return {
        lastReviewTurn: 0,
        reviewCompactions: 0,
        reviews: [...s.reviews, { round: event.round, decision: event.decision, findings: [...event.findings] }],
      };
    case "subtask.finished":
      return { status: "finished", report: event.report, result: event.result, stalled: null, endedAt: at };
    case "subtask.failed":
      return {
        status: event.failure.code === "cancelled" ? "cancelled" : "failed",
        // One that could not even get a base never started.
        attempt: Math.max(s.attempt, event.attempt),
        failure: event.failure,
        result: event.result,
        stalled: null,
        endedAt: at,
      };
    case "subtask.retried":
      if (event.continues === true)
        // What it has done so far stays until it is under way: something may keep it from starting.
        return { status: "pending", continues: true, failure: null, endedAt: null };
      return {
        ...freshSubtask(
          {
            ...withoutThese(s.subtask, event.without ?? []),
            ...(event.agent === undefined ? {} : { agent: event.agent }),
            ...(event.model === undefined ? {} : { model: event.model }),
          },
          "pending",
        ),
        attempt: s.attempt,
        ...spentOn(s),
        without: [...new Set([...s.without, ...(event.without ?? [])])],
        leftOut: [...s.leftOut, ...(event.leftOut ?? [])],
        // What fails by itself has still the same to do.
        request: event.request ?? (event.by === "policy" ? s.request : null),
        resolving: event.resolve ?? (event.by === "policy" ? s.resolving : null),
        conflicted: conflictedOf(s, event),
        lastFailure: s.acceptFailure ?? s.failure,
        note: event.note ?? rejectionOf(s),
        amended: s.amended?.how === "dropped" ? null : s.amended,
      };
    case "worker.messaged":
      return { messages: [...s.messages, event.text] };
    case "worker.stopped":
      return { stopping: true };
    case "worker.stalled":
      return { stalled: stallText(event, event.ms) };
    case "worker.moved":
      return { stalled: null };
    case "accept.started":
      return {
        decision: {
          kind: "accepting",
          seen: event.seen,
          tip: event.tip ?? event.commit,
          commit: event.commit,
          onto: event.onto ?? event.seen,
          taken: event.taken ?? null,
          how: event.how ?? "squash",
          left: null,
        },
        leftOut: event.leftOut ?? s.leftOut,
        acceptFailure: null,
      };
    case "accept.completed": {
      const { onto, taken, how } =
        s.decision.kind === "accepting" ? s.decision : { onto: null, taken: null, how: "squash" as const };
      const decision = { kind: "accepted", commit: event.commit, onto, taken, how, left: null } as const;
      return { decision, undone: null, acceptFailure: null };
    }
    case "accept.abandoned":
      return { decision: { kind: "open" }, acceptFailure: event.failure };
    case "undo.started":
      return s.decision.kind === "accepted"
        ? {
            decision: {
              kind: "undoing",
              seen: event.seen,
              commit: event.commit,
              ...(event.how === undefined ? {} : { how: event.how }),
              ...(event.part === undefined ? {} : { part: event.part }),
              ...(event.redo === undefined ? {} : { redo: event.redo }),
              accepted: s.decision,
            },
          }
        : {};
    case "undo.completed":
      return undoneOf(s);
    case "undo.abandoned":
      return s.decision.kind === "undoing"
        ? { decision: { ...s.decision.accepted, kind: "accepted" }, acceptFailure: event.failure }
        : { acceptFailure: event.failure };
    case "conflict.opened":
      return { byHand: { worktree: event.worktree, resolving: event.resolving } };
    case "conflict.resolved":
      return {
        ...freshSubtask(s.subtask, "finished"),
        attempt: event.attempt,
        base: event.base,
        result: event.result,
        report: event.report,
        checks: event.checks,
        ...spentOn(s),
        leftOut: s.leftOut,
        amended: s.amended,
        startedAt: at,
        endedAt: at,
      };
    case "subtask.rebased":
      return {
        ...freshSubtask(withoutThese(s.subtask, event.without), "finished"),
        attempt: event.attempt,
        base: event.base,
        restsOn: event.restsOn,
        without: event.without,
        result: event.result,
        checks: event.checks ?? [],
        conflicted: s.conflicted,
        report: s.report,
        model: s.model,
        instructions: s.instructions,
        ...spentOn(s),
        leftOut: s.leftOut,
        amended: s.amended,
        startedAt: at,
        endedAt: at,
      };
    case "subtask.rejected":
      return { decision: { kind: "rejected", reason: event.reason }, acceptFailure: null };
    default:
      return assertNever(event);
  }
}

/** Markers may come along wherever the next attempt does not begin anew. */
function conflictedOf(
  s: SubtaskState,
  event: Extract<RunEvent, { readonly type: "subtask.retried" }>,
): readonly string[] {
  const isAnew = event.by === "user" && event.resolve === undefined && event.request === undefined;
  return isAnew ? [] : [...new Set([...s.conflicted, ...(event.resolve?.files ?? [])])];
}

/** Stays with a subtask, whoever makes its next result. */
function spentOn({
  usage,
  turns,
  modelMs,
  web,
}: SubtaskState): Pick<SubtaskState, "usage" | "turns" | "modelMs" | "web"> {
  return { usage, turns, modelMs, web };
}

function withoutThese(subtask: Subtask, ids: readonly string[]): Subtask {
  return { ...subtask, dependencies: subtask.dependencies.filter((each) => !ids.includes(each)) };
}

function undoneOf(s: SubtaskState): Partial<SubtaskState> {
  const { decision, leftOut } = s;
  if (decision.kind !== "undoing")
    return {
      decision: { kind: "open" },
      undone: decision.kind === "accepted" ? { accepted: decision, leftOut } : null,
      acceptFailure: null,
    };
  const { accepted, part, redo } = decision;
  const undone = redo === true ? null : { accepted, leftOut };
  if (part === undefined) return { decision: { kind: "open" }, undone, acceptFailure: null };
  return {
    decision: { ...accepted, kind: "accepted", taken: part.taken, left: part.left },
    leftOut: part.leftOut,
    undone,
    acceptFailure: null,
  };
}
