import type { ContextUse } from "../core/context-use";
import { failure, type Failure } from "../core/failure";
import { totalTokens } from "../core/usage";
import type { Block, Message, Model, ModelProgress, ModelReply, ModelRequest } from "../model/model";
import { modelLimits } from "../model/models";
import { estimateTokens } from "../model/token-estimate";
import { askToSumUp, COMPACT_AT, DROPPING_SUFFICES_AT, dropOldResults, summaryBlocks } from "./compaction";

type Answer = Extract<ModelReply, { kind: "message" }>;

/** How a conversation was made shorter; sizes in tokens, `after` by estimate. */
export interface Compaction {
  readonly before: number;
  readonly after: number;
  /** The call that summed it up; absent where dropping old tool results was enough. */
  readonly reply?: Answer;
}

/** What a conversation is held with. */
export interface ConversationOptions {
  readonly model: Model;
  /** What all calls have in common. */
  readonly request: Omit<ModelRequest, "messages">;
  readonly signal: AbortSignal;
  /** Asked before a summary is paid for. */
  readonly mayContinue: () => Failure | undefined;
  /** Hears each message once, in order. */
  readonly onMessage: (message: Message) => void;
  /** Resolves when it is on record; the shorter conversation is used only then. */
  readonly onCompact: (compaction: Compaction) => Promise<void>;
  readonly onProgress: (progress: ModelProgress) => void;
}

/** The messages of one agent, in the form the API takes them, and short enough for the model's context window. */
export interface Conversation {
  readonly messages: readonly Message[];
  push(message: Message): void;
  /** Makes it shorter where the next call might not fit. A failure says why the agent cannot go on. */
  fit(): Promise<Failure | undefined>;
  /** Takes note of how long it is with this answer, which is yet to be pushed, and says so. */
  answered(reply: Answer): ContextUse;
  /** It did not fit, for this reason: makes it shorter, once. A failure says that this was no help, or cannot be done. */
  overflowed(why: Failure): Promise<Failure | undefined>;
}

/** A conversation with nothing in it yet; what is pushed first is the assignment, which stays as it is for ever. */
export function openConversation(options: ConversationOptions): Conversation {
  const { request } = options;
  const window = modelLimits(request.model).contextTokens;
  let messages: readonly Message[] = [];
  let assignment: readonly Block[] = [];
  let counted: Counted | undefined;
  let helped = true;

  const estimate = (all: readonly Message[]) =>
    estimateTokens({ system: request.system, tools: request.tools, messages: all });
  const size = (): number =>
    counted === undefined
      ? estimate(messages)
      : counted.tokens + estimateTokens({ messages: messages.slice(counted.messages) });

  /** How many messages there are with the next answer; that of a paused turn goes on in the same one. */
  const withAnswer = () => messages.length + (messages.at(-1)?.role === "assistant" ? 0 : 1);

  /** Drops old results where that brings it to `enough` tokens; else has it summed up, asking with at most `room`. */
  const compact = async (enough: number, room: number): Promise<Failure | undefined> => {
    const before = size();
    // The API's count and ours differ by a factor that holds for what is left, too.
    const sizeOf = (all: readonly Message[]) => Math.round((before * estimate(all)) / estimate(messages));
    const trimmed = dropOldResults(messages);
    if (sizeOf(trimmed) <= enough) {
      await options.onCompact({ before, after: sizeOf(trimmed) });
      messages = trimmed;
      counted = undefined;
      return undefined;
    }
    const stop = options.mayContinue();
    if (stop !== undefined) return stop;
    const reply = await options.model.respond(
      {
        ...request,
        messages: askToSumUp(messages, room),
        toolChoice: "none",
        // Thinking counts towards the answer's length, and this one needs little.
        ...(request.effort === undefined ? {} : { effort: "low" }),
      },
      { signal: options.signal, onProgress: options.onProgress },
    );
    options.signal.throwIfAborted();
    if (reply.kind === "failed") return reply.failure;
    const summary = textOf(reply.content);
    const added = summary === "" ? [] : summaryBlocks(messages, summary);
    const shorter: readonly Message[] =
      summary === "" ? messages : [{ role: "user", content: [...assignment, ...added] }];
    await options.onCompact({ before, after: sizeOf(shorter), reply });
    if (summary === "") return failure("model.context", NO_SUMMARY, { hint: SMALLER });
    messages = shorter;
    counted = undefined;
    options.onMessage({ role: "user", content: added });
    return undefined;
  };

  return {
    get messages() {
      return messages;
    },
    push(message) {
      if (message.content.length === 0) return;
      const last = messages.at(-1);
      if (last === undefined) assignment = message.content;
      messages =
        last?.role === message.role
          ? messages.with(messages.length - 1, { role: last.role, content: [...last.content, ...message.content] })
          : [...messages, message];
      options.onMessage(message);
    },
    async fit() {
      // A paused turn is taken up as it stands.
      if (messages.length < 2 || messages.at(-1)?.role === "assistant" || size() < window * COMPACT_AT)
        return undefined;
      return compact(window * DROPPING_SUFFICES_AT, window * COMPACT_AT);
    },
    answered(reply) {
      helped ||= reply.stopReason !== "context";
      // Each step of a server's tool counts the conversation again, so the sum says nothing of its length.
      counted =
        reply.usage.webSearches === undefined
          ? { tokens: reply.contextTokens ?? totalTokens(reply.usage), messages: withAnswer() }
          : undefined;
      return counted === undefined
        ? { tokens: estimate([...messages, { role: "assistant", content: reply.content }]), window, isEstimate: true }
        : { tokens: counted.tokens, window };
    },
    async overflowed(why) {
      if (!helped || messages.length < 2) return why;
      helped = false;
      // Whatever the window is said to hold, this was too much.
      const half = size() / 2;
      return compact(Math.min(half, window * DROPPING_SUFFICES_AT), Math.min(half, window * COMPACT_AT));
    },
  };
}

const NO_SUMMARY = "The context window is full, and the model did not sum its work up.";
const SMALLER = "Retry the subtask with smaller steps, or split it.";

/** Tokens of the first so many messages, as the API counted them. */
interface Counted {
  readonly tokens: number;
  readonly messages: number;
}

function textOf(content: readonly Block[]): string {
  return content
    .flatMap((block) => (block.type === "text" ? [block.text] : []))
    .join("\n")
    .trim();
}
