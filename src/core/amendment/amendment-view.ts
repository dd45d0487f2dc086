import { valuesOf } from "../state/chunked";
import { objectiveOf, type Subtask } from "../plan/plan";
import type { Amendment, SubtaskChange } from "./amendment";
import { isAskingPlanner } from "./amendment-due";
import { applyAmendment } from "./apply-amendment";
import type { Failure } from "../failure";
import { toRole } from "../role";
import { subtaskState, type RunState } from "../state/state";

/** One change an amendment makes, in words. */
export interface AmendmentChange {
  readonly kind: "added" | "dropped" | "changed" | "order";
  /** The subtask; empty for the order of the whole run. */
  readonly id: string;
  readonly text: string;
}

/** An amendment that waits for a decision, as every front end shows it. */
export interface AmendmentView {
  readonly number: number;
  readonly by: "planner" | "user";
  readonly reason: string;
  readonly changes: readonly AmendmentChange[];
  /** Commands of added and changed subtasks that an approval lets run in the sandbox. */
  readonly commands: readonly string[];
  /** Why it can no longer be approved; null while it can. */
  readonly problem: string | null;
}

/** What there is to tell about a run's amendments. */
export interface AmendmentsView {
  readonly open: AmendmentView | null;
  /** Whether the planner is at work on one. */
  readonly asking: boolean;
  /** Why the planner's last answer did not come. */
  readonly failure: Failure | null;
  /** Why the planner wants nothing changed. */
  readonly unneeded: string | null;
  /** Whether one worker at a time is allowed. */
  readonly sequential: boolean;
}

/** Projects the amendments for people. */
export function toAmendmentsView(state: RunState): AmendmentsView {
  const { open, request, sequential } = state.amendments;
  return {
    open: open === null ? null : { ...open, ...describeAmendment(state, open.amendment), problem: problemOf(state) },
    asking: isAskingPlanner(state),
    failure: request.kind === "failed" ? request.failure : null,
    unneeded: request.kind === "unneeded" ? request.reason : null,
    sequential,
  };
}

function describeAmendment(
  state: RunState,
  { reason, add, drop, change, sequential }: Amendment,
): Pick<AmendmentView, "reason" | "changes" | "commands"> {
  const order = sequential === undefined || sequential === state.amendments.sequential ? [] : [orderOf(sequential)];
  return {
    reason,
    changes: [
      ...add.map((s): AmendmentChange => ({ kind: "added", id: s.id, text: describeAdded(s) })),
      ...change.map((c): AmendmentChange => ({ kind: "changed", id: c.id, text: describeChange(state, c) })),
      ...drop.map((id): AmendmentChange => ({ kind: "dropped", id, text: "will not be carried out" })),
      ...order,
    ],
    commands: [...new Set([...add.flatMap((s) => s.verify), ...change.flatMap((c) => c.verify ?? [])])],
  };
}

function orderOf(sequential: boolean): AmendmentChange {
  const text = sequential ? "one worker at a time from now on" : "workers side by side again";
  return { kind: "order", id: "", text };
}

function describeAdded(s: Subtask): string {
  const model = s.model === undefined ? "" : `, ${s.model}`;
  const after = s.dependencies.length === 0 ? "" : ` after ${s.dependencies.join(", ")}`;
  return `${toRole(s.agent) ?? s.agent}${model}${after}: ${objectiveOf(s)}`;
}

function describeChange(state: RunState, { id, ...change }: SubtaskChange): string {
  const known = subtaskState(state, id);
  const parts = Object.entries(change).flatMap(([key, value]) => {
    if (value === undefined) return [];
    const before = known?.subtask[key as keyof typeof change];
    return key === "description" ? [`description: ${show(value)}`] : [`${key} ${show(before)} → ${show(value)}`];
  });
  const again = known !== undefined && known.status !== "pending" ? ["tried again"] : [];
  return [...again, ...parts].join("; ");
}

function show(value: unknown): string {
  if (value === undefined) return "unset";
  if (Array.isArray(value)) return value.length === 0 ? "none" : value.join(", ");
  return typeof value === "string" ? value : JSON.stringify(value);
}

/** Roles are left out: those of the user's own are not known here, and they do not change while a run lasts. */
function problemOf(state: RunState): string | null {
  const { open } = state.amendments;
  if (open === null) return null;
  const own = valuesOf(state.subtasks).map((s) => s.subtask.agent);
  const named = [...open.amendment.add, ...open.amendment.change].flatMap((s) => [
    ...(s.agent === undefined ? [] : [s.agent]),
    ...(s.review === undefined ? [] : [s.review.agent]),
  ]);
  const reviewers = valuesOf(state.subtasks).flatMap((s) =>
    s.subtask.review === undefined ? [] : [s.subtask.review.agent],
  );
  const applied = applyAmendment(state, open.amendment, [...own, ...reviewers, ...named]);
  return applied.ok ? null : applied.problems.join(" ");
}
