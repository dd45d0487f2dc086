import type { ModelRequest } from "./model";
import { resolveModel } from "./models";
import { priceOf } from "./prices";

/**
 * Lets the first of several calls with the same long prefix (model, tools, system text) begin alone, so that the others
 * read from the cache what it writes. Where {@link isWorthWaiting} says no, nobody waits for anybody.
 */
export class WarmUp {
  readonly #now: () => number;
  readonly #prefixes = new Map<string, Prefix>();

  /** `now` is in milliseconds from any fixed point. */
  constructor(now: () => number) {
    this.#now = now;
  }

  /**
   * Resolves when the call may be sent, with what to call once its answer has begun (`true`) or it has come to nothing.
   * Rejects with the signal's reason.
   */
  async enter(request: ModelRequest, signal: AbortSignal): Promise<(begun: boolean) => void> {
    const key = JSON.stringify([request.model, request.tools, request.system]);
    if (!isWorthWaiting(request.model, key.length / CHARS_PER_TOKEN)) return () => undefined;
    for (;;) {
      const known = this.#prefixes.get(key);
      if (known === undefined || (known.warming === undefined && this.#now() - known.at > CACHE_LIFE_MS)) break;
      if (known.warming === undefined) return this.#use(known);
      await settledOrAborted(known.warming, signal);
    }
    let settle: () => void = () => undefined;
    const prefix: Prefix = { at: this.#now(), warming: new Promise((resolve) => (settle = resolve)) };
    this.#prefixes.set(key, prefix);
    return (begun) => {
      if (prefix.warming === undefined) return;
      prefix.warming = undefined;
      prefix.at = this.#now();
      if (!begun) this.#prefixes.delete(key);
      settle();
    };
  }

  #use(prefix: Prefix): (begun: boolean) => void {
    return () => {
      prefix.at = this.#now();
    };
  }
}

/** Whether a call should wait for a sibling to write this prefix to the cache, rather than pay for writing it, too. */
export function isWorthWaiting(model: string, prefixTokens: number): boolean {
  const price = priceOf(resolveModel(model));
  if (price === undefined || prefixTokens < cacheMinimum(model)) return false;
  const savedUsd = (prefixTokens * (price.cacheWrite - price.cacheRead)) / 1_000_000;
  return savedUsd > (BEGIN_MS / 60_000) * USD_PER_WAITED_MINUTE;
}

/**
 * The shortest prefix, in tokens, that a model caches. The largest minimum there is stands for models not listed. Source:
 * platform.claude.com/docs/en/build-with-claude/prompt-caching#cache-limitations.
 */
export function cacheMinimum(model: string): number {
  return MINIMA.find(([pattern]) => pattern.test(resolveModel(model)))?.[1] ?? 4096;
}

const MINIMA: readonly (readonly [RegExp, number])[] = [
  [/^claude-(?:(?:opus|sonnet|haiku)-5-5|opus-5|(?:fable|mythos)-5(?:-\d)?)(?:-\d{8})?$/u, 512],
  [/^claude-(?:sonnet-5|opus-4-8)(?:-\d{8})?$/u, 1024],
  [/^claude-opus-4-7(?:-\d{8})?$/u, 2048],
  [/^claude-sonnet-4-6(?:-|$)/u, 2048],
  [/^claude-(?:sonnet-4(?:-[05])?|opus-4(?:-[01])?)(?:-\d{8})?$/u, 1024],
];

/** How long an unused cache entry lives; every use renews it. Source: the same page. */
const CACHE_LIFE_MS = 5 * 60_000;

/** Until an answer begins, which is when what it wrote can be read: some seconds on a busy day. An assumption, not a measure. */
const BEGIN_MS = 5000;

/**
 * What a minute of somebody's waiting is worth, in US dollars. Source: the median wage of software developers, $133,080
 * for 2,080 hours (bls.gov/ooh, May 2024), is $1.07.
 */
const USD_PER_WAITED_MINUTE = 1;

/** Source: platform.claude.com/docs/en/about-claude/glossary#tokens. */
const CHARS_PER_TOKEN = 3.5;

interface Prefix {
  /** When it was last used. */
  at: number;
  /** Settles when the first answer begins or fails; undefined from then on. */
  warming: Promise<void> | undefined;
}

function settledOrAborted(promise: Promise<void>, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal.aborted) return reject(signal.reason);
    const onAbort = (): void => reject(signal.reason);
    signal.addEventListener("abort", onAbort, { once: true });
    promise.finally(() => signal.removeEventListener("abort", onAbort)).then(resolve, reject);
  });
}
