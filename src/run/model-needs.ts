import type { RunState } from "../core/state/state";
import type { ModelNeeds } from "../model/catalogue";

/** What the names of a run's models must stand for: with a budget in money, models whose price is known. */
export function modelNeeds(state: RunState): ModelNeeds {
  return { price: state.plan?.budget?.usd !== undefined };
}
