import { valueAt, valuesOf } from "../state/chunked";
import { isEmptyAmendment, type Amendment, type SubtaskChange } from "./amendment";
import { checkPlan } from "../plan/graph";
import { MAX_FILE_SUBTASKS, type Plan, type Subtask } from "../plan/plan";
import type { RunState } from "../state/state";
import type { SubtaskState } from "../state/subtask-state";

/** What an amendment makes of the plan, or why it cannot: words for the model that wrote it. */
export type Applied =
  | { readonly ok: true; readonly plan: Plan }
  | { readonly ok: false; readonly problems: readonly string[] };

/**
 * The plan as an amendment leaves it. Subtasks keep their places, dropped ones too, since places name refs; new ones
 * come last. Only what has not started or has failed can be changed or dropped. `knownRoles` are users' own.
 */
export function applyAmendment(state: RunState, amendment: Amendment, knownRoles: readonly string[] = []): Applied {
  const { plan } = state;
  if (plan === undefined || !state.approved) return { ok: false, problems: ["There is no approved plan to amend."] };
  if (isEmptyAmendment(amendment, state.amendments.sequential)) return { ok: false, problems: ["It changes nothing."] };
  const problems = [...touchProblems(state, amendment), ...addProblems(state, amendment)];
  const changes = new Map(amendment.change.map((change) => [change.id, change]));
  const subtasks = [
    ...valuesOf(state.subtasks).map(({ subtask }) => changed(subtask, changes.get(subtask.id))),
    ...amendment.add,
  ];
  const result = { ...plan, subtasks };
  // A plan that lacks what was meant would only be blamed for it again.
  if (problems.length === 0) {
    problems.push(...checkPlan(result, knownRoles).flatMap((p) => (p.severity === "error" ? [p.message] : [])));
    problems.push(...danglingProblems(state, amendment, subtasks));
  }
  return problems.length === 0 ? { ok: true, plan: result } : { ok: false, problems };
}

function touchProblems(state: RunState, { drop, change }: Amendment): string[] {
  const problems: string[] = [];
  const seen = new Set<string>();
  for (const id of [...drop, ...change.map((c) => c.id)]) {
    const position = state.positions.get(id);
    const subtask = position === undefined ? undefined : valueAt(state.subtasks, position);
    if (subtask === undefined) problems.push(`There is no subtask "${id}" to change or drop.`);
    else if (seen.has(id)) problems.push(`"${id}" is named twice in change and drop; once is enough.`);
    else {
      const why = untouchable(subtask);
      if (why !== undefined) problems.push(`"${id}" ${why}; only what has not started or has failed can be changed.`);
    }
    seen.add(id);
  }
  for (const each of change) {
    const subtask = valueAt(state.subtasks, state.positions.get(each.id) ?? -1);
    if (subtask?.status === "pending" && Object.keys(each).length === 1)
      problems.push(`"${each.id}" is to be changed, but nothing is said of how.`);
  }
  return problems;
}

/** Why a subtask is as it is for good; undefined where it may still become another. */
function untouchable({ status, decision }: SubtaskState): string | undefined {
  if (decision.kind === "accepted") return "is accepted";
  if (decision.kind === "accepting") return "is being accepted";
  if (decision.kind === "undoing") return "is being undone";
  switch (status) {
    case "running":
      return "is running";
    case "finished":
      return "is finished";
    case "skipped":
      return "was skipped";
    case "pending":
    case "failed":
    case "cancelled":
      return undefined;
  }
}

function addProblems(state: RunState, { add }: Amendment): readonly string[] {
  const problems = add.flatMap(({ id }) =>
    state.positions.has(id) ? [`"${id}" is in the plan already; a new subtask needs a new id.`] : [],
  );
  const total = state.subtasks.length + add.length;
  if (total > MAX_FILE_SUBTASKS)
    problems.push(`${total} subtasks are too many; a plan may have ${MAX_FILE_SUBTASKS}, dropped ones among them.`);
  return problems;
}

/** A subtask that is still to run must not lose what it builds on without a word. */
function danglingProblems(state: RunState, amendment: Amendment, subtasks: readonly Subtask[]): readonly string[] {
  const dropped = new Set(amendment.drop);
  const changes = new Set(amendment.change.map((c) => c.id));
  return subtasks.flatMap((subtask, i) => {
    const status = valueAt(state.subtasks, i)?.status ?? "pending";
    if (dropped.has(subtask.id) || (status !== "pending" && !changes.has(subtask.id))) return [];
    const lost = subtask.dependencies.filter((id) => dropped.has(id));
    return lost.map((id) => `"${subtask.id}" depends on "${id}", which is dropped: change its dependencies as well.`);
  });
}

function changed(subtask: Subtask, change: SubtaskChange | undefined): Subtask {
  if (change === undefined) return subtask;
  const { agent, dependencies, files, acceptance, verify, ...rest } = change;
  return {
    ...subtask,
    ...rest,
    agent: agent ?? subtask.agent,
    dependencies: dependencies ?? subtask.dependencies,
    files: files ?? subtask.files,
    acceptance: acceptance ?? subtask.acceptance,
    verify: verify ?? subtask.verify,
  };
}
