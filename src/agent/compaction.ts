import type { Block, Message, TextBlock } from "../model/model";
import { estimateTokens } from "../model/token-estimate";

/** Share of a model's context window at which a conversation is compacted. Leaves room for an answer and its tool results. */
export const COMPACT_AT = 0.75;
/** Share of the window a conversation must shrink to by dropping old tool results, or it is summed up instead. */
export const DROPPING_SUFFICES_AT = 0.4;
/** Newest messages that keep their tool results. */
const KEPT_MESSAGES = 6;
/** Shorter results are not worth dropping, in characters. */
const SHORT_RESULT = 400;
/** What is left of a tool result where even the newest ones are too long, in characters. */
const CUT_RESULT = 2_000;

/** What the model is asked before its history goes. */
export const SUM_UP =
  "Your context window is nearly full: all of this conversation but your assignment will be replaced by what you write now. " +
  "Write it for yourself, as text, without calling a tool: what is done (files, and what changed in them), what you found out " +
  "(with file and line), decisions and why, what was tried and failed, what is to be done next.";

const SUMMED_UP =
  "(Your earlier work on this was too long for your context window and is left out. What you wrote down about it:)";

/**
 * The conversation without the results of tools called long ago. Thinking goes, too: newer models take it only with
 * what stood before it unchanged (platform.claude.com/docs/en/build-with-claude/thinking).
 */
export function dropOldResults(messages: readonly Message[], kept = KEPT_MESSAGES): readonly Message[] {
  const old = messages.length - kept;
  return messages.flatMap(({ role, content }, at): readonly Message[] => {
    const left = content
      .filter((block) => !isThinking(block))
      .flatMap((block) => (at < old ? dropped(block) : [block]));
    return left.length === 0 ? [] : [{ role, content: left }];
  });
}

/**
 * What to send so that the model sums the conversation up, in at most about `room` tokens: old results dropped, then the
 * oldest turns left out behind the assignment, then the newest results cut.
 */
export function askToSumUp(messages: readonly Message[], room: number): readonly Message[] {
  const [assignment, ...turns] = dropOldResults(messages);
  if (assignment === undefined) return [];
  const fits = (rest: readonly Message[]) => estimateTokens({ messages: [assignment, ...rest] }) <= room;
  let rest: readonly Message[] = turns;
  // A turn is an answer and what it was told about its calls; they go together.
  while (!fits(rest)) {
    const next = rest.findIndex(({ role }, at) => at > 0 && role === "assistant");
    if (next === -1) break;
    rest = rest.slice(next);
  }
  if (!fits(rest)) rest = rest.map(({ role, content }) => ({ role, content: content.map(cut) }));
  return joined([assignment, ...rest, { role: "user", content: [{ type: "text", text: SUM_UP }] }]);
}

/** What stands behind the assignment after a summary: the summary, and all the user said meanwhile. */
export function summaryBlocks(messages: readonly Message[], summary: string): readonly Block[] {
  const heard = messages.flatMap(({ role, content }) => (role === "user" ? content.filter(isFromUser) : []));
  return [{ type: "text", text: `${SUMMED_UP}\n${summary}` }, ...heard];
}

const FROM_USER = "Message from the user: ";

/** Words of the user, as a block that outlives a compaction. */
export function fromUser(text: string): TextBlock {
  return { type: "text", text: `${FROM_USER}${text}` };
}

function isFromUser(block: Block): boolean {
  return block.type === "text" && block.text.startsWith(FROM_USER);
}

function isOfTheWeb(raw: object): boolean {
  return "type" in raw && /^(?:server_tool_use|\w+_tool_result)$/u.test(String(raw.type));
}

/** Whether a block is what a model thought, signed by it. */
export function isThinking(block: Block): boolean {
  return block.type === "opaque" && "type" in block.raw && /^(?:redacted_)?thinking$/u.test(String(block.raw.type));
}

function dropped(block: Block): readonly Block[] {
  // What the web said goes with the question, and so does what refers to it.
  if (block.type === "opaque") return isOfTheWeb(block.raw) ? [] : [block];
  if (block.type === "text") return [{ type: "text", text: block.text }];
  if (block.type !== "tool_result") return [block];
  const { images = [], ...text } = block;
  if (block.content.length <= SHORT_RESULT) return [images.length === 0 ? block : text];
  return [
    {
      ...text,
      content: `(${block.content.length} characters dropped to save room; call the tool again if you need them.)`,
    },
  ];
}

function cut(block: Block): Block {
  if (block.type !== "tool_result" || block.content.length <= CUT_RESULT) return block;
  const left = block.content.length - CUT_RESULT;
  return { ...block, content: `${block.content.slice(0, CUT_RESULT).toWellFormed()}\n(${left} more characters cut.)` };
}

/** One message where two of a role stand in a row. */
function joined(messages: readonly Message[]): readonly Message[] {
  const all: Message[] = [];
  for (const message of messages) {
    const last = all.at(-1);
    if (last?.role === message.role)
      all[all.length - 1] = { role: last.role, content: [...last.content, ...message.content] };
    else all.push(message);
  }
  return all;
}
