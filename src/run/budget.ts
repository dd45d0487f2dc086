import { failure, type Failure } from "../core/failure";
import type { RunState } from "../core/state";
import { totalTokens } from "../core/usage";
import type { RunView } from "../core/view";

/** Why no call may be made any more; undefined while the plan's budget lasts. `now` is milliseconds since the epoch. */
export function budgetFailure(state: RunState, view: RunView, now: number): Failure | undefined {
  const budget = state.plan?.budget;
  if (budget === undefined) return undefined;
  const { usage, createdAt } = view;
  const over = (what: string) =>
    failure("budget.reached", `The run's budget of ${what} is spent.`, {
      hint: "Raise `budget` in the plan and run it again; what is done waits in review.",
    });
  if (budget.usd !== undefined && usage.usd >= budget.usd) return over(`$${budget.usd}`);
  if (budget.tokens !== undefined && totalTokens(usage) >= budget.tokens) return over(`${budget.tokens} tokens`);
  if (budget.minutes !== undefined && now - createdAt >= budget.minutes * 60_000)
    return over(`${budget.minutes} minutes`);
  return undefined;
}
