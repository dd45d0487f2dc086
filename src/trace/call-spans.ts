import type { Attribute } from "../core/api-call";
import type { RunEvent } from "../core/state/events";
import { spanIdOf, traceIdOf, type Span, type SpanEvent } from "./span";

/** Where a call stands in its run. `at` is milliseconds since the epoch, of the event that tells of it. */
export interface CallContext {
  readonly run: string;
  readonly seq: number;
  readonly at: number;
  readonly parent: string | null;
}

/**
 * A turn as one `chat` span, from the first request to the last byte, retries included, as the convention wants it. What the SDK
 * says of the request that was answered is in it; what came of those before are events.
 */
export function chatSpan(
  turn: Extract<RunEvent, { readonly type: "turn.completed" }>,
  { run, seq, at, parent }: CallContext,
): Span {
  const { usage, calls = [] } = turn;
  const answered = calls.at(-1);
  const tokens = {
    // The convention's input is all of it, cached or not.
    "gen_ai.usage.input_tokens": usage.inputTokens + usage.cacheReadTokens + usage.cacheWriteTokens,
    "gen_ai.usage.output_tokens": usage.outputTokens,
    "gen_ai.usage.cache_read.input_tokens": usage.cacheReadTokens,
    "gen_ai.usage.cache_write.input_tokens": usage.cacheWriteTokens,
  };
  return {
    traceId: traceIdOf(run),
    spanId: spanIdOf(run, seq, "chat"),
    parent,
    name: `chat ${turn.model}`,
    kind: "client",
    from: Math.min(at, calls[0]?.at ?? at - turn.durationMs),
    to: answered === undefined ? at : Math.min(at, answered.at + answered.durationMs),
    attributes: {
      ...answered?.attributes,
      "gen_ai.operation.name": "chat",
      "gen_ai.provider.name": "anthropic",
      "gen_ai.request.model": answered?.attributes["gen_ai.request.model"] ?? turn.model,
      "gen_ai.response.model": turn.model,
      "gen_ai.response.finish_reasons": [turn.stopReason],
      ...tokens,
      "braid.cost.usd": usage.usd,
      ...(usage.estimatedTokens === undefined ? {} : { "braid.usage.estimated_tokens": usage.estimatedTokens }),
      ...(usage.unpricedTokens === undefined ? {} : { "braid.cost.unpriced_tokens": usage.unpricedTokens }),
      "braid.turn": turn.turn,
      ...aboutSubtask(turn),
    },
    events: calls.slice(0, -1).map(retried),
    error: null,
  };
}

/** Each tool an agent called in a turn as an `execute_tool` span. */
export function toolSpans(
  { tools, ...turn }: Extract<RunEvent, { readonly type: "tools.called" }>,
  { run, seq, parent }: CallContext,
): readonly Span[] {
  return tools.map((tool, i) => ({
    traceId: traceIdOf(run),
    spanId: spanIdOf(run, seq, `tool ${i}`),
    parent,
    name: `execute_tool ${tool.name}`,
    kind: "internal",
    from: tool.at,
    to: tool.at + tool.durationMs,
    attributes: {
      "gen_ai.operation.name": "execute_tool",
      "gen_ai.tool.name": tool.name,
      "gen_ai.tool.type": "function",
      "gen_ai.tool.call.id": tool.id.slice(0, 200),
      "braid.turn": turn.turn,
      ...aboutSubtask(turn),
      ...(tool.failed === true ? { "error.type": "tool_error" } : {}),
    },
    events: [],
    error: tool.failed === true ? "tool_error" : null,
  }));
}

/** A request that came to nothing and was made again. */
function retried(call: {
  readonly at: number;
  readonly durationMs: number;
  readonly attributes: Span["attributes"];
}): SpanEvent {
  const { attributes } = call;
  const kept = ["error.type", "http.response.status_code"].flatMap((key): [string, Attribute][] => {
    const value = attributes[key];
    return value === undefined ? [] : [[key, value]];
  });
  return { at: call.at + call.durationMs, name: "braid.request.retried", attributes: Object.fromEntries(kept) };
}

function aboutSubtask(event: {
  readonly subtask: string | null;
  readonly attempt: number;
  readonly by?: string;
}): Record<string, Attribute> {
  return {
    ...(event.subtask === null ? {} : { "braid.subtask": event.subtask.slice(0, 200), "braid.attempt": event.attempt }),
    ...(event.by === undefined ? {} : { "gen_ai.agent.name": event.by }),
  };
}
