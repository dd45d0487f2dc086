import { type Chunked, toChunked, valueAt, valuesOf } from "../state/chunked";
import { assertNever } from "../../util/assert-never";
import { attemptKey, hasEnded, type AmendmentsState } from "./amendments-state";
import type { AmendmentEvent } from "./amendment-event";
import type { Plan } from "../plan/plan";
import { freshSubtask, rejectionOf, type SubtaskState } from "../state/subtask-state";

/** The part of a run that amendments change. */
export interface Amendable {
  readonly plan?: Plan;
  readonly subtasks: Chunked<SubtaskState>;
  readonly positions: ReadonlyMap<string, number>;
  readonly amendments: AmendmentsState;
}

/** What an event about amendments changes in a run. */
export function foldAmendment(run: Amendable, event: AmendmentEvent): Partial<Amendable> {
  const { amendments } = run;
  const { considered, levels, rescues, before } = amendments;
  const put = (change: Partial<AmendmentsState>) => ({ amendments: { ...amendments, ...change } });
  switch (event.type) {
    case "amendment.requested":
      return put({
        request: { kind: "running", occasion: event.occasion, note: event.note ?? null },
        before: { considered, levels, rescues },
        // What the user asks about is shown to the planner as well, but answers another question.
        considered: event.occasion === "user" ? considered : endedAttempts(run.subtasks),
        levels: levels + (event.occasion === "level" ? 1 : 0),
        rescues: rescues + (event.occasion === "failures" ? 1 : 0),
      });
    case "amendment.proposed": {
      const { number, amendment, by } = event;
      return put({ open: { number, amendment, by }, proposed: number, request: { kind: "none" }, before: null });
    }
    case "amendment.unneeded":
      return put({
        request: { kind: "unneeded", reason: event.reason },
        // Said by the bound on levels, with nobody asked: what has ended is considered by that.
        considered: amendments.request.kind === "running" ? considered : endedAttempts(run.subtasks),
        before: null,
      });
    case "amendment.failed": {
      const occasion = amendments.request.kind === "running" ? amendments.request.occasion : "user";
      return put({ ...before, request: { kind: "failed", occasion, failure: event.failure }, before: null });
    }
    case "amendment.declined":
      return put({ open: null });
    case "plan.amended": {
      const { plan, number, amendment } = event;
      const subtasks = plan.subtasks.map((subtask, i) =>
        amended(valueAt(run.subtasks, i), subtask, { number, ...amendment }),
      );
      return {
        plan,
        subtasks: toChunked(subtasks),
        positions: new Map(plan.subtasks.map((s, i) => [s.id, i])),
        amendments: {
          ...amendments,
          open: null,
          sequential: amendment.sequential ?? amendments.sequential,
        },
      };
    }
    default:
      return assertNever(event);
  }
}

/** A run that goes on asks the planner again where that failed before. */
export function reopenRequest(amendments: AmendmentsState): AmendmentsState {
  return amendments.request.kind === "failed" ? { ...amendments, request: { kind: "none" } } : amendments;
}

function endedAttempts(subtasks: Chunked<SubtaskState>): ReadonlySet<string> {
  return new Set(
    valuesOf(subtasks)
      .filter((s) => hasEnded(s.status))
      .map((s) => attemptKey(s.subtask.id, s.attempt)),
  );
}

function amended(
  s: SubtaskState | undefined,
  subtask: Plan["subtasks"][number],
  a: { readonly number: number; readonly drop: readonly string[]; readonly change: readonly { readonly id: string }[] },
): SubtaskState {
  if (s === undefined) return { ...freshSubtask(subtask, "pending"), amended: { number: a.number, how: "added" } };
  const kept = { attempt: s.attempt, usage: s.usage, turns: s.turns, modelMs: s.modelMs, web: s.web };
  if (a.drop.includes(subtask.id))
    return { ...freshSubtask(subtask, "skipped"), ...kept, amended: { number: a.number, how: "dropped" } };
  if (!a.change.some(({ id }) => id === subtask.id)) return s;
  const change = { number: a.number, how: "changed" as const };
  // An attempt that was cut short was at something else.
  if (s.status === "pending") return { ...s, subtask, continues: false, result: null, amended: change };
  return {
    ...freshSubtask(subtask, "pending"),
    ...kept,
    leftOut: s.leftOut,
    lastFailure: s.acceptFailure ?? s.failure,
    note: rejectionOf(s),
    amended: change,
  };
}
