import * as z from "zod";

import type { Usage } from "../core/usage";
import type { Block, ModelProgress, StopReason } from "./model";

/** A message that arrived whole. */
export interface ReceivedMessage {
  readonly content: readonly Block[];
  readonly stopReason: StopReason;
  readonly tokens: Omit<Usage, "usd">;
  readonly model: string;
}

/** The stream broke its own rules; nothing of it may be used. */
export class MalformedStream extends Error {
  override readonly name = "MalformedStream";
}

/**
 * Puts a message together from the events of a stream. `add` returns what is worth showing, and throws
 * {@link MalformedStream}; `message` is there once `message_stop` has come, never before.
 *
 * Written by hand because the SDK's `MessageStream` reads half-written tool input leniently: `{"path":"a.ts","cont`
 * becomes a call without its content, and a write of nothing.
 */
export interface MessageAssembly {
  add(event: unknown): ModelProgress | undefined;
  readonly message: ReceivedMessage | undefined;
  /** Who has answered so far, and what the server says that costs; undefined before `message_start`. */
  readonly spent: Pick<ReceivedMessage, "model" | "tokens"> | undefined;
}

/** A {@link MessageAssembly} with nothing in it yet. */
export function assembleMessage(): MessageAssembly {
  let start: z.infer<typeof MessageStart>["message"] | undefined;
  let usage: z.infer<typeof Counts> = {};
  let stop: string | null | undefined;
  let message: ReceivedMessage | undefined;
  const parts = new Map<number, Part>();

  const openPart = (index: number): Part => {
    const part = parts.get(index);
    if (part === undefined || part.closed) throw new MalformedStream(`content block ${index} is not open`);
    return part;
  };
  return {
    get message() {
      return message;
    },
    get spent() {
      return start === undefined ? undefined : { model: start.model, tokens: toTokens(usage) };
    },
    add(raw) {
      const event = parseEvent(raw);
      if (event === undefined || message !== undefined) return undefined;
      if ((event.type === "message_start") !== (start === undefined))
        throw new MalformedStream(`${event.type} is out of place`);
      switch (event.type) {
        case "message_start":
          start = event.message;
          usage = event.message.usage ?? {};
          return undefined;
        case "content_block_start":
          if (parts.has(event.index)) throw new MalformedStream(`content block ${event.index} started twice`);
          parts.set(event.index, { block: { ...event.content_block }, json: "", closed: false, faithful: true });
          return event.content_block.type === "tool_use" || event.content_block.type === "server_tool_use"
            ? { type: "tool", name: asText(event.content_block["name"]) }
            : undefined;
        case "content_block_delta":
          return extend(openPart(event.index), event.delta);
        case "content_block_stop":
          openPart(event.index).closed = true;
          return undefined;
        case "message_delta":
          stop = event.delta.stop_reason ?? stop;
          // Counts here are totals so far, and left out where they do not apply.
          usage = { ...usage, ...definedOnly(event.usage ?? {}) };
          return undefined;
        case "message_stop": {
          const whole = [...parts.entries()].toSorted(([a], [b]) => a - b).map(([, part]) => part);
          if (whole.some(({ closed }) => !closed)) throw new MalformedStream("a content block never ended");
          if (stop === undefined || stop === null) throw new MalformedStream("the message has no stop reason");
          const stopReason = STOP_REASONS.get(stop) ?? "other";
          message = {
            content: whole.flatMap((part) => toBlock(part, stopReason) ?? []),
            stopReason,
            tokens: toTokens(usage),
            model: start?.model ?? "",
          };
          return undefined;
        }
      }
    },
  };
}

const STOP_REASONS: ReadonlyMap<string, StopReason> = new Map<string, StopReason>([
  ["end_turn", "end_turn"],
  ["tool_use", "tool_use"],
  ["max_tokens", "max_tokens"],
  ["stop_sequence", "stop_sequence"],
  ["pause_turn", "pause_turn"],
  ["refusal", "refusal"],
  ["model_context_window_exceeded", "context"],
]);

interface Part {
  readonly block: Record<string, unknown> & { readonly type: string };
  /** Tool input as it was written so far. */
  json: string;
  closed: boolean;
  /** False once something was added that this version cannot add; the block could not be sent back as it came. */
  faithful: boolean;
}

function extend(part: Part, delta: Delta): ModelProgress | undefined {
  const { block } = part;
  switch (delta.type) {
    case "text_delta":
      if (block.type !== "text") throw new MalformedStream(`text in a ${block.type} block`);
      block["text"] = asText(block["text"]) + asText(delta["text"]);
      return { type: "text", text: asText(delta["text"]) };
    case "input_json_delta":
      part.json += asText(delta["partial_json"]);
      return undefined;
    case "thinking_delta":
      block["thinking"] = asText(block["thinking"]) + asText(delta["thinking"]);
      return undefined;
    case "signature_delta":
      block["signature"] = asText(delta["signature"]);
      return undefined;
    case "citations_delta":
      block["citations"] = [...(Array.isArray(block["citations"]) ? block["citations"] : []), delta["citation"]];
      return undefined;
    default:
      part.faithful = false;
      return undefined;
  }
}

/** The finished block; undefined for one that is of no use and could not be sent back. */
function toBlock(part: Part, stopReason: StopReason): Block | undefined {
  const { block } = part;
  switch (block.type) {
    case "text":
      if (block["text"] === "") return undefined;
      return { type: "text", text: asText(block["text"]), ...citationsOf(block["citations"]) };
    case "tool_use": {
      const input = toolInput(part);
      // Half-written input is what a message cut short looks like; in a message that asks for tools to run it is a fault.
      if (input === undefined && stopReason !== "tool_use") return undefined;
      if (input === undefined) throw new MalformedStream("the input of a tool call is not a JSON object");
      return { type: "tool_use", id: asText(block["id"]), name: asText(block["name"]), input };
    }
    case "thinking":
      // The API refuses thinking without its signature, which is what a cut in the middle of it leaves behind.
      return part.faithful && asText(block["signature"] ?? "") !== "" ? { type: "opaque", raw: block } : undefined;
    default: {
      if (!part.faithful) return undefined;
      if (part.json === "") return { type: "opaque", raw: block };
      const input = toolInput(part);
      return input === undefined ? undefined : { type: "opaque", raw: { ...block, input } };
    }
  }
}

/** Text that cites goes back with what it cites. */
function citationsOf(value: unknown): { readonly citations?: readonly object[] } {
  const citations = Array.isArray(value) ? value.filter(isRecord) : [];
  return citations.length === 0 ? {} : { citations };
}

function toolInput({ json, block }: Part): object | undefined {
  if (json.trim() === "") return isRecord(block["input"]) ? block["input"] : {};
  try {
    const input: unknown = JSON.parse(json);
    return isRecord(input) ? input : undefined;
  } catch {
    return undefined;
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function asText(value: unknown): string {
  if (typeof value !== "string") throw new MalformedStream("text is missing");
  return value;
}

function toTokens(usage: z.infer<typeof Counts>): ReceivedMessage["tokens"] {
  const searches = usage.server_tool_use?.web_search_requests ?? 0;
  return {
    inputTokens: usage.input_tokens ?? 0,
    outputTokens: usage.output_tokens ?? 0,
    cacheReadTokens: usage.cache_read_input_tokens ?? 0,
    cacheWriteTokens: usage.cache_creation_input_tokens ?? 0,
    ...(searches === 0 ? {} : { webSearches: searches }),
  };
}

function definedOnly<T extends object>(value: T): Partial<T> {
  return Object.fromEntries(
    Object.entries(value).filter(([, each]) => each !== undefined && each !== null),
  ) as Partial<T>;
}

/** The event, or undefined for a kind this version does not know: the API may add kinds at any time. */
function parseEvent(raw: unknown): Event | undefined {
  const type = isRecord(raw) ? raw["type"] : undefined;
  if (typeof type !== "string") throw new MalformedStream("an event has no type");
  if (!EVENT_TYPES.has(type)) return undefined;
  const event = Event.safeParse(raw);
  if (!event.success) throw new MalformedStream(`${type} cannot be read: ${z.prettifyError(event.error)}`);
  return event.data;
}

const count = z.number().int().nonnegative().nullish();
const Counts = z.object({
  input_tokens: count,
  output_tokens: count,
  cache_read_input_tokens: count,
  cache_creation_input_tokens: count,
  server_tool_use: z.object({ web_search_requests: count }).nullish(),
});
const Tagged = z.looseObject({ type: z.string() });
type Delta = z.infer<typeof Tagged>;
const index = z.number().int().nonnegative();

const MessageStart = z.object({
  type: z.literal("message_start"),
  message: z.object({ model: z.string(), usage: Counts.nullish() }),
});
const Event = z.discriminatedUnion("type", [
  MessageStart,
  z.object({ type: z.literal("content_block_start"), index, content_block: Tagged }),
  z.object({ type: z.literal("content_block_delta"), index, delta: Tagged }),
  z.object({ type: z.literal("content_block_stop"), index }),
  z.object({
    type: z.literal("message_delta"),
    delta: z.object({ stop_reason: z.string().nullish() }),
    usage: Counts.nullish(),
  }),
  z.object({ type: z.literal("message_stop") }),
]);
type Event = z.infer<typeof Event>;
const EVENT_TYPES: ReadonlySet<string> = new Set(Event.options.map((option) => option.shape.type.value));
