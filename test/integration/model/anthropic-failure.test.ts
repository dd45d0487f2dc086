import { deepEqual, equal, match } from "node:assert/strict";

import type { FailureCode } from "../../../src/core/failure";
import { createAnthropicModel } from "../../../src/model/anthropic";
import { CANARY_KEY, REQUEST, failedOf, never } from "../../support/model-request";
import {
  type RawExchange,
  type RawServer,
  answerJson,
  answerStream,
  apiError,
  beginStream,
  messageEvents,
  sse,
  startRawServer,
  textBlock,
} from "../../support/raw-http";

const NOW = Date.UTC(2026, 9, 25, 12, 0, 0);

let server: RawServer;
let answer: (exchange: RawExchange) => void;
before(async () => {
  server = await startRawServer((exchange) => answer(exchange));
});
after(() => server.close());

/** Asks once; the canary key must be in the request, and nowhere in the reply. */
async function ask(baseUrl = server.url) {
  const model = createAnthropicModel({ apiKey: CANARY_KEY, baseUrl, now: () => NOW });
  const reply = failedOf(await model.respond(REQUEST, { signal: never() }));
  equal(JSON.stringify(reply).includes("canary"), false, JSON.stringify(reply));
  return reply;
}

describe("an answer that is an error", () => {
  const table: readonly (readonly [number, string, string, FailureCode, boolean])[] = [
    [400, "invalid_request_error", "max_tokens: too high", "model.request", false],
    [400, "invalid_request_error", "Your credit balance is too low to access the API", "model.billing", false],
    [400, "invalid_request_error", "prompt is too long: 210000 tokens > 200000 maximum", "model.context", false],
    [401, "authentication_error", "invalid x-api-key", "model.auth", false],
    [402, "billing_error", "payment required", "model.billing", false],
    [403, "permission_error", "not allowed", "model.auth", false],
    [404, "not_found_error", "model: claude-x", "model.request", false],
    [408, "timeout_error", "timed out", "model.server", true],
    [409, "conflict_error", "conflict", "model.server", true],
    [413, "request_too_large", "Request exceeds the maximum size", "model.context", false],
    [422, "invalid_request_error", "unprocessable", "model.request", false],
    [429, "rate_limit_error", "Number of requests has exceeded", "model.rate-limit", true],
    [500, "api_error", "Internal server error", "model.server", true],
    [502, "api_error", "Bad gateway", "model.server", true],
    [503, "api_error", "Unavailable", "model.server", true],
    [504, "timeout_error", "Gateway timeout", "model.server", true],
    [529, "overloaded_error", "Overloaded", "model.overloaded", true],
    [418, "something_new", "teapot", "model.request", false],
    [599, "something_new", "who knows", "model.server", true],
  ];
  for (const [status, type, said, code, transient] of table) {
    it(`${status} ${type}: ${said}`, async () => {
      answer = (exchange) => answerJson(exchange, status, apiError(type, said), { "request-id": "req_1" });
      const reply = await ask();
      equal(reply.failure.code, code);
      equal(reply.transient, transient);
      equal(reply.failure.message.includes(said), true, reply.failure.message);
      equal(reply.failure.detail, "request-id: req_1");
      equal((reply.failure.hint ?? "") === "", false);
    });
  }

  // Only words can tell these two from any other bad request.
  const bare = table.filter(([status, , , code]) => status !== 400 || code === "model.request");
  for (const [status, , , code, transient] of bare)
    it(`${status} without a word of the API`, async () => {
      answer = ({ response }) => response.writeHead(status, { "content-type": "text/html" }).end("<html>Oops</html>");
      const reply = await ask();
      equal(reply.failure.code, code);
      equal(reply.transient, transient);
      match(reply.failure.message, new RegExp(`\\(HTTP ${status}\\)\\.$`, "u"));
    });

  it("a wrong key says what to do about it", async () => {
    answer = (exchange) => answerJson(exchange, 401, apiError("authentication_error", "invalid x-api-key"));
    deepEqual((await ask()).failure, {
      code: "model.auth",
      message: "The API refused the key (HTTP 401): invalid x-api-key.",
      hint: "Run “Braid: Set API Key”, or set ANTHROPIC_API_KEY.",
    });
  });

  it("a spend limit comes as 429 and is no rate limit", async () => {
    const error = {
      type: "rate_limit_error",
      message: "limit",
      details: { error_code: "enforced_spend_limit_reached" },
    };
    answer = (exchange) => answerJson(exchange, 429, { type: "error", error });
    const reply = await ask();
    equal(reply.failure.code, "model.billing");
    equal(reply.transient, false);
  });

  it("a server that says not to try again is believed", async () => {
    answer = (exchange) => answerJson(exchange, 500, apiError("api_error", "no"), { "x-should-retry": "false" });
    equal((await ask()).transient, false);
  });

  for (const [value, expected] of [
    ["1", 1000],
    ["120", 120_000],
    ["garbage", undefined],
    ["-1", undefined],
    ["100000000000", 300_000],
    ["Sun, 25 Oct 2026 12:00:30 GMT", 30_000],
  ] as const)
    it(`retry-after: ${value}`, async () => {
      answer = (exchange) =>
        answerJson(exchange, 429, apiError("rate_limit_error", "slow down"), { "retry-after": value });
      const reply = await ask();
      equal(reply.retryAfterMs, expected);
      equal("retryAfterMs" in reply, expected !== undefined);
    });

  it("an error after the 200 counts by its type", async () => {
    for (const [type, code, transient] of [
      ["overloaded_error", "model.overloaded", true],
      ["rate_limit_error", "model.rate-limit", true],
      ["api_error", "model.server", true],
      ["authentication_error", "model.auth", false],
      ["billing_error", "model.billing", false],
      ["invalid_request_error", "model.request", false],
      ["something_new", "model.server", true],
    ] as const) {
      const whole = messageEvents([textBlock("Hello")], { stopReason: "end_turn" });
      const half = whole.slice(0, whole.indexOf("event: content_block_stop"));
      answer = (exchange) => answerStream(exchange, half + sse({ ...apiError(type, "said so"), type: "error" }));
      const reply = await ask();
      deepEqual([reply.failure.code, reply.transient], [code, transient], type);
      match(reply.failure.message, /said so/u);
    }
  });

  it("an error event that is no JSON is a fault of the server", async () => {
    answer = (exchange) => answerStream(exchange, "event: error\ndata: {oops\n\n");
    equal((await ask()).failure.code, "model.server");
  });

  for (const body of ['{"error":"plain words"}', '{"message":"plain words"}'])
    it(`a gateway's ${body} is shown`, async () => {
      answer = (exchange) => answerJson(exchange, 400, JSON.parse(body));
      match((await ask()).failure.message, /plain words/u);
    });

  for (const body of ["", "null", "7", '"x"', "[]", '{"error":null}', '{"error":{"message":{"a":1}}}', "{", "\u0000"])
    it(`a body of ${JSON.stringify(body)} does no harm`, async () => {
      answer = ({ response }) => response.writeHead(400, { "content-type": "application/json" }).end(body);
      equal((await ask()).failure.code, "model.request");
    });

  it("a body without end is not read to it", async () => {
    answer = ({ response }) => {
      response.on("error", () => undefined);
      response.writeHead(500, { "content-type": "text/plain" });
      const more = () => {
        while (!response.destroyed && response.write("x".repeat(65_536)));
        if (!response.destroyed) response.once("drain", more);
      };
      more();
    };
    equal((await ask()).failure.code, "model.server");
    await server.exchanges.at(-1)?.hungUp;
  });

  for (const type of ["text/html", "application/json"])
    it(`a ${type} page in place of a stream is not the API, and its connection is closed`, async () => {
      answer = ({ response }) => response.writeHead(200, { "content-type": type }).write("<html>Sign in");
      const { failure, transient } = await ask();
      equal(failure.code, "model.server");
      equal(transient, false);
      equal(failure.message, `${server.host} answered with ${type} where the API answers with a stream of events.`);
      await server.exchanges.at(-1)?.hungUp;
    });

  it("no body at all is an answer cut short", async () => {
    answer = ({ response }) => response.writeHead(204).end();
    equal((await ask()).failure.code, "model.cut");
  });
});

describe("a redirect", () => {
  for (const status of [301, 302, 303, 307, 308])
    it(`${status} is not followed`, async () => {
      const before = server.exchanges.length;
      answer = ({ response }) => response.writeHead(status, { location: `${server.url}/elsewhere` }).end();
      const { failure, transient } = await ask();
      equal(failure.code, "model.network");
      match(failure.message, /^127\.0\.0\.1:\d+ sent the request elsewhere/u);
      equal(transient, false);
      equal(server.exchanges.length, before + 1);
    });
});

describe("no server", () => {
  it("nothing listens: named with host and port", async () => {
    const gone = await startRawServer(() => undefined);
    await gone.close();
    const { failure, transient } = await ask(gone.url);
    equal(failure.code, "model.network");
    equal(failure.message, `No connection to ${gone.host}: nothing answers there (ECONNREFUSED).`);
    equal(transient, true);
  });

  it("it hangs up before it answers", async () => {
    answer = ({ socket }) => socket.destroy();
    const { failure, transient } = await ask();
    equal(failure.code, "model.network");
    equal(transient, true);
  });

  it("it does not speak TLS", async () => {
    const { failure, transient } = await ask(server.url.replace("http:", "https:"));
    equal(failure.code, "model.network");
    match(failure.message, /does not speak TLS/u);
    equal(transient, false);
  });

  it("it does not speak HTTP", async () => {
    answer = ({ socket }) => socket.end("SSH-2.0-OpenSSH_9.2\r\n");
    equal((await ask()).failure.code, "model.network");
  });

  for (const [url, words] of [
    ["not a url", /not a web address/u],
    ["", /not a web address/u],
    ["ftp://host", /not a web address/u],
    ["file:///etc/passwd", /not a web address/u],
    ["http://canary-user:canary-word@host", /contains a user name or password/u],
  ] as const)
    it(`a base URL of ${JSON.stringify(url)} is refused before anything is sent`, async () => {
      const { failure, transient } = await ask(url);
      equal(failure.code, "model.network");
      match(failure.message, words);
      equal(transient, false);
    });
});

describe("the key", () => {
  for (const echo of [
    (key: string) => apiError("authentication_error", `the key ${key} is not valid`),
    (key: string) => ({ error: `Bearer ${key}` }),
    (key: string) => ({ message: `x-api-key: ${key}` }),
  ])
    it("stays secret when the server repeats it", async () => {
      answer = (exchange) => answerJson(exchange, 401, echo(CANARY_KEY), { "request-id": CANARY_KEY });
      match((await ask()).failure.message, /\[key\]/u);
    });

  it("stays secret when a stream repeats it", async () => {
    answer = (exchange) => answerStream(exchange, sse({ type: CANARY_KEY }) + `event: x\ndata: ${CANARY_KEY}\n\n`);
    await ask();
    answer = (exchange) => beginStream(exchange).end(sse({ ...apiError("api_error", CANARY_KEY), type: "error" }));
    await ask();
  });

  for (const [name, apiKey, code] of [
    ["none", "", "model.no-key"],
    ["blank", " \n", "model.no-key"],
    ["with a line end inside", "sk-canary\r\nx: y", "model.auth"],
    ["with a letter no header takes", "sk-canary-ключ", "model.auth"],
  ] as const)
    it(`${name}: refused before anything is sent`, async () => {
      const before = server.exchanges.length;
      const model = createAnthropicModel({ apiKey, baseUrl: server.url });
      const reply = failedOf(await model.respond(REQUEST, { signal: never() }));
      equal(reply.failure.code, code);
      equal(JSON.stringify(reply).includes("canary"), false);
      equal(server.exchanges.length, before);
    });
});
