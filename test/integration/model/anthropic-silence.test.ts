import { equal, match, rejects } from "node:assert/strict";

import { createAnthropicModel } from "../../../src/model/anthropic";
import { CANARY_KEY, REQUEST, failedOf, never } from "../../support/model-request";
import {
  type RawExchange,
  type RawServer,
  beginStream,
  messageEvents,
  startRawServer,
  textBlock,
} from "../../support/raw-http";

const STREAM = messageEvents([textBlock("Hello")], { stopReason: "end_turn" });
const HALF = STREAM.slice(0, STREAM.indexOf("event: content_block_stop"));

let server: RawServer;
let answer: (exchange: RawExchange) => void;
before(async () => {
  server = await startRawServer((exchange) => answer(exchange));
});
after(() => server.close());

describe("a server that goes quiet", () => {
  // Only what a case is about is short: a busy machine may take its time for the rest.
  const impatient = { apiKey: CANARY_KEY, idleTimeoutMs: 40 };
  const pings = (exchange: RawExchange) => {
    const response = beginStream(exchange);
    response.write(HALF);
    const timer = setInterval(() => response.write("event: ping\ndata: {}\n\n"), 5);
    response.on("close", () => clearInterval(timer));
  };
  const cases: readonly (readonly [string, (exchange: RawExchange) => void, { headerTimeoutMs?: number }, RegExp])[] = [
    ["before the headers", () => undefined, { headerTimeoutMs: 80 }, /did not begin to answer within 0\.1 s/u],
    ["after the headers", (exchange) => beginStream(exchange), {}, /stopped for 0 s/u],
    ["in the middle", (exchange) => beginStream(exchange).write(HALF), {}, /stopped for 0 s/u],
    // Where the machine is too busy for a ping in time, that is the reason; either way it ends.
    ["but for pings", pings, {}, /nothing but that it is alive for 0\.4 s|stopped for 0 s/u],
  ];
  for (const [name, act, limits, words] of cases)
    it(`${name}: is stalled, may pass, and its connection is closed`, async () => {
      answer = act;
      const model = createAnthropicModel({ ...impatient, baseUrl: server.url, ...limits });
      const { failure, transient } = failedOf(await model.respond(REQUEST, { signal: never() }));
      equal(failure.code, "model.stalled");
      match(failure.message, words);
      equal(transient, true);
      await server.exchanges.at(-1)?.hungUp;
    });

  it("a refusal whose body never ends is still a refusal", async () => {
    answer = ({ response }) => {
      response.writeHead(401, { "content-type": "application/json" });
      response.write('{"type":"error",');
    };
    const model = createAnthropicModel({ ...impatient, baseUrl: server.url });
    equal(failedOf(await model.respond(REQUEST, { signal: never() })).failure.code, "model.auth");
    await server.exchanges.at(-1)?.hungUp;
  });
});

describe("an abort", () => {
  const patient = () => createAnthropicModel({ apiKey: CANARY_KEY, baseUrl: server.url });
  const phases: readonly (readonly [string, (exchange: RawExchange) => void])[] = [
    ["before the headers", () => undefined],
    ["after the headers", (exchange) => beginStream(exchange)],
    [
      "in the middle of an error",
      ({ response }) => {
        response.writeHead(500, { "content-type": "application/json" });
        response.write("{");
      },
    ],
  ];
  for (const [name, act] of phases)
    it(`${name} rejects with its reason and closes the connection`, async () => {
      const controller = new AbortController();
      const reason = new Error("enough");
      answer = (exchange) => {
        act(exchange);
        setImmediate(() => controller.abort(reason));
      };
      await rejects(patient().respond(REQUEST, { signal: controller.signal }), (error) => error === reason);
      await server.exchanges.at(-1)?.hungUp;
    });

  it("upon the first word, though more is on its way, says what that cost and closes the connection", async () => {
    const controller = new AbortController();
    answer = (exchange) => beginStream(exchange).write(HALF);
    const onProgress = () => controller.abort(new Error("enough"));
    const reply = failedOf(await patient().respond(REQUEST, { signal: controller.signal, onProgress }));
    equal(reply.failure.code, "cancelled");
    equal(reply.transient, false);
    equal(reply.usage?.inputTokens, 10);
    await server.exchanges.at(-1)?.hungUp;
  });

  it("before the call sends nothing", async () => {
    const before = server.exchanges.length;
    await rejects(patient().respond(REQUEST, { signal: AbortSignal.abort(new Error("enough")) }), /enough/u);
    equal(server.exchanges.length, before);
  });
});
