import { valuesOf } from "../state/chunked";
import type { RunState } from "../state/state";
import type { SubtaskState } from "../state/subtask-state";

/** The same question is asked of every subtask after every event; it is answered once for all of them. */
const known = new WeakMap<RunState["subtasks"], ReadonlyMap<string, readonly string[]>>();

/** Rejected subtasks whose work is in the base of this one, near and far, in the plan's order. */
export function restsOnRejected({ subtasks }: Pick<RunState, "subtasks">, id: string): readonly string[] {
  let found = known.get(subtasks);
  if (found === undefined) {
    found = findAll(valuesOf(subtasks));
    known.set(subtasks, found);
  }
  return found.get(id) ?? [];
}

function findAll(subtasks: readonly SubtaskState[]): ReadonlyMap<string, readonly string[]> {
  const found = new Map<string, string[]>();
  const rejected = subtasks.filter((s) => s.decision.kind === "rejected");
  if (rejected.length === 0) return found;
  const above = new Map<string, string[]>();
  for (const { subtask, restsOn, without } of subtasks)
    for (const each of new Set([...restsOn, ...without])) {
      const list = above.get(each);
      if (list === undefined) above.set(each, [subtask.id]);
      else list.push(subtask.id);
    }
  const known = new Map(subtasks.map((s) => [s.subtask.id, s] as const));
  for (const { subtask } of rejected) {
    const seen = new Set(above.get(subtask.id));
    for (const id of seen) {
      const s = known.get(id);
      const isFreed = s?.without.includes(subtask.id) === true;
      if (!isFreed) found.set(id, [...(found.get(id) ?? []), subtask.id]);
      // What began before its base was made without has the one from before beneath it.
      for (const further of above.get(id) ?? [])
        if (!isFreed || (known.get(further)?.startedAt ?? 0) < (s?.startedAt ?? 0)) seen.add(further);
    }
  }
  return found;
}
