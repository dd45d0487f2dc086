import { isAtWork } from "../core/state/subtask-view";
import type { RunView } from "../core/state/view";
import type { Holder } from "../run/log/lock";
import { describeHolder } from "../run/log/ownership";

/** Who works on a run, and what to do when nobody does though there is work; undefined where there is nothing to say. */
export function describeOwner(view: Pick<RunView, "id" | "phase">, owner: Holder | null): string | undefined {
  if (owner?.standing === "alive") return `Open in ${describeHolder(owner)}.`;
  if (owner !== null)
    return `Open in ${describeHolder(owner)}, which has not been heard of for ${Math.round(owner.heardMs / 1000)} s. Take it over: braid resume ${view.id} --take-over`;
  if (view.phase === "running" || view.phase === "planning")
    return `Interrupted: nobody works on it any more. Go on: braid resume ${view.id}`;
  return undefined;
}

/** A run as it stands where nobody has it: its log ends with workers at work, who are not, and no clock goes on; who asked is gone. */
export function withoutOwner(whole: RunView): RunView {
  const view = { ...whole, questions: [], approvals: [] };
  if (view.phase !== "running" && view.phase !== "planning") return view;
  const waves = view.waves.map((wave) => ({
    ...wave,
    subtasks: wave.subtasks.map((s) =>
      isAtWork(s) ? { ...s, status: "interrupted" as const, startedAt: null, context: null } : s,
    ),
  }));
  return { ...view, phase: "paused", timeLeft: null, synthesizing: false, waves };
}
