import { Anthropic } from "@anthropic-ai/sdk";
// The one the SDK looks for a tracer provider of everybody's in.
import { INVALID_SPAN_CONTEXT, trace } from "@opentelemetry/api";
import { deepEqual, equal, ok } from "node:assert/strict";

import { createAnthropicModel } from "../../../src/model/anthropic";
import type { ModelProgress } from "../../../src/model/model";
import { CANARY_KEY, REQUEST, messageOf, never } from "../../support/model-request";
import {
  type RawExchange,
  type RawServer,
  answerStream,
  beginStream,
  messageEvents,
  sse,
  startRawServer,
  textBlock,
  toolBlock,
} from "../../support/raw-http";

let server: RawServer;
let answer: (exchange: RawExchange) => void;
before(async () => {
  server = await startRawServer((exchange) => answer(exchange));
});
after(() => server.close());

const model = () => createAnthropicModel({ apiKey: CANARY_KEY, baseUrl: server.url, idleTimeoutMs: 5_000 });
async function receive(text: string) {
  answer = (exchange) => answerStream(exchange, text);
  return messageOf(await model().respond(REQUEST, { signal: never() }));
}

describe("a message over HTTP", () => {
  for (const [reason, expected] of [
    ["end_turn", "end_turn"],
    ["max_tokens", "max_tokens"],
    ["stop_sequence", "stop_sequence"],
    ["pause_turn", "pause_turn"],
    ["refusal", "refusal"],
    ["model_context_window_exceeded", "context"],
    ["brand_new", "other"],
  ] as const)
    it(`stops for ${reason}`, async () => {
      const reply = await receive(messageEvents([textBlock("Hel", "lo")], { stopReason: reason }));
      equal(reply.stopReason, expected);
      deepEqual(reply.content, [{ type: "text", text: "Hello" }]);
    });

  it("an empty end of turn is a message", async () => {
    deepEqual((await receive(messageEvents([], { stopReason: "end_turn" }))).content, []);
  });

  it("tools come with their input, progress as it happens", async () => {
    const stream = messageEvents([textBlock("I ", "write"), toolBlock("t1", "write", '{"file_p', 'ath":"ä.ts"}')], {
      stopReason: "tool_use",
    });
    answer = (exchange) => answerStream(exchange, stream);
    const progress: ModelProgress[] = [];
    const onProgress = (each: ModelProgress) => progress.push(each);
    const reply = messageOf(await model().respond(REQUEST, { signal: never(), onProgress }));
    deepEqual(reply.content[1], { type: "tool_use", id: "t1", name: "write", input: { file_path: "ä.ts" } });
    deepEqual(progress, [
      { type: "text", text: "I " },
      { type: "text", text: "write" },
      { type: "tool", name: "write" },
    ]);
  });

  it("max_tokens inside a tool call leaves the call out, whatever was written of it", async () => {
    for (const written of ['{"file_path":"a.ts","con', '{"file_path":"a.ts"', '{"file_path":'])
      deepEqual(
        (await receive(messageEvents([textBlock("x"), toolBlock("t", "write", written)], { stopReason: "max_tokens" })))
          .content,
        [{ type: "text", text: "x" }],
      );
  });

  it("counts tokens, the cached ones too, by the last total, and their price", async () => {
    const reply = await receive(
      messageEvents([textBlock("x")], { stopReason: "end_turn", usage: { output_tokens: 1000, input_tokens: 2000 } }),
    );
    const { usd, ...tokens } = reply.usage;
    deepEqual(tokens, { inputTokens: 2000, outputTokens: 1000, cacheReadTokens: 3, cacheWriteTokens: 4 });
    equal(usd.toFixed(9), ((2000 * 2 + 1000 * 10 + 3 * 0.1 + 4 * 2.5) / 1e6).toFixed(9));
    equal(reply.model, "claude-sonnet-5-5");
  });

  it("takes the time by the clock it was given", async () => {
    let time = 1000;
    answer = (exchange) => {
      time += 500;
      return answerStream(exchange, messageEvents([], { stopReason: "end_turn" }));
    };
    const now = () => time;
    const timed = createAnthropicModel({ apiKey: CANARY_KEY, baseUrl: server.url, now });
    equal(messageOf(await timed.respond(REQUEST, { signal: never() })).durationMs, 500);
  });

  it("comes through one byte at a time, characters split", async () => {
    const stream = Buffer.from(
      messageEvents([textBlock("Grüße 😀"), toolBlock("t", "n", '{"a":"ß😀"}')], { stopReason: "tool_use" }),
    );
    answer = (exchange) => {
      const response = beginStream(exchange);
      exchange.socket.setNoDelay(true);
      let sent = 0;
      const next = () => {
        if (sent === stream.length) return response.end();
        response.write(stream.subarray(sent, ++sent), next);
      };
      next();
    };
    const reply = messageOf(await model().respond(REQUEST, { signal: never() }));
    deepEqual(reply.content, [
      { type: "text", text: "Grüße 😀" },
      { type: "tool_use", id: "t", name: "n", input: { a: "ß😀" } },
    ]);
  });

  for (const [name, change] of [
    ["CRLF line ends", (text: string) => text.replaceAll("\n", "\r\n")],
    ["comments between events", (text: string) => text.replaceAll("event:", ": keep-alive\nevent:")],
    ["pings between events", (text: string) => text.replaceAll("event:", "event: ping\ndata: {}\n\nevent:")],
    ["events of an unknown kind", (text: string) => sse({ type: "ponder" }) + text + sse({ type: "ponder" })],
    ["more after the end", (text: string) => `${text}event: content_block_start\ndata: garbage\n\n`],
    ["a second message after the end", (text: string) => text + text],
  ] as const)
    it(`bears ${name}`, async () => {
      const reply = await receive(change(messageEvents([textBlock("Hello")], { stopReason: "end_turn" })));
      deepEqual(reply.content, [{ type: "text", text: "Hello" }]);
    });

  it("does not wait for a server that keeps the connection open after the end, and closes it", async () => {
    answer = (exchange) => beginStream(exchange).write(messageEvents([textBlock("x")], { stopReason: "end_turn" }));
    messageOf(await model().respond(REQUEST, { signal: never() }));
    await server.exchanges.at(-1)?.hungUp;
  });

  it("a connection reset after the end changes nothing", async () => {
    answer = (exchange) => {
      beginStream(exchange).write(messageEvents([textBlock("done")], { stopReason: "end_turn" }));
      // The first word, which travels with the end, is the sign that the client has it all.
      finish = () => exchange.socket.resetAndDestroy();
    };
    let finish = () => {};
    const onProgress = () => finish();
    const reply = await model().respond(REQUEST, { signal: never(), onProgress });
    deepEqual(messageOf(reply).content, [{ type: "text", text: "done" }]);
  });

  it("calls that follow each other share connections", async () => {
    answer = (exchange) => answerStream(exchange, messageEvents([textBlock("x")], { stopReason: "end_turn" }));
    const before = server.exchanges.length;
    for (let turn = 0; turn < 8; turn++) messageOf(await model().respond(REQUEST, { signal: never() }));
    // Two, not one: a call may begin before fetch has noticed that the one before it is over.
    const sockets = new Set(server.exchanges.slice(before).map(({ socket }) => socket));
    ok(sockets.size <= 2, `${sockets.size} connections`);
  });
});

describe("the SDK's own span of a call", () => {
  const begun: string[] = [];
  before(() => {
    const nothing = trace.wrapSpanContext(INVALID_SPAN_CONTEXT);
    trace.setGlobalTracerProvider({
      getTracer: () => ({
        startSpan: (name) => (begun.push(name), nothing),
        startActiveSpan: (...given: readonly unknown[]) => {
          const act = given.at(-1);
          return typeof act === "function" ? act(nothing) : undefined;
        },
      }),
    });
  });
  after(() => trace.disable());

  it("comes with the answer, once, and not to a tracer that is everybody's", async () => {
    const text = messageEvents([textBlock("Hello")], { stopReason: "end_turn" });
    const { calls = [] } = await receive(text);
    equal(calls.length, 1);
    equal(calls[0]?.attributes["gen_ai.operation.name"], "chat");
    ok(Number(calls[0]?.attributes["gen_ai.usage.input_tokens"]) > 0);
    deepEqual(begun, []);
    // A client that is told nothing does take that one: this is what would be double.
    const client = new Anthropic({ apiKey: CANARY_KEY, baseURL: server.url, maxRetries: 0 });
    await client.messages
      .stream({ model: "m", max_tokens: 9, messages: [{ role: "user", content: "x" }] })
      .finalMessage();
    ok(begun.length > 0);
  });
});
