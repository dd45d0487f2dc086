import { valueAt, valuesOf } from "../state/chunked";
import type { Plan } from "./plan";
import { planInWordsOf } from "./plan-edit-text";
import type { RunState } from "../state/state";

/** The most characters of a plan's text that the log keeps; a longer plan is written in words of its own. */
export const MAX_PLAN_TEXT_CHARS = 1_000_000;

/** The text of a proposal, where there is one that is not too long to keep. */
export function keptText(text: string | undefined): { readonly text?: string } {
  return text === undefined || text.length > MAX_PLAN_TEXT_CHARS ? {} : { text };
}

/**
 * A run's plan as it stands, with the roles and models subtasks were retried by, and without what amendments have
 * dropped; it can be run again.
 */
export function planNow(state: RunState): Plan | undefined {
  const { plan, subtasks, positions } = state;
  if (plan === undefined) return undefined;
  const current = (id: string) => {
    const position = positions.get(id);
    return position === undefined ? undefined : valueAt(subtasks, position)?.subtask;
  };
  const dropped = new Set(valuesOf(subtasks).flatMap((s) => (s.amended?.how === "dropped" ? [s.subtask.id] : [])));
  const kept = plan.subtasks
    .map((s) => current(s.id) ?? s)
    .filter((s) => !dropped.has(s.id))
    .map((s) => ({ ...s, dependencies: s.dependencies.filter((id) => !dropped.has(id)) }));
  // A plan without subtasks is none; then what was dropped is what there is to read.
  return kept.length === 0 ? plan : { ...plan, subtasks: kept };
}

/** The same plan as a plan file, in the words it was proposed in as far as they go. */
export function planTextNow(state: RunState): string | undefined {
  const plan = planNow(state);
  return plan === undefined ? undefined : planInWordsOf(plan, state.planText);
}
