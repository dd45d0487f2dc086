import { once } from "node:events";
import type { ServerResponse } from "node:http";
import { sleep } from "../util/abort";
import { badRequest, errorOf, type ApiError } from "./api-error";
import { parseBody } from "./body";
import { checkRequest } from "./check-request";
import { factsOf, type Facts } from "./facts";
import { applyFault, type Script } from "./fault";
import type { Player } from "./player";
import { countInput, type InputUsage } from "./prompt-cache";
import { composeReply } from "./reply";
import { MessagesRequest, type CountRequest } from "./request";
import type { Latency } from "./rule";
import type { Scenario } from "./scenario";
import { toBody, toFrames } from "./wire";

/** What an arriving request leaves in the record. */
export interface Arrival {
  readonly id: string;
  readonly facts: Facts;
  readonly body: MessagesRequest;
  readonly rule?: number;
  readonly ended: Promise<"answered" | "disconnected">;
}

/** Answers one `POST /v1/messages`. Resolves when the answer is out or nobody waits for it any more. */
export async function answerMessages(options: {
  readonly id: string;
  readonly response: ServerResponse;
  readonly text: string;
  /** When its first byte was here, by `performance.now()`; the first token's time is counted from there. */
  readonly arrivedAt: number;
  readonly scenario: Scenario;
  readonly play: Player;
  readonly measure: (request: CountRequest) => InputUsage;
  readonly speed: number;
  readonly refuse: (error: ApiError) => void;
  readonly record: (arrival: Arrival) => void;
}): Promise<void> {
  const { response, scenario, refuse } = options;
  const parsed = parseBody(MessagesRequest, options.text);
  if (!parsed.ok) return refuse(parsed.error);
  const request = parsed.value;
  const problem = checkRequest(request) ?? overflow(request, scenario.defaults.context_tokens);
  if (problem !== undefined) return refuse(badRequest(problem));

  const facts = factsOf(request);
  const choice = options.play(facts);
  const gone = new AbortController();
  let reset = false;
  const ended = new Promise<"answered" | "disconnected">((resolve) => {
    response.once("close", () => {
      const answered = response.writableFinished || reset;
      if (!answered) gone.abort();
      resolve(answered ? "answered" : "disconnected");
    });
  });
  const rule = choice === undefined ? {} : { rule: choice.number };
  options.record({ id: options.id, facts, body: request, ...rule, ended });

  if (choice === undefined && scenario.defaults.unmatched === "error")
    return refuse(badRequest(`No rule of the scenario fits ${describe(facts)}.`));
  const fault = choice?.rule.fault;
  const latency = toPace({ ...scenario.defaults.latency, ...defined(choice?.rule.latency) }, options.speed);
  const { signal } = gone;
  const usage = options.measure(request);
  try {
    // Put together before the wait, so that what the scenario says is all the time an answer takes.
    const message = composeReply({ choice, facts, scenario, usage });
    const stream = request.stream === true;
    const frames = stream
      ? toFrames(message)
      : [{ bytes: Buffer.from(JSON.stringify(toBody(message))), tokens: message.usage.output_tokens }];
    const wait = options.arrivedAt + latency.first_token_ms - performance.now();
    if (latency.first_token_ms > 0 && wait > 0) await sleep(wait, signal);
    if (fault?.kind === "status") return refuse(errorOf(fault));
    if (fault?.kind === "stall" && fault.at === "headers") return await untilAborted(signal);
    usage.commit();
    response.writeHead(200, {
      "content-type": stream ? "text/event-stream; charset=utf-8" : "application/json",
      "cache-control": "no-cache",
    });
    response.flushHeaders();
    const script = applyFault(frames, fault);
    await send(response, script, { perTokenMs: latency.per_token_ms, signal });
    if (script.ending !== "reset") return;
    reset = true;
    response.socket?.resetAndDestroy();
  } catch (error) {
    if (!signal.aborted) throw error;
    response.destroy();
  }
}

function overflow(request: MessagesRequest, most: number | undefined): string | undefined {
  const tokens = most === undefined ? 0 : countInput(request);
  return most === undefined || tokens <= most ? undefined : `prompt is too long: ${tokens} tokens > ${most} maximum`;
}

async function send(
  response: ServerResponse,
  script: Script,
  { perTokenMs, signal }: { readonly perTokenMs: number; readonly signal: AbortSignal },
): Promise<void> {
  let due = performance.now();
  for (const { bytes, tokens } of script.frames) {
    // Against the clock, not frame by frame: timers round up, and a thousand small errors would add up.
    due += tokens * perTokenMs;
    const wait = due - performance.now();
    if (wait >= 1) await sleep(wait, signal);
    signal.throwIfAborted();
    if (!response.write(bytes)) await once(response, "drain", { signal });
    if (script.apart) await new Promise((resolve) => setImmediate(resolve));
  }
  if (script.ending === "end") return void response.end();
  if (script.ending === "stall") return untilAborted(signal, { response, everyMs: script.pingEveryMs });
  // A reset throws away what is still in our buffers, so they go out first.
  await new Promise((resolve) => response.write("", resolve));
  await new Promise((resolve) => setImmediate(resolve));
}

async function untilAborted(
  signal: AbortSignal,
  ping?: { readonly response: ServerResponse; readonly everyMs: number | undefined },
): Promise<void> {
  if (ping?.everyMs === undefined) {
    if (!signal.aborted) await once(signal, "abort");
    signal.throwIfAborted();
    return;
  }
  for (;;) {
    await sleep(ping.everyMs, signal);
    ping.response.write('event: ping\ndata: {"type":"ping"}\n\n');
  }
}

function toPace({ first_token_ms: first, per_token_ms: per }: Latency, speed: number): Latency {
  return speed > 0
    ? { first_token_ms: first / speed, per_token_ms: per / speed }
    : { first_token_ms: 0, per_token_ms: 0 };
}

function defined(latency: Partial<Record<keyof Latency, number | undefined>> = {}): Partial<Latency> {
  return Object.fromEntries(Object.entries(latency).filter(([, value]) => value !== undefined));
}

function describe({ role, subtask, attempt, turn, lastTool }: Facts): string {
  return JSON.stringify({ role, subtask, attempt, turn, last_tool: lastTool });
}
