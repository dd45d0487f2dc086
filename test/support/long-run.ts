import type { RunEvent } from "../../src/core/state/events";
import { approved, checked, created, finished, planOf, proposed, started, turned } from "./builders";

/** Turns of each worker. */
const TURNS = 7;

/** The log of a run of `subtasks` workers that is killed while the last of them are at work: ten events each. `base` is a commit. */
export function longRun(base: string, subtasks: number, working: number): readonly RunEvent[] {
  const ids = Array.from({ length: subtasks }, (_, i) => `subtask-${i + 1}`);
  const plan = planOf(...ids.map((id) => ({ id, description: `Write about ${id}`, files: [`notes/${id}.md`] })));
  const done = ids.slice(0, subtasks - working);
  const turns = (id: string) => Array.from({ length: TURNS }, (_, turn) => turned(id, turn + 1));
  const events: readonly RunEvent[] = [
    created(16),
    proposed(plan),
    approved(plan),
    ...done.flatMap((id) => [started(id), ...turns(id), checked(id, "npm test", true), finished(id, `notes/${id}.md`)]),
    ...ids.slice(done.length).flatMap((id) => [started(id), ...turns(id)]),
  ];
  return events.map((event) => ("base" in event ? { ...event, base } : event));
}
