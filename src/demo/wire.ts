import { countTokens } from "./prompt-cache";
import { wordsOf, type OutputBlock, type OutputMessage } from "./reply";

/** One event of a stream, ready to send. `tokens` is what its words cost, for the pace. */
export interface Frame {
  readonly bytes: Buffer;
  readonly tokens: number;
}

/** The message as a stream: every event of the API, texts and tool inputs cut into small pieces. */
export function toFrames(message: OutputMessage): readonly Frame[] {
  const { output_tokens: outputTokens, ...input } = message.usage;
  return [
    toFrame({
      type: "message_start",
      message: {
        ...envelope(message),
        content: [],
        stop_reason: null,
        stop_details: null,
        usage: fullUsage({ ...message.usage, output_tokens: 1, server_tool_use: null }),
      },
    }),
    toFrame({ type: "ping" }),
    ...message.content.flatMap(toBlockFrames),
    toFrame({
      type: "message_delta",
      delta: { stop_reason: message.stopReason, stop_sequence: null, stop_details: stopDetails(message) },
      usage: { ...input, output_tokens: outputTokens, ...details(message) },
    }),
    toFrame({ type: "message_stop" }),
  ];
}

/** The message as one JSON body. */
export function toBody(message: OutputMessage): object {
  return {
    ...envelope(message),
    content: message.content.map((block) => ({ ...shell(block), ...filled(block) })),
    stop_reason: message.stopReason,
    stop_details: stopDetails(message),
    usage: { ...fullUsage(message.usage), ...details(message) },
  };
}

/** An event of a stream; `type` is its name. */
export interface StreamEvent {
  readonly type: string;
  readonly [field: string]: unknown;
}

/** An event as server-sent event bytes. */
export function toFrame(event: StreamEvent, words = ""): Frame {
  return {
    bytes: Buffer.from(`event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`),
    tokens: words === "" ? 0 : countTokens(words),
  };
}

/** Characters in one delta: about four tokens, as the API sends them. */
const PIECE_CHARS = 16;

function toBlockFrames(block: OutputBlock, index: number): readonly Frame[] {
  const delta = (fields: StreamEvent, words?: string) =>
    toFrame({ type: "content_block_delta", index, delta: fields }, words);
  // The API opens a tool's input with an empty piece.
  const pieces = [...(block.type === "tool_use" ? [""] : []), ...cut(wordsOf(block))];
  return [
    toFrame({ type: "content_block_start", index, content_block: shell(block) }),
    ...pieces.map((piece) => delta(pieceOf(block, piece), piece)),
    ...(block.type === "thinking" ? [delta(signatureDelta(block.signature))] : []),
    toFrame({ type: "content_block_stop", index }),
  ];
}

/** Pieces that never part a surrogate pair: a lone half cannot be sent as UTF-8. */
function cut(text: string): readonly string[] {
  const pieces: string[] = [];
  let piece = "";
  for (const character of text) {
    piece += character;
    if (piece.length < PIECE_CHARS) continue;
    pieces.push(piece);
    piece = "";
  }
  return piece === "" ? pieces : [...pieces, piece];
}

function pieceOf(block: OutputBlock, piece: string) {
  if (block.type === "text") return { type: "text_delta", text: piece };
  if (block.type === "thinking") return { type: "thinking_delta", thinking: piece };
  return { type: "input_json_delta", partial_json: piece };
}

function signatureDelta(signature: string) {
  return { type: "signature_delta", signature };
}

/** A block as `content_block_start` shows it. */
function shell(block: OutputBlock) {
  if (block.type === "raw") return block.block;
  if (block.type === "text") return { type: "text", text: "", citations: null };
  if (block.type === "thinking") return { type: "thinking", thinking: "", signature: "" };
  return { type: "tool_use", id: block.id, name: block.name, input: {}, caller: { type: "direct" } };
}

/** What a body has in place of the shell's empty fields. */
function filled(block: OutputBlock): object {
  if (block.type === "raw") return {};
  if (block.type === "text") return { text: block.text };
  if (block.type === "thinking") return { thinking: block.thinking, signature: block.signature };
  try {
    return { input: JSON.parse(block.json) };
  } catch {
    // Only a truncated call comes here, and a body cannot carry half a value.
    return { input: {} };
  }
}

function envelope(message: OutputMessage) {
  return {
    id: message.id,
    type: "message",
    role: "assistant",
    model: message.model,
    stop_sequence: null,
    container: null,
    diagnostics: null,
  };
}

function fullUsage(usage: OutputMessage["usage"]) {
  return {
    ...usage,
    cache_creation: {
      ephemeral_5m_input_tokens: usage.cache_creation_input_tokens,
      ephemeral_1h_input_tokens: 0,
    },
    inference_geo: null,
    output_tokens_details: null,
    service_tier: "standard",
    speed: "standard",
  };
}

function details({ content }: OutputMessage) {
  const thinking = content.reduce((sum, b) => sum + (b.type === "thinking" ? countTokens(b.thinking) : 0), 0);
  return { output_tokens_details: { thinking_tokens: thinking } };
}

function stopDetails({ stopReason }: OutputMessage) {
  return stopReason === "refusal" ? { type: "refusal", category: null, explanation: "A scripted refusal." } : null;
}
