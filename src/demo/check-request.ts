import * as z from "zod";
import { checkImage } from "./check-image";
import { checkWebBlocks, checkWebTools } from "./check-web";
import { blocksOf, type CountRequest, type RequestBlock } from "./request";
import { signatureOf } from "./signature";

/**
 * What the API would refuse in a well-formed body, in its words; undefined when it would take it. A tool nobody
 * offered is refused as a choice but not in the history: a real model may invent one, and its answer is an error result.
 */
export function checkRequest(request: CountRequest): string | undefined {
  return (
    checkEffort(request) ??
    checkTools(request) ??
    checkWebTools(request) ??
    checkBreakpoints(request) ??
    checkContent(request) ??
    checkPairs(groupsOf(request)) ??
    checkWebBlocks(groupsOf(request)) ??
    checkToolsOffered(request)
  );
}

const EFFORTS: readonly unknown[] = ["low", "medium", "high", "xhigh", "max"];
/** Models from before there were efforts, and before there was adaptive thinking. Source: the API's pages on both. */
const NO_EFFORT = /^claude-(?:haiku|sonnet)-4-5|^claude-(?:opus|sonnet)-4(?:-[01])?(?:-\d{8})?$/u;
const NO_ADAPTIVE = /^claude-(?:haiku|sonnet|opus)-4(?:-[015])?(?:-\d{8})?$/u;
/** Models that think whatever one asks for. */
const ALWAYS_ADAPTIVE = /^claude-(?:opus|sonnet|haiku)-5-5(?:-\d{8})?$|^claude-(?:fable|mythos)-5/u;

const OutputConfig = z.looseObject({ effort: z.unknown() });

function checkEffort({ model, output_config: output, thinking }: CountRequest): string | undefined {
  const { effort } = OutputConfig.safeParse(output).data ?? {};
  if (effort !== undefined && effort !== null && !EFFORTS.includes(effort))
    return "output_config.effort: Input should be 'low', 'medium', 'high', 'xhigh' or 'max'";
  if (effort !== undefined && effort !== null && NO_EFFORT.test(model))
    return "This model does not support the effort parameter.";
  if (thinking?.type === "adaptive" && NO_ADAPTIVE.test(model))
    return "adaptive thinking is not supported on this model";
  if (thinking !== undefined && thinking.type !== "adaptive" && ALWAYS_ADAPTIVE.test(model))
    return `"thinking.type.${thinking.type}" is not supported for this model. Use "thinking.type.adaptive" and "output_config.effort" to control thinking behavior.`;
  return undefined;
}

function checkTools({ tools = [], tool_choice: choice }: CountRequest): string | undefined {
  const names = new Set<string>();
  for (const [i, tool] of tools.entries()) {
    if (names.has(tool.name)) return "tools: Tool names must be unique.";
    names.add(tool.name);
    const custom = tool.type === undefined || tool.type === null || tool.type === "custom";
    if (custom && tool.input_schema === undefined) return `tools.${i}.custom.input_schema: Field required`;
  }
  if (choice?.type === "tool" && !names.has(choice.name ?? ""))
    return `tool_choice: Tool '${choice.name ?? ""}' not found in provided tools`;
  return undefined;
}

const MAX_BREAKPOINTS = 4;

function checkBreakpoints(request: CountRequest): string | undefined {
  const system = typeof request.system === "string" ? [] : (request.system ?? []);
  const blocks = [
    request,
    ...(request.tools ?? []),
    ...system,
    ...request.messages.flatMap((m) => blocksOf(m.content)),
  ];
  const found = blocks.filter((block) => (block["cache_control"] ?? null) !== null).length;
  if (found > MAX_BREAKPOINTS)
    return `A maximum of ${MAX_BREAKPOINTS} blocks with cache_control may be provided. Found ${found}.`;
  return undefined;
}

function checkContent({ messages }: CountRequest): string | undefined {
  if (messages.length === 0) return "messages: at least one message is required";
  if (messages[0]?.role !== "user") return 'messages: first message must use the "user" role';
  for (const [i, message] of messages.entries()) {
    const blocks = blocksOf(message.content);
    const optional = i === messages.length - 1 && message.role === "assistant";
    if ((blocks.length === 0 || message.content === "") && !optional)
      return `messages.${i}: all messages must have non-empty content except for the optional final assistant message`;
    for (const [j, block] of blocks.entries()) {
      const problem = checkBlock(block, message.role);
      if (problem !== undefined) return `messages.${i}.content.${j}: ${problem}`;
    }
  }
  return undefined;
}

function checkBlock(block: RequestBlock, role: "user" | "assistant"): string | undefined {
  const text = block["text"];
  switch (block.type) {
    case "text":
      if (typeof text !== "string") return "text: Field required";
      if (text === "") return "text content blocks must be non-empty";
      return text.trim() === "" ? "text content blocks must contain non-whitespace text" : undefined;
    case "tool_use":
      if (role === "user") return "`tool_use` blocks can only be in `assistant` messages";
      if (typeof block["id"] !== "string" || typeof block["name"] !== "string") return "id, name: Field required";
      if (typeof block["input"] !== "object" || block["input"] === null)
        return "tool_use.input: Input should be a valid dictionary";
      return undefined;
    case "tool_result":
      if (role === "assistant") return "`tool_result` blocks can only be in `user` messages";
      if (typeof block["tool_use_id"] !== "string") return "tool_use_id: Field required";
      return imagesIn(block)
        .map(checkImage)
        .find((problem) => problem !== undefined);
    case "image":
      return role === "assistant" ? "`image` blocks can only be in `user` messages" : checkImage(block);
    case "thinking":
      return block["signature"] === signatureOf(String(block["thinking"]))
        ? undefined
        : "Invalid `signature` in `thinking` block";
    default:
      return undefined;
  }
}

const Blocks = z.array(z.looseObject({ type: z.string() }));

function imagesIn({ content }: RequestBlock): readonly RequestBlock[] {
  const blocks = Blocks.safeParse(content).data ?? [];
  return blocks.filter(({ type }) => type === "image");
}

interface Group {
  readonly role: "user" | "assistant";
  /** Of the first message in it. */
  readonly index: number;
  readonly blocks: readonly RequestBlock[];
}

/** The API joins messages of one role in a row; that is also how a paused turn is carried on. */
function groupsOf({ messages }: CountRequest): readonly Group[] {
  const groups: Group[] = [];
  for (const [index, { role, content }] of messages.entries()) {
    const last = groups.at(-1);
    if (last?.role === role) groups[groups.length - 1] = { ...last, blocks: [...last.blocks, ...blocksOf(content)] };
    else groups.push({ role, index, blocks: blocksOf(content) });
  }
  return groups;
}

function checkPairs(groups: readonly Group[]): string | undefined {
  const seen = new Set<string>();
  for (const [i, group] of groups.entries()) {
    const previous = new Set(idsOf(groups[i - 1]?.blocks ?? [], "tool_use", "id"));
    const results = idsOf(group.blocks, "tool_result", "tool_use_id");
    const at = `messages.${group.index}`;
    const stray = results.find((id) => !previous.has(id));
    if (stray !== undefined)
      return `${at}: unexpected \`tool_use_id\` found in \`tool_result\` blocks: ${stray}. Each \`tool_result\` block must have a corresponding \`tool_use\` block in the previous message.`;
    const twice = results.find((id, j) => results.indexOf(id) !== j);
    if (twice !== undefined)
      return `${at}: each tool_use must have a single result. Found multiple \`tool_result\` blocks with id: ${twice}`;
    if (group.role === "user") continue;
    const calls = idsOf(group.blocks, "tool_use", "id");
    const repeated = calls.find((id, j) => seen.has(id) || calls.indexOf(id) !== j);
    if (repeated !== undefined) return `${at}: \`tool_use\` ids must be unique`;
    for (const id of calls) seen.add(id);
    // Only the results at the head of the next message count: text before them is what the API refuses too.
    const next = groups[i + 1]?.blocks ?? [];
    const end = next.findIndex((block) => block.type !== "tool_result");
    const head = idsOf(end === -1 ? next : next.slice(0, end), "tool_result", "tool_use_id");
    const open = calls.filter((id) => !head.includes(id));
    if (open.length > 0)
      return `${at}: \`tool_use\` ids were found without \`tool_result\` blocks immediately after: ${open.join(", ")}. Each \`tool_use\` block must have a corresponding \`tool_result\` block in the next message.`;
  }
  return undefined;
}

function checkToolsOffered({ messages, tools = [] }: CountRequest): string | undefined {
  const used = messages.some(({ content }) => blocksOf(content).some((block) => block.type === "tool_use"));
  return used && tools.length === 0
    ? "Requests which have `tool_use` or `tool_result` blocks in their messages must define tools."
    : undefined;
}

function idsOf(blocks: readonly RequestBlock[], type: string, key: string): readonly string[] {
  const ids = blocks.filter((block) => block.type === type).map((block) => block[key]);
  return ids.map((id) => (typeof id === "string" ? id : ""));
}
