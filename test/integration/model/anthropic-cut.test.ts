import { deepEqual, equal, match } from "node:assert/strict";

import { createAnthropicModel } from "../../../src/model/anthropic";
import type { Model, ModelReply } from "../../../src/model/model";
import { CANARY_KEY, REQUEST, failedOf, messageOf, never } from "../../support/model-request";
import {
  type RawExchange,
  type RawServer,
  answerStream,
  beginStream,
  messageEvents,
  sse,
  startRawServer,
  toolBlock,
} from "../../support/raw-http";

// Short, since every byte of it costs two requests; with a split character and a tool call to lose.
const RECORDED = Buffer.from(
  [
    sse({ type: "message_start", message: { model: "m" } }),
    sse({ type: "content_block_start", index: 0, content_block: { type: "tool_use", id: "t", name: "n" } }),
    sse({ type: "content_block_delta", index: 0, delta: { type: "input_json_delta", partial_json: '{"a":"ü"}' } }),
    sse({ type: "content_block_stop", index: 0 }),
    sse({ type: "message_delta", delta: { stop_reason: "tool_use" } }),
    sse({ type: "message_stop" }),
  ].join(""),
);
const AT_ONCE = 16;
// Many hundred connections: seconds on a free machine, more on a busy one.
const PATIENCE_MS = 120_000;

let server: RawServer;
let model: Model;
let answer: (exchange: RawExchange) => void;
before(async () => {
  server = await startRawServer((exchange) => answer(exchange));
  model = createAnthropicModel({ apiKey: CANARY_KEY, baseUrl: server.url });
});
after(() => server.close());

const ask = (system = REQUEST.system) => model.respond({ ...REQUEST, system }, { signal: never() });

/** The replies to the recorded stream cut after 0, 1, 2 … bytes; `cut` ends it. */
async function cutEverywhere(cut: (exchange: RawExchange) => void): Promise<readonly ModelReply[]> {
  answer = (exchange) => {
    const { system } = JSON.parse(exchange.body) as { system: { text: string }[] };
    const part = RECORDED.subarray(0, Number(system[0]?.text));
    const response = beginStream(exchange);
    if (part.length === 0) cut(exchange);
    else response.write(part, () => cut(exchange));
  };
  const replies: ModelReply[] = [];
  for (let from = 0; from < RECORDED.length; from += AT_ONCE) {
    const offsets = Array.from({ length: Math.min(AT_ONCE, RECORDED.length - from) }, (_, index) => from + index);
    replies.push(...(await Promise.all(offsets.map((offset) => ask(String(offset))))));
  }
  return replies;
}

describe("a stream that is cut", () => {
  it("whole, it is a message with a tool call", async () => {
    answer = (exchange) => answerStream(exchange, RECORDED.toString());
    deepEqual(messageOf(await ask()).content, [{ type: "tool_use", id: "t", name: "n", input: { a: "ü" } }]);
  });

  it("ended cleanly at any byte, it is no message", async () => {
    const replies = await cutEverywhere(({ response }) => response.end());
    equal(replies.length, RECORDED.length);
    deepEqual(
      replies.flatMap((reply, offset) =>
        reply.kind === "failed" && reply.failure.code === "model.cut" && reply.transient ? [] : [[offset, reply]],
      ),
      [],
    );
  }).timeout(PATIENCE_MS);

  it("reset at any byte, it is no message", async () => {
    const replies = await cutEverywhere(({ socket }) => socket.resetAndDestroy());
    equal(replies.length, RECORDED.length);
    // A reset may overtake the headers, and is then a connection that never was.
    deepEqual(
      replies.flatMap((reply, offset) =>
        reply.kind === "failed" && reply.transient && /model\.(?:cut|network)/u.test(reply.failure.code)
          ? []
          : [[offset, reply]],
      ),
      [],
    );
  }).timeout(PATIENCE_MS);

  it("cut inside the headers, there was no connection", async () => {
    answer = ({ socket }) => socket.end("HTTP/1.1 200 OK\r\ncontent-ty");
    const { failure, transient } = failedOf(await ask());
    equal(transient, true);
    equal(failure.code, "model.network");
    match(failure.message, new RegExp(`^No connection to ${server.host}: `, "u"));
  });
});

describe("a stream that makes no sense", () => {
  const begin = messageEvents([], { stopReason: "end_turn" }).split("event: message_delta")[0] ?? "";
  for (const [name, stream] of [
    ["data that is not JSON", `${begin}event: content_block_start\ndata: {"type":\n\n`],
    ["binary noise", `event: x\ndata: \u0000\u0001\uFFFD\n\n`],
    ["null", `${begin}event: message_delta\ndata: null\n\n`],
    ["an event without a type", `${begin}event: message_delta\ndata: {}\n\n`],
    ["the wrong order", begin + begin],
    [
      "a piece of nothing",
      begin + sse({ type: "content_block_delta", index: 9, delta: { type: "text_delta", text: "" } }),
    ],
    ["tool input that is not JSON", messageEvents([toolBlock("t", "n", "{'a':1}")], { stopReason: "tool_use" })],
  ] as const)
    it(`${name} is a fault that may pass`, async () => {
      answer = (exchange) => answerStream(exchange, stream);
      const { failure, transient } = failedOf(await ask());
      equal(failure.code, "model.server");
      match(failure.message, /could not be read/u);
      equal(transient, true);
    });

  it("events nobody named, and only pings, are an answer cut short", async () => {
    for (const stream of ["", 'data: {"type":"message_start"}\n\n', "event: ping\ndata: {}\n\n".repeat(20)]) {
      answer = (exchange) => answerStream(exchange, stream);
      equal(failedOf(await ask()).failure.code, "model.cut");
    }
  });

  it("an answer without end is not read for ever", async () => {
    answer = (exchange) => {
      const response = beginStream(exchange);
      const megabyte = "x".repeat(1024 * 1024);
      response.on("error", () => undefined);
      const more = () => {
        while (!response.destroyed && response.write(megabyte));
        if (!response.destroyed) response.once("drain", more);
      };
      more();
    };
    equal(failedOf(await ask()).failure.code, "model.cut");
    await server.exchanges.at(-1)?.hungUp;
  });
});
