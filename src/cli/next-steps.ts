import type { RunView } from "../core/state/view";

/** What waits for somebody before a run goes on, each with the command that is for it. `owned`: a process has the run. */
export function nextSteps(view: RunView, owned: boolean): readonly string[] {
  const { id, phase, amendments } = view;
  const steps: string[] = [];
  if (phase === "proposed")
    steps.push(
      owned
        ? "The plan waits for approval where the run is open."
        : `The plan waits for approval: braid resume ${id}, with --yes where there is no terminal.`,
    );
  if (phase === "paused") steps.push(`Go on: braid resume ${id}`);
  if (amendments.open !== null)
    steps.push(`The amendment waits: braid amend ${id} --yes, or braid amend ${id} --decline.`);
  // Only who owns the run can decide about its results.
  const results = owned ? undefined : waitingResults(view);
  return results === undefined ? steps : [...steps, results];
}

/** How many results wait for a decision, and how to decide; undefined where none does. */
export function waitingResults({ id, results, waves }: RunView): string | undefined {
  if (results === 0) return undefined;
  const wait = results === 1 ? "1 result waits" : `${results} results wait`;
  // These stand there as failed or cancelled, and what they have done so far can be accepted all the same.
  const partial = waves.flatMap(({ subtasks }) => subtasks).filter((s) => s.reviewable && s.status !== "review");
  const whose = partial.length === 0 ? "" : ` (${partial.map((s) => `${s.id} ${s.status}`).join(", ")})`;
  return `${wait} for you${whose}: braid accept ${id} SUBTASK, or braid reject ${id} SUBTASK.`;
}
