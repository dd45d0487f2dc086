import { secretOf } from "../core/review/suspicious";
import type { SpokenBlock, SpokenMessage } from "../core/transcript";
import type { Span } from "./span";

/** Characters of one message's text, or of one tool's arguments or result, that go into a span. */
const MAX_CHARS = 20_000;

/**
 * Spans with what was said: messages since the answer before in each `chat`, its own answer, and arguments and results of each
 * tool. Lines that look like a secret are left out. Only for who asked for it.
 */
export function withContent(spans: readonly Span[], messages: readonly SpokenMessage[]): readonly Span[] {
  const files = new Map<string, SpokenMessage[]>();
  for (const message of messages) {
    const said = files.get(message.file);
    if (said === undefined) files.set(message.file, [message]);
    else said.push(message);
  }
  const calls = new Map<unknown, { input?: unknown; result?: unknown }>();
  for (const block of messages.flatMap(({ content }) => content)) {
    if (block.type === "tool_use") calls.set(block.id, { ...calls.get(block.id), input: block.input });
    if (block.type === "tool_result")
      calls.set(block.tool_use_id, { ...calls.get(block.tool_use_id), result: block.content });
  }
  return spans.map((span) => {
    const { attributes } = span;
    if (attributes["gen_ai.operation.name"] === "execute_tool") {
      const call = calls.get(attributes["gen_ai.tool.call.id"]);
      return call === undefined ? span : withAttributes(span, argumentsOf(call));
    }
    if (attributes["gen_ai.operation.name"] !== "chat") return span;
    for (const said of files.values()) {
      if (!isBy(said[0], span)) continue;
      const at = said.findIndex(({ role, at }) => role === "assistant" && at >= span.to);
      const answer = said[at];
      if (answer === undefined || answer.at - span.to > MAX_APART_MS) continue;
      const before = said.findLastIndex(({ role }, i) => i < at && role === "assistant");
      return withAttributes(span, {
        "gen_ai.input.messages": JSON.stringify(said.slice(before + 1, at).map(toMessage)),
        "gen_ai.output.messages": JSON.stringify([{ ...toMessage(answer), finish_reason: finishOf(span) }]),
      });
    }
    return span;
  });
}

// An answer is written down as soon as the log has its turn.
const MAX_APART_MS = 60_000;

/** Whether this transcript is of who made the call. */
function isBy(first: SpokenMessage | undefined, { attributes }: Span): boolean {
  if (first === undefined) return false;
  const role = attributes["gen_ai.agent.name"];
  if (first.subtask === null) return attributes["braid.subtask"] === undefined;
  return (
    first.subtask === attributes["braid.subtask"] &&
    first.attempt === attributes["braid.attempt"] &&
    first.file.includes("-review-") === (role === "reviewer")
  );
}

function finishOf({ attributes }: Span): string {
  const reasons = attributes["gen_ai.response.finish_reasons"];
  return (Array.isArray(reasons) ? reasons : [])[0] === "tool_use" ? "tool_call" : "stop";
}

function argumentsOf({ input, result }: { input?: unknown; result?: unknown }): Readonly<Record<string, string>> {
  return {
    ...(input === undefined ? {} : { "gen_ai.tool.call.arguments": textOf(input) }),
    ...(result === undefined ? {} : { "gen_ai.tool.call.result": textOf(result) }),
  };
}

/** A message in the form of gen-ai-input-messages.json of the conventions. */
function toMessage({ role, content }: SpokenMessage): { readonly role: string; readonly parts: readonly object[] } {
  return { role, parts: content.flatMap(partOf) };
}

function partOf(block: SpokenBlock): readonly object[] {
  if (block.type === "text") return [{ type: "text", content: textOf(block.text) }];
  if (block.type === "tool_use")
    return [{ type: "tool_call", id: block.id, name: block.name, arguments: textOf(block.input) }];
  if (block.type === "tool_result")
    return [{ type: "tool_call_response", id: block.tool_use_id, response: textOf(block.content) }];
  return [];
}

function withAttributes(span: Span, more: Readonly<Record<string, string>>): Span {
  return { ...span, attributes: { ...span.attributes, ...more } };
}

function textOf(value: unknown): string {
  const text = typeof value === "string" ? value : (JSON.stringify(value, withoutSecrets) ?? "");
  // Half of a secret at the cut would look like none.
  return withoutSecretLines(text.slice(0, MAX_CHARS + LOOK_CHARS)).slice(0, MAX_CHARS);
}

function withoutSecrets(_key: string, value: unknown): unknown {
  return typeof value === "string" ? withoutSecretLines(value) : value;
}

function withoutSecretLines(text: string): string {
  return text
    .split("\n")
    .map((line) => {
      const looksLike = secretIn(line);
      return looksLike === undefined ? line : `(a line that looks like ${looksLike} is left out)`;
    })
    .join("\n");
}

/** Characters of a line that are looked at in one go, and from one look to the next: no form of a secret is longer than what both see. */
const LOOK_CHARS = 4_000;
const STEP_CHARS = 500;

/** As {@link secretOf}, of all of a line: what came of a tool may be one line, and all of it goes to the collector. */
function secretIn(line: string): string | undefined {
  for (let at = 0; at === 0 || at + LOOK_CHARS - STEP_CHARS < line.length; at += STEP_CHARS) {
    const found = secretOf(line.slice(at, at + LOOK_CHARS));
    if (found !== undefined) return found;
  }
  return undefined;
}
