import { subtasksOf, type RunView } from "./view";

/** A run as somebody sees it who may not decide about it: nothing in it waits for them. */
export function asReadOnly(view: RunView): RunView {
  return {
    ...view,
    waves: view.waves.map((wave) => ({
      ...wave,
      subtasks: wave.subtasks.map((subtask) => ({ ...subtask, reviewable: false })),
    })),
    approvals: [],
    questions: [],
    results: 0,
    waiting: 0,
    amendments: { ...view.amendments, open: null },
  };
}

/** The subtask of a view; undefined where there is none. */
export function subtaskIn(view: RunView, id: string) {
  return subtasksOf(view).find((s) => s.id === id);
}
