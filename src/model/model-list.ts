import * as z from "zod";
import { failure, type Failure } from "../core/failure";
import { DEFAULT_BASE_URL, endpointProblem, hostOf } from "./endpoint";
import { redact, withoutSecret } from "./quote";

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

/** How long a list may take, in milliseconds: it is convenient, never necessary. */
const LIST_TIMEOUT_MS = 5_000;
const MAX_LISTED = 1_000;

/** Asks the API for its models. Source of the fields: `ModelInfo` of @anthropic-ai/sdk 1.12.0. */
export function askModels(endpoint: { readonly apiKey: string; readonly baseUrl?: string }): AskModels {
  return async (signal) => {
    signal.throwIfAborted();
    const baseUrl = endpoint.baseUrl ?? DEFAULT_BASE_URL;
    const within = AbortSignal.timeout(LIST_TIMEOUT_MS);
    let answered = false;
    const unusable = endpointProblem({ apiKey: endpoint.apiKey.trim(), baseUrl });
    if (unusable !== undefined) return unusable;
    const [{ createClient }, { toFailedReply }] = await Promise.all([
      import("./anthropic-client"),
      import("./anthropic-failure"),
    ]);
    try {
      const client = createClient({
        apiKey: endpoint.apiKey.trim(),
        baseUrl,
        guard: { onHeaders: () => void (answered = true), onBytes: () => undefined },
      });
      const found: ListedModel[] = [];
      for await (const model of client.models.list({ limit: 100 }, { signal: AbortSignal.any([signal, within]) })) {
        const parsed = Listed.safeParse(model);
        if (parsed.success) found.push(parsed.data);
        if (found.length >= MAX_LISTED) break;
      }
      if (found.length === 0) return failure("model.server", "The server lists no models.");
      return withoutSecret(
        found.toSorted((a, b) => b.releasedAt - a.releasedAt),
        endpoint.apiKey.trim(),
      );
    } catch (error) {
      signal.throwIfAborted();
      if (within.aborted)
        return failure("model.stalled", `The server did not list its models within ${LIST_TIMEOUT_MS / 1000} s.`);
      const facts = { host: hostOf(baseUrl), model: "", answered, nowMs: Date.now() };
      return redact(toFailedReply(error, facts).failure, endpoint.apiKey.trim());
    }
  };
}

const Listed = z
  .object({
    id: z.string().min(1).max(200),
    display_name: z.string().nullish(),
    line: z.string().nullish(),
    created_at: z.string().nullish(),
    lifecycle: z.string().nullish(),
  })
  .transform(({ id, display_name: name, line, created_at: created, lifecycle }): ListedModel => ({
    id,
    name: name ?? id,
    line: line ?? null,
    releasedAt: Math.max(0, Date.parse(created ?? "") || 0),
    active: lifecycle === undefined || lifecycle === null || lifecycle === "active",
  }));
