import { BraidError, failure } from "../../core/failure";
import { parseEfforts, type Efforts } from "../../core/effort";
import { parseDomains, type WebDomains } from "../../core/web";
import { withOwnPrices } from "../../model/own-prices";
import { PRICES, type PriceRule } from "../../model/prices";

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

/** The domains in `braid.web.allowedDomains`; undefined for none. Throws `setting.invalid`. */
export function webDomainsIn(value: unknown): WebDomains | undefined {
  if (value === undefined || value === null) return undefined;
  if (!Array.isArray(value)) throw invalid("braid.web.allowedDomains", 'It is a list like ["example.com"].');
  const parsed = parseDomains(value);
  if (!parsed.ok) throw invalid("braid.web.allowedDomains", parsed.problem);
  return parsed.domains.length === 0 ? undefined : parsed.domains;
}

function invalid(setting: string, problem: string): BraidError {
  return new BraidError(
    failure("setting.invalid", `The setting ${setting} cannot be used. ${problem}`, {
      hint: "Correct it in your user settings.",
    }),
  );
}
