import { deepEqual, equal, ok } from "node:assert/strict";

import { createAnthropicModel } from "../../../src/model/anthropic";
import { estimateTokens } from "../../../src/model/token-estimate";
import { costOf } from "../../../src/model/prices";
import { CANARY_KEY, REQUEST, failedOf, messageOf, never } from "../../support/model-request";
import { type RawServer, answerStream, messageEvents, sse, startRawServer, textBlock } from "../../support/raw-http";

const WHOLE = messageEvents([textBlock("some", "words")], { stopReason: "end_turn" });
const START = WHOLE.indexOf("event: content_block_start");
const COUNTED = { inputTokens: 10, outputTokens: 1, cacheReadTokens: 3, cacheWriteTokens: 4 };

describe("an answer that comes to nothing", () => {
  let server: RawServer;
  let stream = "";
  before(async () => {
    server = await startRawServer((exchange) => answerStream(exchange, stream));
  });
  after(() => server.close());

  const ask = (text: string) => {
    stream = text;
    const model = createAnthropicModel({ apiKey: CANARY_KEY, baseUrl: server.url });
    return model.respond(REQUEST, { signal: never() }).then(failedOf);
  };
  const error = sse({ type: "error", error: { type: "overloaded_error", message: "busy" } });

  for (const [what, text, code] of [
    ["cut", WHOLE.slice(0, START + 50), "model.cut"],
    ["ended by an error", WHOLE.slice(0, START) + error, "model.overloaded"],
    ["made senseless", `${WHOLE.slice(0, START)}event: content_block_start\ndata: {\n\n`, "model.server"],
  ] as const)
    it(`${what} after it began costs what the server has counted`, async () => {
      const { failure, usage } = await ask(text);
      equal(failure.code, code);
      deepEqual(usage, { ...COUNTED, usd: costOf("claude-sonnet-5-5", COUNTED) });
    });

  it("before it began costs nothing", async () => {
    for (const text of ["", WHOLE.slice(0, 40), error]) equal((await ask(text)).usage, undefined);
  });
});

describe("a gateway that does not count", () => {
  const { system, tools, messages } = REQUEST;
  let server: RawServer;
  let usage = "null";
  before(async () => {
    server = await startRawServer((exchange) =>
      answerStream(exchange, WHOLE.replaceAll(/"usage":\{[^}]*\}/gu, `"usage":${usage}`)),
    );
  });
  after(() => server.close());

  for (const [said, estimates] of [
    ["null", [true, true]],
    ["{}", [true, true]],
    ['{"input_tokens":0,"output_tokens":0}', [true, true]],
    ['{"input_tokens":7,"output_tokens":0}', [false, true]],
    ['{"input_tokens":0,"cache_read_input_tokens":7,"output_tokens":0}', [false, true]],
    ['{"output_tokens":7}', [true, false]],
    ['{"input_tokens":7,"output_tokens":7}', [false, false]],
  ] as const)
    it(`has what it leaves out taken from the length: ${said}`, async () => {
      usage = said;
      const model = createAnthropicModel({ apiKey: CANARY_KEY, baseUrl: server.url });
      const spent = messageOf(await model.respond(REQUEST, { signal: never() })).usage;
      const asked = estimates[0] ? estimateTokens({ system, tools, messages }) : 0;
      const answered = estimates[1] ? spent.outputTokens : 0;
      deepEqual([spent.inputTokens + spent.cacheReadTokens, spent.outputTokens > 0], [asked || 7, true]);
      equal(spent.estimatedTokens ?? 0, asked + answered);
      ok(spent.usd > 0);
    });
});

describe("a gateway that answers by another name than it was asked by", () => {
  let server: RawServer;
  let named = "";
  before(async () => {
    server = await startRawServer((exchange) =>
      answerStream(exchange, WHOLE.replaceAll(/"model":"[^"]*"/gu, `"model":"${named}"`)),
    );
  });
  after(() => server.close());

  const COUNTS = { ...COUNTED, outputTokens: 20 };
  const usageFrom = async (answers: string, asked: string) => {
    named = answers;
    const model = createAnthropicModel({ apiKey: CANARY_KEY, baseUrl: server.url });
    const { usage, model: by } = messageOf(await model.respond({ ...REQUEST, model: asked }, { signal: never() }));
    equal(by, answers);
    return usage;
  };

  for (const name of ["us.anthropic.claude-sonnet-5-5-v1:0", "openrouter/sonnet", ""])
    it(`costs what was asked for, which the budget relies on: ${JSON.stringify(name)}`, async () => {
      const usage = await usageFrom(name, "claude-sonnet-5-5");
      deepEqual(usage, { ...COUNTS, usd: costOf("claude-sonnet-5-5", COUNTS) });
    });

  it("costs what answered, where that has a price", async () => {
    equal((await usageFrom("claude-haiku-4-5", "claude-opus-5-5")).usd, costOf("claude-haiku-4-5", COUNTS));
  });

  it("has no price where neither has one", async () => {
    deepEqual(await usageFrom("x", "y"), { ...COUNTS, usd: 0, unpricedTokens: 37 });
  });
});
