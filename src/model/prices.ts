/** What one kind of model costs, in US dollars per million tokens. Cache writes are the five-minute ones. */
export interface Price {
  readonly input: number;
  readonly output: number;
  readonly cacheRead: number;
  readonly cacheWrite: number;
}

/** A price and the models it holds for. */
export interface PriceRule {
  /** Matched against the model id; the first rule that matches counts. */
  readonly pattern: RegExp;
  readonly price: Price;
  /** Another price for every token of a request whose prompt, cached or not, is longer than this. */
  readonly long?: { readonly aboveTokens: number; readonly price: Price };
}

/** Token counts of one request, as the API reports them. */
export interface TokenCounts {
  readonly inputTokens: number;
  readonly outputTokens: number;
  readonly cacheReadTokens: number;
  readonly cacheWriteTokens: number;
  readonly webSearches?: number;
}

/** What one request cost, in US dollars. A model without a price costs 0; ask {@link hasPrice} before showing it. */
export function costOf(model: string, tokens: TokenCounts, prices: readonly PriceRule[] = PRICES): number {
  const rule = ruleFor(model, prices);
  const searches = (tokens.webSearches ?? 0) * WEB_SEARCH_USD;
  if (rule === undefined) return searches;
  const promptTokens = tokens.inputTokens + tokens.cacheReadTokens + tokens.cacheWriteTokens;
  const price = rule.long !== undefined && promptTokens > rule.long.aboveTokens ? rule.long.price : rule.price;
  return (
    searches +
    (tokens.inputTokens * price.input +
      tokens.outputTokens * price.output +
      tokens.cacheReadTokens * price.cacheRead +
      tokens.cacheWriteTokens * price.cacheWrite) /
      TOKENS_PER_PRICE
  );
}

/** Whether the cost of this model is known. */
export function hasPrice(model: string, prices: readonly PriceRule[] = PRICES): boolean {
  return ruleFor(model, prices) !== undefined;
}

/** The list price of a model, for estimates; undefined where it is not known. */
export function priceOf(model: string, prices: readonly PriceRule[] = PRICES): Price | undefined {
  return ruleFor(model, prices)?.price;
}

/** US dollars for one search in the web; a page that is fetched costs its tokens only. Source: {@link PRICES_SOURCE}. */
export const WEB_SEARCH_USD = 0.01;

/** The day {@link PRICES} was made. */
export const PRICES_DATE = "2026-10-25";

/** Where {@link PRICES} comes from. */
export const PRICES_SOURCE = "https://platform.claude.com/docs/en/about-claude/pricing";

/** Anthropic's list prices. An estimate: discounts, batches and one-hour cache writes are not in it. */
export const PRICES: readonly PriceRule[] = [
  rule("(?:fable|mythos)-5-[12]", 10, 50, 0.25, 12.5),
  rule("(?:fable|mythos)-5", 10, 50, 1, 12.5),
  rule("opus-5-5", 4, 20, 0.2, 5),
  rule("opus-(?:5|4-[5678])", 5, 25, 0.5, 6.25),
  rule("opus-4(?:-[01])?", 15, 75, 1.5, 18.75),
  rule("sonnet-5-5", 2, 10, 0.1, 2.5),
  rule("sonnet-5", 2, 10, 0.2, 2.5),
  rule("sonnet-4(?:-[056])?", 3, 15, 0.3, 3.75),
  {
    ...rule("haiku-5-5", 0.1, 0.5, 0.01, 0.125),
    long: { aboveTokens: 100_000, price: { input: 0.5, output: 2.5, cacheRead: 0.05, cacheWrite: 0.625 } },
  },
  rule("haiku-4-5", 1, 5, 0.1, 1.25),
];

const TOKENS_PER_PRICE = 1_000_000;

function ruleFor(model: string, prices: readonly PriceRule[]): PriceRule | undefined {
  return prices.find(({ pattern }) => pattern.test(model));
}

// A dated id is the same model; any other addition is one we know nothing about.
function rule(name: string, input: number, output: number, cacheRead: number, cacheWrite: number): PriceRule {
  return {
    pattern: new RegExp(`^claude-${name}(?:-\\d{8})?$`, "u"),
    price: { input, output, cacheRead, cacheWrite },
  };
}
