import type { RunEvent } from "../../src/core/state/events";
import type { Plan } from "../../src/core/plan/plan";
import { evolve } from "../../src/core/state/fold";
import { initialState, subtaskState, type RunState } from "../../src/core/state/state";
import type { SubtaskState } from "../../src/core/state/subtask-state";
import {
  abandoned,
  accepted,
  accepting,
  begun,
  checked,
  failedWith,
  finished,
  planOf,
  rejected,
  retried,
  started,
  turned,
} from "./builders";

/** A run's log as it may have been: each event may follow the ones before it. `next` gives numbers from 0 to below its argument. */
export function randomStory(next: (n: number) => number, steps: number): readonly RunEvent[] {
  const plan: Plan = planOf("a", "b", "c: a", "d");
  const events = [...begun(plan)];
  let state: RunState = [...events].reduce((s, event) => evolve(s, { seq: s.seq + 1, at: 0, event }), initialState());
  for (let step = 0; step < steps; step += 1) {
    const id = plan.subtasks[next(plan.subtasks.length)]?.id ?? "a";
    const subtask = subtaskState(state, id);
    const choices = subtask === undefined ? [] : stepsFrom(subtask);
    const event = choices[next(choices.length)];
    if (event === undefined) continue;
    events.push(event);
    state = evolve(state, { seq: state.seq + 1, at: 0, event });
  }
  return events;
}

function stepsFrom(s: SubtaskState): readonly RunEvent[] {
  const id = s.subtask.id;
  const at = (event: RunEvent): RunEvent => ({ ...event, attempt: s.attempt }) as RunEvent;
  if (s.decision.kind === "accepting") return [accepted(id), abandoned(id, "tree.dirty")];
  switch (s.status) {
    case "pending":
      return [started(id, s.attempt + 1)];
    case "running":
      return [
        at(turned(id, s.turns + 1)),
        at(checked(id, "npm test", true)),
        at(finished(id, `${id}.ts`)),
        at(failedWith(id, "checks.failed", `${id}.ts`)),
      ];
    case "finished":
      if (s.decision.kind === "accepted") return [];
      if (s.decision.kind === "rejected") return [retried(id)];
      return [accepting(id), rejected(id, "no")];
    case "failed":
      return s.decision.kind === "accepted" ? [] : [retried(id, "again")];
    case "cancelled":
    case "skipped":
      return [];
  }
}
