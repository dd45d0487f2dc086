import type { Anthropic } from "@anthropic-ai/sdk";

import { assertNever } from "../util/assert-never";
import { asksForThinking, supportedEffort } from "./efforts";
import type { Block, ImageBlock, Message, ModelRequest, ToolResultBlock } from "./model";
import { modelLimits, resolveModel } from "./models";
import { withUniqueIds } from "./unique-ids";
import { webTools } from "./web-tools";

/**
 * A request in the words of the Messages API. Tools and system text depend on nothing but themselves, so they are the
 * same to the byte for all workers of a role; the cache is marked after the tools, after the system text and
 * after the last two user messages (four breakpoints are allowed; the one before the last is where the turn
 * before this one ended, which may be further back than the API looks by itself).
 */
export function toParams(request: ModelRequest): Anthropic.MessageCreateParamsStreaming {
  const model = resolveModel(request.model);
  const system = request.system.toWellFormed();
  const tools = toTools(request.tools, request.web === undefined ? [] : webTools(model, request.web));
  const effort = supportedEffort(model, request.effort);
  return {
    model,
    max_tokens: Math.min(request.maxTokens, modelLimits(model).maxOutputTokens),
    ...(tools.length === 0 ? {} : { tools }),
    ...(tools.length === 0 || request.toolChoice === undefined ? {} : { tool_choice: { type: "none" } }),
    ...(system === "" ? {} : { system: [{ type: "text", text: system, cache_control: CACHE }] }),
    messages: toMessages(request.messages),
    ...(effort === undefined ? {} : { output_config: { effort } }),
    ...(effort !== undefined && asksForThinking(model) ? { thinking: { type: "adaptive" } } : {}),
    stream: true,
  };
}

const CACHE: Anthropic.CacheControlEphemeral = { type: "ephemeral" };
const CACHED_USER_MESSAGES = 2;

function toTools(tools: ModelRequest["tools"], web: readonly Anthropic.ToolUnion[]): Anthropic.ToolUnion[] {
  const own = tools.map(({ name, description, schema }): Anthropic.Tool => {
    // A schema of ours always describes an object; the API answers 400 to anything else.
    return { name, description, input_schema: { ...schema, type: "object" } };
  });
  return [...own, ...web].map((tool, index, all) =>
    index === all.length - 1 ? { ...tool, cache_control: CACHE } : tool,
  );
}

function toMessages(messages: readonly Message[]): Anthropic.MessageParam[] {
  // The API refuses empty text and empty messages; a model's empty last word is a fact, but not worth repeating.
  const sent = withUniqueIds(messages)
    .map(({ role, content }) => ({
      role,
      content: content.filter((block) => block.type !== "text" || block.text !== ""),
    }))
    .filter(({ content }) => content.length > 0);
  const cached = new Set(
    sent.flatMap(({ role }, index) => (role === "user" ? [index] : [])).slice(-CACHED_USER_MESSAGES),
  );
  return sent.map(({ role, content }, index) => {
    const marked = cached.has(index) ? content.findLastIndex((block) => block.type !== "opaque") : -1;
    return { role, content: content.map((block, at) => toBlock(block, at === marked ? { cache_control: CACHE } : {})) };
  });
}

function toBlock(
  block: Block,
  mark: { readonly cache_control?: Anthropic.CacheControlEphemeral },
): Anthropic.ContentBlockParam {
  switch (block.type) {
    case "text":
      // Half of a surrogate pair (text cut at a length) is not JSON to the API.
      return {
        type: "text",
        text: block.text.toWellFormed(),
        ...(block.citations === undefined ? {} : { citations: block.citations as Anthropic.TextCitationParam[] }),
        ...mark,
      };
    case "tool_use":
      return { type: "tool_use", id: block.id, name: block.name, input: block.input, ...mark };
    case "tool_result":
      return {
        type: "tool_result",
        tool_use_id: block.tool_use_id,
        content: resultContent(block),
        ...(block.is_error === undefined ? {} : { is_error: block.is_error }),
        ...mark,
      };
    case "image":
      return { ...toImage(block), ...mark };
    case "opaque":
      return block.raw as Anthropic.ContentBlockParam;
    default:
      return assertNever(block);
  }
}

/** Source: `ToolResultBlockParam` of @anthropic-ai/sdk 1.12.0, which takes images beside text. */
function resultContent({
  content,
  images = [],
}: ToolResultBlock): NonNullable<Anthropic.ToolResultBlockParam["content"]> {
  const text = content.toWellFormed();
  return images.length === 0 ? text : [{ type: "text", text }, ...images.map(toImage)];
}

function toImage({ mediaType, data }: ImageBlock): Anthropic.ImageBlockParam {
  return { type: "image", source: { type: "base64", media_type: mediaType, data } };
}
