import * as z from "zod";
import { type PriceRule, PRICES } from "./prices";
import { resolveModel } from "./models";

const perMillion = z.number().nonnegative().finite();
const OwnPrice = z.strictObject({
  input: perMillion,
  output: perMillion,
  cacheRead: perMillion.optional(),
  cacheWrite: perMillion.optional(),
});
const OwnPrices = z.record(z.string().trim().min(1), OwnPrice);

/**
 * A price table in which a user's own prices come before ours: an object from model id (or alias) to US dollars per
 * million tokens. Cached tokens cost as much as others where nothing is said of them. What is wrong comes back as one
 * sentence that names the place.
 */
export function withOwnPrices(
  value: unknown,
): { readonly ok: true; readonly prices: readonly PriceRule[] } | { readonly ok: false; readonly problem: string } {
  const parsed = OwnPrices.safeParse(value);
  if (!parsed.success) return { ok: false, problem: problemIn(parsed.error) };
  const own = Object.entries(parsed.data).map(([name, { input, output, cacheRead, cacheWrite }]): PriceRule => {
    // A dated id is the same model, as in our own table.
    const pattern = new RegExp(`^${resolveModel(name).replace(/[\\^$.*+?()[\]{}|/]/gu, "\\$&")}(?:-\\d{8})?$`, "u");
    return { pattern, price: { input, output, cacheRead: cacheRead ?? input, cacheWrite: cacheWrite ?? input } };
  });
  return { ok: true, prices: [...own, ...PRICES] };
}

const SHAPE =
  'Prices are like { "MODEL": { "input": 4, "output": 20, "cacheRead": 0.2, "cacheWrite": 5 } }, in US dollars.';

function problemIn(error: z.ZodError): string {
  const issue = error.issues[0];
  const path = issue?.path.join(".") ?? "";
  return `${path === "" ? "" : `${path}: `}${issue?.message ?? "not understood"}. ${SHAPE}`;
}
