import * as z from "zod";

/** A text to compare with: a plain string as it is, or `/source/flags` as a regular expression. */
export type Pattern = string | RegExp;
const Pattern = z.string().transform((text, context): Pattern => {
  const [, source, flags = ""] = /^\/(.+)\/([imsu]*)$/su.exec(text) ?? [];
  if (source === undefined) return text;
  try {
    return new RegExp(source, flags);
  } catch (error) {
    context.addIssue({ code: "custom", message: error instanceof Error ? error.message : String(error) });
    return z.NEVER;
  }
});
const Patterns = z.preprocess((value) => (Array.isArray(value) ? value : [value]), z.array(Pattern).min(1));

/** A span of counting numbers, both ends included; written `2`, `2..4` or `2..`. */
export interface Span {
  readonly from: number;
  readonly to: number;
}
const SPAN_FORM = 'expected a number, "2.." or "2..4"';
const Span = z
  .union([z.int(SPAN_FORM), z.string().regex(/^\d+\.\.(\d+)?$/u, SPAN_FORM)], { error: SPAN_FORM })
  .transform((value): Span => {
    if (typeof value === "number") return { from: value, to: value };
    const [from, to] = value.split("..");
    return { from: Number(from), to: to === undefined || to === "" ? Number.POSITIVE_INFINITY : Number(to) };
  });

const When = z.strictObject({
  role: Patterns.optional(),
  subtask: Patterns.optional(),
  attempt: Span.optional(),
  turn: Span.optional(),
  model: Patterns.optional(),
  contains: Pattern.optional(),
  system_contains: Pattern.optional(),
  last_tool: Patterns.optional(),
  last_result_contains: Pattern.optional(),
  last_result_error: z.boolean().optional(),
  times: z.int().min(1).optional(),
  probability: z.number().min(0).max(1).optional(),
});
export type When = z.output<typeof When>;

/** One content block of a reply, before its templates are filled in. */
export type ReplyBlock =
  | { readonly type: "text"; readonly text: string }
  | { readonly type: "thinking"; readonly thinking: string }
  | {
      readonly type: "tool";
      readonly name: string;
      readonly input: Readonly<Record<string, unknown>>;
      readonly id?: string;
    }
  /** A block sent as it stands, of a type this model does not speak: unknown, redacted thinking, a server's tool. */
  | { readonly type: "raw"; readonly block: Readonly<Record<string, unknown>> };
const ReplyBlock = z
  .strictObject({
    text: z.string().optional(),
    thinking: z.string().optional(),
    tool: z.string().min(1).optional(),
    input: z.record(z.string(), z.unknown()).optional(),
    id: z.string().min(1).optional(),
    raw: z.looseObject({ type: z.string().min(1) }).optional(),
  })
  .transform(({ text, thinking, tool, input, id, raw }, context): ReplyBlock => {
    const given = [text, thinking, tool, raw].filter((value) => value !== undefined).length;
    if (given !== 1)
      context.addIssue({ code: "custom", message: "expected exactly one of text, thinking, tool and raw" });
    if (tool === undefined && (input !== undefined || id !== undefined))
      context.addIssue({ code: "custom", message: "input and id belong to a tool" });
    if (text !== undefined) return { type: "text", text };
    if (thinking !== undefined) return { type: "thinking", thinking };
    if (raw !== undefined) return { type: "raw", block: raw };
    return { type: "tool", name: tool ?? "", input: input ?? {}, ...(id === undefined ? {} : { id }) };
  });

/** Waiting times of the demo model, in milliseconds at speed 1. */
export const Latency = z.strictObject({
  first_token_ms: z.number().min(0).default(0),
  per_token_ms: z.number().min(0).default(0),
});
export type Latency = z.output<typeof Latency>;

/** Where in a response something happens; after everything when neither is given. */
const place = { after_bytes: z.int().min(0).optional(), after_events: z.int().min(0).optional() };

/** Something that goes wrong on purpose. Which of F01 to F24 each one plays stands in SCENARIO.md. */
export const Fault = z.discriminatedUnion("kind", [
  z.strictObject({
    kind: z.literal("status"),
    status: z.int().min(300).max(599),
    type: z.string().optional(),
    message: z.string().optional(),
    retry_after: z.union([z.string(), z.number()]).optional(),
    headers: z.record(z.string(), z.string()).default({}),
  }),
  z.strictObject({
    kind: z.literal("stall"),
    at: z.enum(["headers", "stream"]),
    ping_every_ms: z.int().min(1).optional(),
    ...place,
  }),
  z.strictObject({ kind: z.literal("cut"), by: z.enum(["eof", "reset"]), ...place }),
  z.strictObject({
    kind: z.literal("error_event"),
    type: z.string().default("overloaded_error"),
    message: z.string().default("Overloaded"),
    after_events: z.int().min(0).optional(),
  }),
  z.strictObject({
    kind: z.literal("inject"),
    event: z.enum(["malformed", "unknown_event", "duplicate_start"]),
    after_events: z.int().min(0).optional(),
  }),
  z.strictObject({ kind: z.literal("chunks"), bytes: z.int().min(1) }),
  z.strictObject({ kind: z.literal("truncated_tool"), keep_chars: z.int().min(0).optional() }),
]);
export type Fault = z.output<typeof Fault>;

/** One rule of a scenario: when it answers, and what. */
export const Rule = z.strictObject({
  name: z.string().optional(),
  when: When.default({}),
  reply: z.array(ReplyBlock).optional(),
  stop_reason: z
    .enum([
      "end_turn",
      "tool_use",
      "max_tokens",
      "stop_sequence",
      "pause_turn",
      "refusal",
      "model_context_window_exceeded",
    ])
    .optional(),
  usage: z
    .strictObject({
      input_tokens: z.int().min(0).optional(),
      output_tokens: z.int().min(0).optional(),
      cache_creation_input_tokens: z.int().min(0).optional(),
      cache_read_input_tokens: z.int().min(0).optional(),
    })
    .optional(),
  latency: Latency.partial().optional(),
  fault: Fault.optional(),
});
export type Rule = z.output<typeof Rule>;
