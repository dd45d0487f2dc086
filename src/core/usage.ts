/** Tokens and money spent. Token counts are the API's own; `usd` is an estimate from the price table. */
export interface Usage {
  readonly inputTokens: number;
  readonly outputTokens: number;
  readonly cacheReadTokens: number;
  readonly cacheWriteTokens: number;
  readonly usd: number;
}

/** Nothing spent. */
export const NO_USAGE: Usage = { inputTokens: 0, outputTokens: 0, cacheReadTokens: 0, cacheWriteTokens: 0, usd: 0 };

/** The sum of two usages. */
export function addUsage(a: Usage, b: Usage): Usage {
  return {
    inputTokens: a.inputTokens + b.inputTokens,
    outputTokens: a.outputTokens + b.outputTokens,
    cacheReadTokens: a.cacheReadTokens + b.cacheReadTokens,
    cacheWriteTokens: a.cacheWriteTokens + b.cacheWriteTokens,
    usd: a.usd + b.usd,
  };
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
