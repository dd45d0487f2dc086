import type { Facts } from "./facts";
import type { Choice } from "./player";
import { countTokens, type InputUsage } from "./prompt-cache";
import type { ReplyBlock, Rule } from "./rule";
import type { Scenario } from "./scenario";
import { signatureOf } from "./signature";
import { expandObject, expandText, type TemplateValues } from "./template";

/** A block as the API's JSON has it, but a tool's input still as text, for it may be cut in the middle. */
export type OutputBlock =
  | { readonly type: "text"; readonly text: string }
  | { readonly type: "thinking"; readonly thinking: string; readonly signature: string }
  | { readonly type: "tool_use"; readonly id: string; readonly name: string; readonly json: string }
  | { readonly type: "raw"; readonly block: Readonly<Record<string, unknown>> };

/** A finished message of the demo model. */
export interface OutputMessage {
  readonly id: string;
  readonly model: string;
  readonly content: readonly OutputBlock[];
  readonly stopReason: string;
  readonly usage: OutputUsage;
}

/** The API's counters. */
export interface OutputUsage {
  readonly input_tokens: number;
  readonly output_tokens: number;
  readonly cache_creation_input_tokens: number;
  readonly cache_read_input_tokens: number;
  readonly server_tool_use: { readonly web_search_requests: number; readonly web_fetch_requests: number } | null;
}

/** Says what the rule says. Without a rule, or without its `reply`, a short text that owns up to being scripted. */
export function composeReply(input: {
  readonly choice: Choice | undefined;
  readonly facts: Facts;
  readonly scenario: Scenario;
  readonly usage: InputUsage;
}): OutputMessage {
  const { choice, facts, scenario, usage } = input;
  const rule: Partial<Rule> = choice?.rule ?? {};
  const values = valuesOf(facts, choice?.match ?? [], scenario.goal);
  const said = rule.reply ?? [{ type: "text", text: choice === undefined ? UNMATCHED : WITHOUT_REPLY }];
  const key = usage.fingerprint.slice(0, 16);
  const content = cutTool(
    said.map((block, i) => toOutput(block, { values, id: `toolu_demo_${key}_${i}` })),
    rule.fault,
  );
  const tokens = content.reduce((sum, block) => sum + countTokens(wordsOf(block)), 0);
  return {
    id: `msg_demo_${key}`,
    model: facts.model,
    content,
    stopReason: rule.stop_reason ?? defaultStop(content, rule.fault),
    usage: {
      input_tokens: rule.usage?.input_tokens ?? usage.input,
      // Never zero: the API counts at least one token even for an empty answer.
      output_tokens: rule.usage?.output_tokens ?? Math.max(1, tokens),
      cache_creation_input_tokens: rule.usage?.cache_creation_input_tokens ?? usage.cacheWrite,
      cache_read_input_tokens: rule.usage?.cache_read_input_tokens ?? usage.cacheRead,
      server_tool_use: serverToolUse(content),
    },
  };
}

/** How often a server's tool stands in a message, as the API bills it. */
function serverToolUse(content: readonly OutputBlock[]): OutputUsage["server_tool_use"] {
  const count = (name: string) =>
    content.filter(
      (block) => block.type === "raw" && block.block["type"] === "server_tool_use" && block.block["name"] === name,
    ).length;
  const [searches, fetches] = [count("web_search"), count("web_fetch")];
  return searches + fetches === 0 ? null : { web_search_requests: searches, web_fetch_requests: fetches };
}

/** The part of a block that streams as deltas. */
export function wordsOf(block: OutputBlock): string {
  switch (block.type) {
    case "text":
      return block.text;
    case "thinking":
      return block.thinking;
    case "tool_use":
      return block.json;
    case "raw":
      return "";
  }
}

const UNMATCHED = "Scripted answer of the Braid demo model: no rule of its scenario fits this request.";
const WITHOUT_REPLY = "Scripted answer of the Braid demo model.";

function valuesOf(facts: Facts, match: readonly string[], goal = ""): TemplateValues {
  return {
    goal: facts.goal === "" ? goal : facts.goal,
    role: facts.role,
    subtask: facts.subtask,
    attempt: String(facts.attempt),
    turn: String(facts.turn),
    model: facts.model,
    last_result: facts.lastResult,
    match,
  };
}

function toOutput(
  block: ReplyBlock,
  { values, id }: { readonly values: TemplateValues; readonly id: string },
): OutputBlock {
  switch (block.type) {
    case "text":
      return { type: "text", text: expandText(block.text, values) };
    case "thinking": {
      const thinking = expandText(block.thinking, values);
      return { type: "thinking", thinking, signature: signatureOf(thinking) };
    }
    case "tool": {
      const name = expandText(block.name, values);
      return {
        type: "tool_use",
        id: block.id ?? id,
        name,
        json: JSON.stringify(expandObject(block.input, values)),
      };
    }
    case "raw":
      return { type: "raw", block: expandObject(block.block, values) };
  }
}

function defaultStop(content: readonly OutputBlock[], fault: Rule["fault"]): string {
  if (fault?.kind === "truncated_tool") return "max_tokens";
  return content.some(({ type }) => type === "tool_use") ? "tool_use" : "end_turn";
}

/** What `max_tokens` in the middle of a call leaves behind: nothing follows, and its JSON does not close. */
function cutTool(content: readonly OutputBlock[], fault: Rule["fault"]): readonly OutputBlock[] {
  if (fault?.kind !== "truncated_tool") return content;
  const i = content.findLastIndex(({ type }) => type === "tool_use");
  const tool = content[i];
  if (tool?.type !== "tool_use") return content;
  const keep = fault.keep_chars ?? Math.floor(tool.json.length / 2);
  return [...content.slice(0, i), { ...tool, json: tool.json.slice(0, keep) }];
}
