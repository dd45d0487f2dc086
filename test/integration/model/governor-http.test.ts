import { deepEqual, equal, ok } from "node:assert/strict";

import { createAnthropicModel } from "../../../src/model/anthropic";
import { govern } from "../../../src/model/governor";
import type { ModelProgress } from "../../../src/model/model";
import { CANARY_KEY, REQUEST, failedOf, messageOf, never } from "../../support/model-request";
import {
  type RawExchange,
  answerJson,
  answerStream,
  apiError,
  messageEvents,
  startRawServer,
  textBlock,
} from "../../support/raw-http";

const STREAM = messageEvents([textBlock("done")], { stopReason: "end_turn" });
const WORKERS = 16;

/** Real time, but every wait is a thousandth of what it says. */
const clock = {
  now: () => performance.now() * 1000,
  sleep: (ms: number, signal: AbortSignal) =>
    new Promise<void>((resolve, reject) => {
      setTimeout(() => (signal.aborted ? reject(signal.reason) : resolve()), ms / 1000);
    }),
};

describe("sixteen workers and a server with limits", () => {
  it("two requests in three are refused: all workers finish, and fewer come at once", async () => {
    const volley: RawExchange[] = [];
    let atOnce = 0;
    const peaks: number[] = [];
    const server = await startRawServer((exchange) => {
      peaks.push(++atOnce);
      exchange.response.on("close", () => atOnce--);
      const refuse = (each: RawExchange) =>
        answerJson(each, 429, apiError("rate_limit_error", "slow down"), { "retry-after": "1" });
      // The first volley is held until all of it is there, so that it is one.
      if (volley.length < WORKERS) {
        if (volley.push(exchange) === WORKERS) for (const each of volley) refuse(each);
        return;
      }
      if (peaks.length % 3 === 0) answerStream(exchange, STREAM);
      else refuse(exchange);
    });
    const model = govern(createAnthropicModel({ apiKey: CANARY_KEY, baseUrl: server.url }), { clock });
    const progress: ModelProgress[] = [];
    const onProgress = (each: ModelProgress) => progress.push(each);
    const replies = await Promise.all(
      Array.from({ length: WORKERS }, () => model.respond(REQUEST, { signal: never(), onProgress })),
    );
    deepEqual(new Set(replies.map((reply) => messageOf(reply).stopReason)), new Set(["end_turn"]));
    equal(Math.max(...peaks.slice(0, WORKERS)), WORKERS);
    ok(Math.max(...peaks.slice(WORKERS)) <= WORKERS / 2, peaks.join(" "));
    equal(
      progress.some((each) => each.type === "waiting" && each.ms > 0 && each.reason.includes("limits the rate")),
      true,
    );
    await server.close();
  });

  it("a server that is killed is reported, by name, after some attempts", async () => {
    const server = await startRawServer(() => undefined);
    await server.close();
    const model = govern(createAnthropicModel({ apiKey: CANARY_KEY, baseUrl: server.url }), { clock });
    const { failure } = failedOf(await model.respond(REQUEST, { signal: never() }));
    equal(failure.code, "model.network");
    equal(failure.message.includes(server.host), true);
    equal(/^Tried \d+ times/u.test(failure.detail ?? ""), true);
  });

  it("a server that comes back in time is forgiven, whatever it did", async () => {
    const faults: ((exchange: RawExchange) => void)[] = [
      ({ socket }) => socket.destroy(),
      (exchange) => answerJson(exchange, 500, apiError("api_error", "oops")),
      (exchange) => answerJson(exchange, 529, apiError("overloaded_error", "busy")),
      (exchange) => answerStream(exchange, STREAM.slice(0, 300)),
      (exchange) => answerStream(exchange, "event: x\ndata: garbage\n\n"),
      (exchange) => answerStream(exchange, STREAM),
    ];
    const server = await startRawServer((exchange) => faults.shift()?.(exchange));
    const model = govern(createAnthropicModel({ apiKey: CANARY_KEY, baseUrl: server.url }), { clock });
    const reply = messageOf(await model.respond(REQUEST, { signal: never() }));
    deepEqual(reply.content, [{ type: "text", text: "done" }]);
    equal(server.exchanges.length, 6);
    await server.close();
  });
});
