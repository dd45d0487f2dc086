import * as z from "zod";

const Block = z.looseObject({ type: z.string() });
const Content = z.union([z.string(), z.array(Block)], { error: "Input should be a string or a list of blocks" });
const Tool = z.looseObject({
  name: z.string().regex(/^[\w-]{1,128}$/u, "String should match pattern '^[a-zA-Z0-9_-]{1,128}$'"),
  type: z.string().nullish(),
  input_schema: z.looseObject({ type: z.literal("object") }).optional(),
});
const anything = z.unknown().optional();

/** What both endpoints take; the names are those of the SDK's `MessageCreateParamsBase` and the sampling ones. */
const shared = {
  model: z.string().min(1),
  messages: z.array(z.strictObject({ role: z.enum(["user", "assistant"]), content: Content })),
  system: z.union([z.string(), z.array(Block)]).optional(),
  tools: z.array(Tool).optional(),
  tool_choice: z.looseObject({ type: z.string(), name: z.string().optional() }).optional(),
  cache_control: z.unknown().optional(),
  thinking: z.looseObject({ type: z.string(), budget_tokens: z.int().min(1024).optional() }).optional(),
  output_config: anything,
  speed: anything,
  user_profile_id: anything,
  workspace_id: anything,
};

/** The body of `POST /v1/messages`. */
export const MessagesRequest = z.strictObject({
  ...shared,
  max_tokens: z.int().min(1),
  stream: z.boolean().optional(),
  stop_sequences: z.array(z.string()).optional(),
  container: anything,
  context_management: anything,
  diagnostics: anything,
  inference_geo: anything,
  metadata: anything,
  service_tier: anything,
  temperature: anything,
  top_k: anything,
  top_p: anything,
});
export type MessagesRequest = z.output<typeof MessagesRequest>;

/** The body of `POST /v1/messages/count_tokens`. */
export const CountRequest = z.strictObject(shared);
export type CountRequest = z.output<typeof CountRequest>;

/** A content block as it came. */
export type RequestBlock = z.output<typeof Block>;

/** The blocks of a message; a plain string is one text block. */
export function blocksOf(content: string | readonly RequestBlock[]): readonly RequestBlock[] {
  return typeof content === "string" ? [{ type: "text", text: content }] : content;
}

/** All text in a block: its own, or that of a tool result's content. */
export function textOf(block: RequestBlock): string {
  if (typeof block["text"] === "string") return block["text"];
  const content = block["content"];
  if (typeof content === "string") return content;
  if (!Array.isArray(content)) return "";
  return content.map((part) => (isTextBlock(part) ? part.text : "")).join("\n");
}

/** The first thing wrong with a body's shape, in the API's own manner: `messages.0.role: Field required`. */
export function describeIssue(error: z.ZodError): string {
  const issue = error.issues[0];
  if (issue === undefined) return "Invalid request";
  const path = issue.path.join(".");
  if (issue.code === "unrecognized_keys")
    return `${[...issue.path, ...issue.keys.slice(0, 1)].join(".")}: Extra inputs are not permitted`;
  if (issue.code === "invalid_type" && issue.input === undefined && issue.message.endsWith("received undefined"))
    return `${path}: Field required`;
  return path === "" ? issue.message : `${path}: ${issue.message}`;
}

function isTextBlock(part: unknown): part is { readonly text: string } {
  return typeof part === "object" && part !== null && "text" in part && typeof part.text === "string";
}
