import type { Model } from "./model";
import type { PriceRule } from "./prices";

/** How to reach the API. */
export interface AnthropicOptions {
  readonly apiKey: string;
  /** Where the API is; nothing in the environment changes it. */
  readonly baseUrl?: string;
  /** Longest silence inside an answer, in milliseconds; pings are not silence. */
  readonly idleTimeoutMs?: number;
  /** Longest wait for the first byte of an answer, in milliseconds. */
  readonly headerTimeoutMs?: number;
  /** Milliseconds since the epoch. */
  readonly now?: () => number;
  readonly prices?: readonly PriceRule[];
}

/**
 * The {@link Model} that talks to the Messages API. The SDK is a megabyte, so it is loaded by the first call and not by
 * whoever only might make one.
 */
export function createAnthropicModel(options: AnthropicOptions): Model {
  let loaded: Promise<Model> | undefined;
  return {
    async respond(request, call) {
      loaded ??= import("./anthropic-adapter").then(({ adapter }) => adapter.createLoadedModel(options));
      return (await loaded).respond(request, call);
    },
  };
}

/**
 * Loads what the first call needs while something else is waited for: a tenth of a second of work, in pieces. Never throws; what fails
 * here the call tells.
 */
export function loadAhead(): void {
  setImmediate(() => {
    // What Node sends by it loads when it is first named.
    void globalThis.Headers;
    setImmediate(() => void import("./anthropic-adapter").catch(() => undefined));
  });
}
