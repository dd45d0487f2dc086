import { beneath } from "../plan/schedule";
import { valuesOf } from "../state/chunked";
import type { RunState } from "../state/state";

/** What moves: an accept that goes back, in whole or in part, or one that comes again. */
export type Undoing = "undo" | "undo part" | "redo";

/** The way on where the checks are red once an accept is undone or redone, and green without. Names what rests on it where something does. */
export function undoHint(state: RunState, id: string, what: Undoing): string {
  if (what === "redo") return "It does not go with what came since. Change that first, then redo it.";
  const above = valuesOf(state.subtasks).flatMap(({ subtask, decision }) =>
    decision.kind === "accepted" && beneath(state, subtask.id).has(id) ? [`"${subtask.id}"`] : [],
  );
  if (above.length > 0) return `Undo first what rests on it: ${above.join(", ")}.`;
  const why = "No accepted result rests on it, but something on the branch needs it.";
  return what === "undo part"
    ? `${why} Undo it together with that, or change that first.`
    : `${why} Change that first, then undo it.`;
}
