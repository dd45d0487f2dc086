import type { BudgetLimits } from "../core/plan/plan";

/** What a limit must look like; as in a plan. */
const NUMBERS: Readonly<Record<keyof BudgetLimits, RegExp>> = {
  usd: /^(?:\d+|\d*\.\d+)$/u,
  tokens: /^\d+$/u,
  minutes: /^(?:\d+|\d*\.\d+)$/u,
};

/** What a run may spend, as `--budget 2` (dollars) or `--budget usd=2,tokens=500000` says; nothing where it is not given. */
export function budgetFlag(
  { budget }: { readonly budget?: string | undefined },
  fail: (problem: string) => never,
): { readonly budget?: BudgetLimits } {
  if (budget === undefined) return {};
  const limits = new Map<string, number>();
  for (const part of budget.split(",")) {
    const [name, value] = part.includes("=") ? part.split(/=(.*)/su) : ["usd", part];
    const number = isLimit(name) && NUMBERS[name].test(value ?? "") ? Number(value) : 0;
    if (name === undefined || !Number.isFinite(number) || number <= 0 || limits.has(name))
      return fail(`--budget takes dollars, or usd=N,tokens=N,minutes=N, each more than 0, not "${budget}".`);
    limits.set(name, number);
  }
  return { budget: Object.fromEntries(limits) };
}

function isLimit(name: string | undefined): name is keyof BudgetLimits {
  return name !== undefined && Object.hasOwn(NUMBERS, name);
}
