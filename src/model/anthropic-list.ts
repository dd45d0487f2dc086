import * as z from "zod";
import { failure, type Failure } from "../core/failure";
import { createClient } from "./anthropic-client";
import { toFailedReply } from "./anthropic-failure";
import { hostOf, type Endpoint } from "./endpoint";
import type { ListedModel } from "./model-list";
import { redact, withoutSecret } from "./quote";

/** How long a list may take, in milliseconds: it is convenient, never necessary. */
const LIST_TIMEOUT_MS = 5_000;
const MAX_LISTED = 1_000;

/**
 * The models a key can use, newest first, or why nobody could tell. Rejects only when the signal aborts. Source of the fields:
 * `ModelInfo` of @anthropic-ai/sdk 1.12.0.
 */
export async function listModels(endpoint: Endpoint, signal: AbortSignal): Promise<readonly ListedModel[] | Failure> {
  const within = AbortSignal.timeout(LIST_TIMEOUT_MS);
  let answered = false;
  try {
    const client = createClient({
      apiKey: endpoint.apiKey,
      baseUrl: endpoint.baseUrl,
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
      endpoint.apiKey,
    );
  } catch (error) {
    signal.throwIfAborted();
    if (within.aborted)
      return failure("model.stalled", `The server did not list its models within ${LIST_TIMEOUT_MS / 1000} s.`);
    const facts = { host: hostOf(endpoint.baseUrl), model: "", answered, nowMs: Date.now() };
    return redact(toFailedReply(error, facts).failure, endpoint.apiKey);
  }
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
