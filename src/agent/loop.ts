import type { ToolRun } from "../core/api-call";
import type { ContextUse } from "../core/context-use";
import type { Effort } from "../core/effort";
import type { WebDomains } from "../core/web";
import { failure, type Failure } from "../core/failure";
import type {
  Block,
  ImageBlock,
  Message,
  Model,
  ModelProgress,
  ModelReply,
  TextBlock,
  ToolResultBlock,
  ToolSpec,
  ToolUseBlock,
} from "../model/model";
import { assertNever } from "../util/assert-never";
import { fromUser } from "./compaction";
import { type Compaction, openConversation } from "./conversation";
import { webSteps } from "./web-use";
import type { Tool, ToolContext, ToolOutput } from "./tool";

/** Messages in a row that may be cut at the token limit before the agent is given up. */
const MAX_CUT_MESSAGES = 3;
/** Pauses of a server-side tool in a row before the agent is given up. */
const MAX_PAUSES = 10;

/** How an agent says it is done: one tool, and what to make of a turn that ends without it. */
export interface Conclusion<T> {
  readonly spec: ToolSpec;
  /** Judges the input of the concluding call. */
  conclude(input: unknown): Promise<Verdict<T>>;
  /** Judges a turn that ended in text alone. */
  concludeText(text: string): Promise<Verdict<T>>;
}

/** Done, not yet (with words for the model), or given up. */
export type Verdict<T> =
  | { readonly kind: "done"; readonly value: T }
  | { readonly kind: "again"; readonly say: string }
  | { readonly kind: "failed"; readonly failure: Failure };

/** Something an agent is doing right now; shown while it happens and then forgotten. */
export type AgentActivity =
  | ModelProgress
  | { readonly type: "call"; readonly name: string; readonly input: unknown }
  | { readonly type: "result"; readonly name: string; readonly isError: boolean; readonly content: string };

/** A complete turn, reported before any of its tools run. */
export interface Turn {
  readonly turn: number;
  readonly reply: Extract<ModelReply, { kind: "message" }>;
  /** How full the conversation is with it. */
  readonly context: ContextUse;
}

/** What one agent is made of. */
export interface AgentOptions<T> {
  readonly model: Model;
  readonly modelId: string;
  readonly system: string;
  readonly tools: readonly Tool[];
  readonly conclusion: Conclusion<T>;
  /** The first message. */
  readonly assignment: string;
  /** What belongs to it, before its text. */
  readonly images?: readonly ImageBlock[];
  readonly context: ToolContext;
  readonly maxTurns: number;
  /** Longest answer, in tokens. */
  readonly maxTokens: number;
  readonly effort?: Effort | undefined;
  /** Where it may look in the web; not at all where absent. */
  readonly web?: WebDomains | undefined;
  /** What the user has said since it was last asked; told with the next tool results. */
  readonly inbox?: () => readonly string[];
  /** Asked before each call; a failure stops the agent softly. */
  readonly mayContinue: () => Failure | undefined;
  readonly onTurn: (turn: Turn) => Promise<void>;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** The tools of a turn have ended. */
  readonly onTools: (tools: { readonly turn: number; readonly runs: readonly ToolRun[] }) => Promise<void>;
  /** A conversation that grew too long was made shorter. */
  readonly onCompact: (compaction: Compaction) => Promise<void>;
  readonly onMessage: (message: Message) => void;
  readonly onActivity: (activity: AgentActivity) => void;
}

/** How an agent ended. */
export type AgentOutcome<T> =
  | { readonly kind: "done"; readonly value: T }
  | { readonly kind: "failed"; readonly failure: Failure };

/**
 * The one loop for every role: ask, run the tools of a complete message, ask again, until the conclusion is reached or
 * a limit is. Tools run only when the turn ended with `tool_use`. Rejects when the context's signal aborts.
 */
export async function runAgent<T>(options: AgentOptions<T>): Promise<AgentOutcome<T>> {
  const { signal } = options.context;
  const common = {
    model: options.modelId,
    system: options.system,
    tools: [...options.tools.map((tool) => tool.spec), options.conclusion.spec],
    maxTokens: options.maxTokens,
    ...(options.effort === undefined ? {} : { effort: options.effort }),
    ...(options.web === undefined ? {} : { web: options.web }),
  };
  const conversation = openConversation({ ...options, request: common, signal, onProgress: options.onActivity });
  const push = (message: Message): void => conversation.push(message);
  const say = (text: string): void => push({ role: "user", content: [{ type: "text", text }] });
  let cut = 0;
  let pauses = 0;
  push({ role: "user", content: [...(options.images ?? []), { type: "text", text: options.assignment }] });

  for (let turn = 1; turn <= options.maxTurns; turn += 1) {
    signal.throwIfAborted();
    const stop = options.mayContinue() ?? (await conversation.fit());
    if (stop !== undefined) return { kind: "failed", failure: stop };
    const request = { ...common, messages: conversation.messages };
    const reply = await options.model.respond(request, { signal, onProgress: options.onActivity });
    signal.throwIfAborted();
    if (reply.kind === "failed") {
      const why = reply.failure.code === "model.context" ? await conversation.overflowed(reply.failure) : reply.failure;
      if (why !== undefined) return { kind: "failed", failure: why };
      continue;
    }
    const context = conversation.answered(reply);
    await options.onTurn({ turn, reply, context });
    for (const step of webSteps(reply.content))
      options.onActivity({ type: "call", name: `web_${step.type}`, input: step });
    if (reply.stopReason !== "max_tokens") cut = 0;
    if (reply.stopReason !== "pause_turn") pauses = 0;

    const calls = reply.stopReason === "tool_use" ? callsIn(reply.content) : [];
    switch (reply.stopReason) {
      case "tool_use":
      case "end_turn":
      case "stop_sequence":
      case "other": {
        if (calls.length > 0) {
          push({ role: "assistant", content: withoutBlanks(reply.content) });
          const { results, verdict, runs } = await runCalls(options, calls);
          await options.onTools({ turn, runs });
          const heard = hear(options);
          push({ role: "user", content: [...results, ...heard] });
          if (verdict !== undefined && ends(verdict, heard)) return outcomeOf(verdict);
          break;
        }
        push({ role: "assistant", content: closed(reply.content) });
        const verdict = await options.conclusion.concludeText(textOf(reply.content));
        signal.throwIfAborted();
        const heard = hear(options);
        if (ends(verdict, heard)) return outcomeOf(verdict);
        if (verdict.kind === "again") say(verdict.say);
        push({ role: "user", content: heard });
        break;
      }
      case "max_tokens": {
        cut += 1;
        if (cut >= MAX_CUT_MESSAGES)
          return failed("model.max-tokens", `The answer was cut at ${options.maxTokens} tokens ${cut} times in a row.`);
        // A call whose input may be half-written must neither run nor stay in the history unanswered.
        push({ role: "assistant", content: closed(reply.content) });
        say("Your message was cut off at the length limit and none of its tool calls ran. Go on in smaller steps.");
        break;
      }
      case "pause_turn":
        pauses += 1;
        if (pauses > MAX_PAUSES) return failed("model.server", "The API paused the turn again and again.");
        // Sent back as it came: that is how the API takes a paused turn up again.
        push({ role: "assistant", content: withoutBlanks(reply.content).filter((block) => block.type !== "tool_use") });
        break;
      case "refusal":
        return failed("model.refusal", "The model refused to go on.");
      case "context": {
        const why = await conversation.overflowed(TOO_LONG);
        if (why !== undefined) return { kind: "failed", failure: why };
        break;
      }
      default:
        assertNever(reply.stopReason);
    }
  }
  return failed("limit.turns", `Stopped after ${options.maxTurns} turns without a report.`);
}

function hear<T>(options: AgentOptions<T>): readonly TextBlock[] {
  return (options.inbox?.() ?? []).map(fromUser);
}

/** Nobody is done who has not heard what the user said meanwhile. */
function ends<T>(
  verdict: Verdict<T>,
  heard: readonly TextBlock[],
): verdict is Exclude<Verdict<T>, { readonly kind: "again" }> {
  return verdict.kind === "failed" || (verdict.kind === "done" && heard.length === 0);
}

async function runCalls<T>(
  options: AgentOptions<T>,
  calls: readonly ToolUseBlock[],
): Promise<{
  readonly results: readonly ToolResultBlock[];
  readonly verdict: Verdict<T> | undefined;
  readonly runs: readonly ToolRun[];
}> {
  const tools = new Map(options.tools.map((tool) => [tool.spec.name, tool]));
  const concludes = (call: ToolUseBlock): boolean => call.name === options.conclusion.spec.name;
  let verdict: Verdict<T> | undefined;
  const runs: ToolRun[] = [];
  const runOne = async (call: ToolUseBlock): Promise<ToolResultBlock> => {
    const at = options.now();
    options.onActivity({ type: "call", name: call.name, input: call.input });
    let output: ToolOutput;
    if (concludes(call)) {
      if (verdict === undefined) {
        verdict = await options.conclusion.conclude(call.input);
        output = verdict.kind === "again" ? { content: verdict.say, isError: true } : { content: "Received." };
      } else output = { content: `Only the first ${call.name} of a message counts.`, isError: true };
    } else {
      const tool = tools.get(call.name);
      output =
        tool === undefined
          ? {
              content: `There is no tool "${call.name}". You have: ${[...tools.keys(), options.conclusion.spec.name].join(", ")}.`,
              isError: true,
            }
          : await tool.call(call.input, options.context);
    }
    options.context.signal.throwIfAborted();
    runs.push({
      id: call.id,
      name: tools.has(call.name) || concludes(call) ? call.name : "unknown",
      at,
      durationMs: Math.max(0, options.now() - at),
      ...(output.isError === true ? { failed: true } : {}),
    });
    options.onActivity({ type: "result", name: call.name, isError: output.isError ?? false, content: output.content });
    return {
      type: "tool_result",
      tool_use_id: call.id,
      content: output.content,
      ...(output.images === undefined ? {} : { images: output.images }),
      ...(output.isError === true ? { is_error: true } : {}),
    };
  };
  if (calls.every((call) => tools.get(call.name)?.readOnly === true))
    return { results: await Promise.all(calls.map(runOne)), verdict, runs };
  // The conclusion is judged last, wherever it stands: nothing may change any more behind a check that passed.
  const results = new Map<ToolUseBlock, ToolResultBlock>();
  for (const call of calls.toSorted((a, b) => Number(concludes(a)) - Number(concludes(b))))
    results.set(call, await runOne(call));
  return { results: calls.flatMap((call) => results.get(call) ?? []), verdict, runs };
}

function callsIn(content: readonly Block[]): readonly ToolUseBlock[] {
  return content.filter((block) => block.type === "tool_use");
}

/** The API refuses blank text in a history, though it may send it. */
function withoutBlanks(content: readonly Block[]): readonly Block[] {
  return content.filter((block) => block.type !== "text" || block.text.trim() !== "");
}

/** What may stand in the history of a message whose calls nobody answers: up to its last text, and no call. */
function closed(content: readonly Block[]): readonly Block[] {
  const kept = withoutBlanks(content).filter((block) => block.type !== "tool_use");
  return kept.slice(0, kept.findLastIndex((block) => block.type === "text") + 1);
}

function textOf(content: readonly Block[]): string {
  return content
    .flatMap((block) => (block.type === "text" ? [block.text] : []))
    .join("\n")
    .trim();
}

function outcomeOf<T>(verdict: Exclude<Verdict<T>, { kind: "again" }>): AgentOutcome<T> {
  return verdict.kind === "done" ? verdict : { kind: "failed", failure: verdict.failure };
}

const TOO_LONG = failure("model.context", "The conversation no longer fits the model's context window.", {
  hint: "Retry the subtask, with a note or with smaller steps.",
});

function failed<T>(code: Failure["code"], message: string): AgentOutcome<T> {
  return {
    kind: "failed",
    failure: failure(code, message, { hint: "Retry the subtask, with a note or with smaller steps." }),
  };
}
