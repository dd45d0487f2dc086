import { BraidError, failure } from "../core/failure";
import { parseEfforts, type Efforts } from "../core/effort";
import { withOwnPrices } from "../model/own-prices";
import { PRICES, type PriceRule } from "../model/prices";

/** The efforts in `braid.roles.effort`. Throws `setting.invalid`. */
export function effortsIn(value: unknown): Efforts {
  if (value === undefined || value === null) return {};
  if (typeof value !== "object" || Array.isArray(value))
    throw invalid("braid.roles.effort", 'It is an object like { "planner": "max" }.');
  const parsed = parseEfforts(Object.entries(value));
  if (parsed.ok) return parsed.efforts;
  throw invalid("braid.roles.effort", parsed.problem);
}

/** The price table with those of `braid.model.prices` in front. Throws `setting.invalid`. */
export function pricesIn(value: unknown): readonly PriceRule[] {
  if (value === undefined || value === null) return PRICES;
  const own = withOwnPrices(value);
  if (own.ok) return own.prices;
  throw invalid("braid.model.prices", own.problem);
}

function invalid(setting: string, problem: string): BraidError {
  return new BraidError(
    failure("setting.invalid", `The setting ${setting} cannot be used. ${problem}`, {
      hint: "Correct it in your user settings.",
    }),
  );
}
