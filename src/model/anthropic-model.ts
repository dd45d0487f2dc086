import { APIError } from "@anthropic-ai/sdk/core/error";

import { type FailureCode, failure } from "../core/failure";
import { totalTokens, type Usage } from "../core/usage";
import { assertNever } from "../util/assert-never";
import { createClient } from "./anthropic-client";
import { listenToCall, type CallSpan } from "./call-span";
import { type FailedReply, cutShort, toFailedReply } from "./anthropic-failure";
import { toParams } from "./anthropic-request";
import { type MessageAssembly, type ReceivedMessage, assembleMessage } from "./anthropic-stream";
import type { AnthropicOptions } from "./anthropic";
import { withLeftOut } from "./left-out-usage";
import type { Model, ModelReply, ModelRequest } from "./model";
import { resolveModel } from "./models";
import { type PriceRule, costOf, hasPrice, PRICES } from "./prices";
import { showProgress } from "./progress";
import { DEFAULT_BASE_URL, endpointProblem, hostOf } from "./endpoint";
import { quote, redact, withoutSecret } from "./quote";
import { Watchdog } from "./watchdog";

/**
 * The {@link Model} that talks to the Messages API: one streamed request a call, no retries of its own. A message
 * counts only once all of it has arrived. The key appears in the request and nowhere else.
 */
export function createLoadedModel(options: AnthropicOptions): Model {
  const settings: Settings = {
    apiKey: options.apiKey.trim(),
    baseUrl: options.baseUrl ?? DEFAULT_BASE_URL,
    idleTimeoutMs: options.idleTimeoutMs ?? IDLE_TIMEOUT_MS,
    headerTimeoutMs: options.headerTimeoutMs ?? HEADER_TIMEOUT_MS,
    now: options.now ?? Date.now,
    prices: options.prices ?? PRICES,
  };
  const unusable = endpointProblem(settings);
  return {
    async respond(request, call) {
      call.signal.throwIfAborted();
      if (unusable !== undefined) return { kind: "failed", failure: unusable, transient: false };
      const assembly = assembleMessage();
      const span = listenToCall(settings.now);
      const answer = await respond(settings, request, { ...call, assembly, span }).catch((error: unknown) => {
        if (!call.signal.aborted || assembly.spent === undefined) throw error;
        return STOPPED;
      });
      const made = span.call();
      const reply: ModelReply = made === undefined ? answer : { ...answer, calls: [made] };
      const { spent } = assembly;
      // The server has begun to answer, so it has begun to count, too.
      if (reply.kind === "failed" && spent !== undefined)
        return redact({ ...reply, usage: usageOf({ ...spent, content: [] }, request, settings) }, settings.apiKey);
      return reply.kind === "failed" ? redact(reply, settings.apiKey) : withoutKey(reply, settings);
    },
  };
}

/** What is between Braid and the API may put the key into an answer; it must not come into the log that way. */
function withoutKey(
  { usage, ...reply }: Extract<ModelReply, { kind: "message" }>,
  { apiKey, baseUrl }: Settings,
): ModelReply {
  // What is signed can only be kept as it is.
  const isSigned = reply.content.some((block) => block.type === "opaque" && withoutSecret(block, apiKey) !== block);
  if (!isSigned) return { ...withoutSecret(reply, apiKey), usage };
  const words = `The answer of ${hostOf(baseUrl)} has the API key in it, so nothing of it was used.`;
  return {
    ...failed("model.server", words, "Find out what is between Braid and the API, and replace the key."),
    usage,
  };
}

/** Whoever broke it off, what was begun is paid for. */
const STOPPED: FailedReply = {
  kind: "failed",
  failure: failure("cancelled", "It was stopped while it was being answered."),
  transient: false,
};
const IDLE_TIMEOUT_MS = 60_000;
const HEADER_TIMEOUT_MS = 120_000;
// A server that only ever pings is alive but does not answer.
const PINGS_ONLY_FACTOR = 10;
// Reading the stream to its end keeps the connection for the next call; not worth waiting for once the message is in.
const DRAIN_MS = 250;

interface Settings {
  readonly apiKey: string;
  readonly baseUrl: string;
  readonly idleTimeoutMs: number;
  readonly headerTimeoutMs: number;
  readonly now: () => number;
  readonly prices: readonly PriceRule[];
}

async function respond(
  settings: Settings,
  request: ModelRequest,
  {
    signal,
    onProgress,
    assembly,
    span,
  }: Parameters<Model["respond"]>[1] & { readonly assembly: MessageAssembly; readonly span: CallSpan },
): Promise<ModelReply> {
  const { apiKey, baseUrl, idleTimeoutMs, headerTimeoutMs, now } = settings;
  const started = now();
  const host = hostOf(baseUrl);
  const watchdog = new Watchdog(signal);
  let answer: Response | undefined;
  const client = createClient({
    apiKey,
    baseUrl,
    span,
    guard: {
      onHeaders(response) {
        answer = response;
        watchdog.settle("headers");
        watchdog.expect("bytes", idleTimeoutMs);
        watchdog.expect("events", idleTimeoutMs * PINGS_ONLY_FACTOR);
      },
      onBytes() {
        if (assembly.message === undefined) watchdog.expect("bytes", idleTimeoutMs);
      },
    },
  });
  const finish = (message: ReceivedMessage): ModelReply => ({
    kind: "message",
    content: message.content,
    stopReason: message.stopReason,
    usage: usageOf(message, request, settings),
    model: message.model,
    durationMs: Math.max(0, now() - started),
  });
  try {
    watchdog.expect("headers", headerTimeoutMs);
    const stream = await client.messages.create(toParams(request), { signal: watchdog.signal });
    const contentType = answer?.headers.get("content-type") ?? "";
    if (/html|json|xml/iu.test(contentType)) return notTheApi(host, contentType);
    if (answer?.body === null) return cutShort(host);
    for await (const event of stream) {
      watchdog.expect("events", idleTimeoutMs * PINGS_ONLY_FACTOR);
      const progress = assembly.add(event);
      if (progress !== undefined) showProgress(progress, onProgress);
      if (assembly.message !== undefined) watchdog.expect("bytes", DRAIN_MS);
    }
    // Read to its end: there is nothing to cut off, and cutting off has its price.
    watchdog.settleAll();
  } catch (error) {
    // A refusal whose body stalls is still a refusal.
    const refused = error instanceof APIError && error.status !== undefined;
    if (assembly.message === undefined && (refused || watchdog.stalled === undefined)) {
      signal.throwIfAborted();
      return toFailedReply(error, { host, model: request.model, answered: answer !== undefined, nowMs: now() });
    }
  } finally {
    watchdog.dispose();
  }
  // The SDK ends an aborted stream without a word, so why it ended is for us to say.
  if (assembly.message !== undefined) return finish(assembly.message);
  signal.throwIfAborted();
  return watchdog.stalled === undefined ? cutShort(host) : stalled(watchdog.stalled, host, settings);
}

/** A gateway answers by names of its own. What it is asked for has the price a budget in dollars relies on. */
function usageOf(
  { model, tokens: told, content }: Pick<ReceivedMessage, "model" | "tokens" | "content">,
  request: ModelRequest,
  { prices }: Settings,
): Usage {
  const tokens = withLeftOut(told, request, content);
  const priced = hasPrice(model, prices) ? model : resolveModel(request.model);
  const usd = costOf(priced, tokens, prices);
  return { ...tokens, usd, ...(hasPrice(priced, prices) ? {} : { unpricedTokens: totalTokens({ ...tokens, usd }) }) };
}

function notTheApi(host: string, contentType: string): FailedReply {
  return failed(
    "model.server",
    `${host} answered with ${quote(contentType)} where the API answers with a stream of events.`,
    "Check ANTHROPIC_BASE_URL, and whether a proxy or a sign-in page is in between.",
  );
}

function stalled(what: NonNullable<Watchdog["stalled"]>, host: string, settings: Settings): FailedReply {
  return { ...failed("model.stalled", stalledMessage(what, host, settings), STALLED_HINT), transient: true };
}

const STALLED_HINT = "Check the network if this goes on, then resume the run.";

function stalledMessage(what: NonNullable<Watchdog["stalled"]>, host: string, settings: Settings): string {
  switch (what) {
    case "headers":
      return `${host} did not begin to answer within ${seconds(settings.headerTimeoutMs)}.`;
    case "bytes":
      return `The answer of ${host} stopped for ${seconds(settings.idleTimeoutMs)}.`;
    case "events":
      return `${host} said nothing but that it is alive for ${seconds(settings.idleTimeoutMs * PINGS_ONLY_FACTOR)}.`;
    default:
      return assertNever(what);
  }
}

function seconds(ms: number): string {
  return `${Number((ms / 1000).toFixed(1))} s`;
}

function failed(code: FailureCode, message: string, hint: string): FailedReply {
  return { kind: "failed", failure: failure(code, message, { hint }), transient: false };
}
