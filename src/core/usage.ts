/** Tokens and money spent. Token counts are the API's own where it counts; `usd` is an estimate from the price table. */
export interface Usage {
  readonly inputTokens: number;
  readonly outputTokens: number;
  readonly cacheReadTokens: number;
  readonly cacheWriteTokens: number;
  readonly usd: number;
  /** Tokens whose price nobody knows, and which `usd` is therefore without. */
  readonly unpricedTokens?: number;
  /** Tokens the server did not count, taken from the length of what was said. */
  readonly estimatedTokens?: number;
  /** Searches in the web, which cost apart from tokens. */
  readonly webSearches?: number;
}

/** Nothing spent. */
export const NO_USAGE: Usage = { inputTokens: 0, outputTokens: 0, cacheReadTokens: 0, cacheWriteTokens: 0, usd: 0 };

/** The sum of two usages. */
export function addUsage(a: Usage, b: Usage): Usage {
  const sum: Usage = {
    inputTokens: a.inputTokens + b.inputTokens,
    outputTokens: a.outputTokens + b.outputTokens,
    cacheReadTokens: a.cacheReadTokens + b.cacheReadTokens,
    cacheWriteTokens: a.cacheWriteTokens + b.cacheWriteTokens,
    usd: a.usd + b.usd,
  };
  const unpricedTokens = (a.unpricedTokens ?? 0) + (b.unpricedTokens ?? 0);
  const estimatedTokens = (a.estimatedTokens ?? 0) + (b.estimatedTokens ?? 0);
  const webSearches = (a.webSearches ?? 0) + (b.webSearches ?? 0);
  if (unpricedTokens + estimatedTokens + webSearches === 0) return sum;
  return {
    ...sum,
    ...(unpricedTokens === 0 ? {} : { unpricedTokens }),
    ...(estimatedTokens === 0 ? {} : { estimatedTokens }),
    ...(webSearches === 0 ? {} : { webSearches }),
  };
}

/** What it cost, in words; `dollars` writes an amount. What nobody knows the price of is never shown as free. */
export function costText(u: Usage, dollars: (usd: number) => string): string {
  const unpriced = u.unpricedTokens ?? 0;
  const known = `${isEstimate(u) ? "about " : ""}${dollars(u.usd)}`;
  if (unpriced === 0) return known;
  return u.usd === 0 ? "price unknown" : `${known} and ${unpriced.toLocaleString("en")} tokens of unknown price`;
}

/** Whether the server left some of its counts out, so that this is an estimate. */
export function isEstimate({ estimatedTokens = 0 }: Usage): boolean {
  return estimatedTokens > 0;
}

/** Share of the input that was read from the prompt cache, 0 to 1; null where nothing was sent. */
export function cacheHitRate(u: Usage): number | null {
  const input = u.inputTokens + u.cacheReadTokens + u.cacheWriteTokens;
  return input === 0 ? null : u.cacheReadTokens / input;
}

/** Every token that was sent or received, cached or not. */
export function totalTokens(u: Usage): number {
  return u.inputTokens + u.outputTokens + u.cacheReadTokens + u.cacheWriteTokens;
}
