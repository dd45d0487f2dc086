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
