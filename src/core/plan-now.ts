import type { Plan } from "./plan";
import { planInWordsOf } from "./plan-edit-text";
import type { RunState } from "./state";

/** The most characters of a plan's text that the log keeps; a longer plan is written in words of its own. */
export const MAX_PLAN_TEXT_CHARS = 1_000_000;

/** The text of a proposal, where there is one that is not too long to keep. */
export function keptText(text: string | undefined): { readonly text?: string } {
  return text === undefined || text.length > MAX_PLAN_TEXT_CHARS ? {} : { text };
}

/** A run's plan as it stands, with the roles and models subtasks were retried by; it can be run again. */
export function planNow(state: RunState): Plan | undefined {
  const { plan, subtasks, positions } = state;
  if (plan === undefined) return undefined;
  const current = (id: string) => {
    const position = positions.get(id);
    return position === undefined ? undefined : subtasks[position]?.subtask;
  };
  return { ...plan, subtasks: plan.subtasks.map((s) => current(s.id) ?? s) };
}

/** The same plan as a plan file, in the words it was proposed in as far as they go. */
export function planTextNow(state: RunState): string | undefined {
  const plan = planNow(state);
  return plan === undefined ? undefined : planInWordsOf(plan, state.planText);
}
