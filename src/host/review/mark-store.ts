import type * as vscode from "vscode";
import type { Run } from "../../run/run";
import { reviewMarks, type ReviewMarks } from "../../protocol/review-marks";

/** Runs whose marks are kept in a workspace. */
const MAX_RUNS = 20;
const KEY = "braid.marks";

/** A run by its id, be it this window's or only shown. */
type Marked = Pick<Run, "id">;

const known = new WeakMap<Marked, ReviewMarks>();

/** A reviewer's marks of a run, kept in the workspace over a reload of the window; the same object for the same run. */
export function marksOf(memento: vscode.Memento, run: Marked): ReviewMarks {
  const found = known.get(run);
  if (found !== undefined) return found;
  const marks = reviewMarks({
    read: () => readAll(memento).find(([id]) => id === run.id)?.[1],
    write: (value) => {
      const others = readAll(memento).filter(([id]) => id !== run.id);
      return memento.update(KEY, [...others.slice(1 - MAX_RUNS), [run.id, value]]);
    },
  });
  known.set(run, marks);
  return marks;
}

/** Runs with their marks, the one marked last at the end. */
function readAll(memento: vscode.Memento): readonly (readonly [string, unknown])[] {
  const value = memento.get<unknown>(KEY);
  if (!Array.isArray(value)) return [];
  return value.flatMap((entry: unknown): [string, unknown][] =>
    Array.isArray(entry) && typeof entry[0] === "string" ? [[entry[0], entry[1]]] : [],
  );
}
