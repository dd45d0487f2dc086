import type { Failure } from "../core/failure";
import { DEFAULT_BASE_URL, endpointProblem } from "./endpoint";

/** A model as the API lists it. */
export interface ListedModel {
  readonly id: string;
  readonly name: string;
  /** `opus`, `sonnet` and so on; null where it belongs to none. */
  readonly line: string | null;
  /** Milliseconds since the epoch; 0 where nobody knows. */
  readonly releasedAt: number;
  readonly active: boolean;
}

/** The models a key can use, newest first, or why nobody could tell. Rejects only when the signal aborts. */
export type AskModels = (signal: AbortSignal) => Promise<readonly ListedModel[] | Failure>;

/** Asks the API for its models. */
export function askModels(endpoint: { readonly apiKey: string; readonly baseUrl?: string }): AskModels {
  return async (signal) => {
    signal.throwIfAborted();
    const known = { apiKey: endpoint.apiKey.trim(), baseUrl: endpoint.baseUrl ?? DEFAULT_BASE_URL };
    const unusable = endpointProblem(known);
    if (unusable !== undefined) return unusable;
    const { adapter } = await import("./anthropic-adapter");
    return adapter.listModels(known, signal);
  };
}
