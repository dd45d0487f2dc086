import Anthropic, { AnthropicError, APIConnectionError, APIConnectionTimeoutError, APIError } from "@anthropic-ai/sdk";
import assert from "node:assert/strict";
import { parseScenario } from "../../src/demo/scenario";
import { startDemoServer, type DemoServer } from "../../src/demo/server";

const PARAMS: Anthropic.MessageCreateParamsNonStreaming = {
  model: "claude-sonnet-5-5",
  max_tokens: 1000,
  tools: [{ name: "write", input_schema: { type: "object" } }],
  messages: [{ role: "user", content: "hello" }],
};
const REPLY = "reply: [{ text: Here it comes. }, { tool: write, input: { file_path: a.js, content: one two three } }]";

describe("the demo server's faults, as the real SDK reports them", () => {
  let server: DemoServer;
  let client: Anthropic;
  const play = async (rule: string, more = "") => {
    server = await startDemoServer(
      parseScenario(`${more}\nrules:\n  - { ${rule} }\n  - reply: [{ text: ok }]`, "t.yml"),
      { speed: 0 },
    );
    client = new Anthropic({ baseURL: server.url, apiKey: "demo", maxRetries: 0, logLevel: "off" });
  };
  afterEach(() => server.dispose());
  const stream = () => client.messages.stream(PARAMS).finalMessage();
  const bodyOf = async () => {
    const { body } = await client.messages.create({ ...PARAMS, stream: true }).asResponse();
    assert.ok(body);
    return body;
  };

  const statuses: readonly (readonly [status: number, type: string])[] = [
    [400, "invalid_request_error"],
    [401, "authentication_error"],
    [402, "billing_error"],
    [403, "permission_error"],
    [404, "not_found_error"],
    [408, "timeout_error"],
    [409, "conflict_error"],
    [413, "request_too_large"],
    [422, "invalid_request_error"],
    [429, "rate_limit_error"],
    [500, "api_error"],
    [502, "api_error"],
    [503, "api_error"],
    [504, "timeout_error"],
    [529, "overloaded_error"],
  ];
  for (const [status, type] of statuses)
    it(`status ${status} is ${type}, streaming or not`, async () => {
      await play(`fault: { kind: status, status: ${status} }`);
      for (const call of [stream(), client.messages.create(PARAMS)]) {
        const error = await apiError(call);
        assert.deepEqual([error.status, error.type], [status, type]);
        assert.match(error.requestID ?? "", /^req_demo_/u);
      }
    });

  it("status carries type, message, retry-after and headers of its own", async () => {
    await play(
      'fault: { kind: status, status: 429, type: news_error, message: Slow down, retry_after: 7, headers: { x-should-retry: "false" } }',
    );
    const error = await apiError(stream());
    assert.equal(error.apiMessage, "Slow down");
    assert.equal(error.type, "news_error");
    assert.deepEqual(
      ["retry-after", "x-should-retry", "anthropic-ratelimit-requests-remaining"].map((name) =>
        error.headers?.get(name),
      ),
      ["7", "false", "0"],
    );
  });

  it("status 302 is not followed", async () => {
    await play('fault: { kind: status, status: 302, headers: { location: "http://127.0.0.1:9/" } }');
    await assert.rejects(stream(), APIConnectionError);
    assert.equal(server.requests.length, 1);
  });

  it("times falls through to the next rule, and the SDK's own retries get there", async () => {
    await play('when: { times: 2 }, fault: { kind: status, status: 529, headers: { retry-after-ms: "1" } }');
    const patient = new Anthropic({ baseURL: server.url, apiKey: "demo", maxRetries: 2, logLevel: "off" });
    const message = await patient.messages.stream(PARAMS).finalMessage();
    assert.equal(message.stop_reason, "end_turn");
    assert.deepEqual(
      server.requests.map(({ rule }) => rule),
      [1, 1, 2],
    );
  });

  it("probability fails a share of the requests, the same one for the same seed", async () => {
    const failures = async () => {
      await play("when: { probability: 0.5 }, fault: { kind: status, status: 500 }", "seed: 5");
      const results: boolean[] = [];
      for (let i = 0; i < 12; i += 1)
        results.push(
          await stream().then(
            () => true,
            () => false,
          ),
        );
      return results;
    };
    const first = await failures();
    await server.dispose();
    assert.deepEqual(await failures(), first);
    assert.equal(new Set(first).size, 2);
  });

  it("a stall at the headers runs into the SDK's time-out", async () => {
    await play("fault: { kind: stall, at: headers }");
    await assert.rejects(client.messages.create(PARAMS, { timeout: 50 }), APIConnectionTimeoutError);
    assert.equal(await server.requests[0]?.ended, "disconnected");
  });

  it("a stall in the stream lets nothing more through, with or without pings", async () => {
    for (const pings of ["", ", ping_every_ms: 5"]) {
      await play(`${REPLY}, fault: { kind: stall, at: stream, after_events: 4${pings} }`);
      const body = await bodyOf();
      let text = "";
      for await (const chunk of body) {
        text += Buffer.from(chunk).toString();
        // Leaving the loop cancels the body.
        if (count(text, "event: ") >= (pings === "" ? 4 : 8)) break;
      }
      assert.equal(count(text, "event: content_block"), 2);
      assert.ok(pings === "" ? count(text, "event: ping") === 1 : count(text, "event: ping") >= 5);
      assert.equal(await server.requests[0]?.ended, "disconnected");
      await server.dispose();
    }
  });

  it("a clean end inside a message is an error of the SDK's stream, at every event", async () => {
    for (let events = 0; events < 8; events += 1) {
      await play(`${REPLY}, fault: { kind: cut, by: eof, after_events: ${events} }`);
      await assert.rejects(stream(), /stream ended without producing a Message|request ended without/u);
      assert.equal(await server.requests[0]?.ended, "answered");
      await server.dispose();
    }
  });

  it("a clean end in the middle of an event, too", async () => {
    await play(`${REPLY}, fault: { kind: cut, by: eof, after_bytes: 700 }`);
    await assert.rejects(stream(), AnthropicError);
  });

  it("a reset is a connection that broke, after what was sent", async () => {
    await play(`${REPLY}, fault: { kind: cut, by: reset, after_events: 3 }`);
    const body = await bodyOf();
    let text = "";
    await assert.rejects(async () => {
      for await (const chunk of body) text += Buffer.from(chunk).toString();
    }, TypeError);
    assert.equal(count(text, "event: "), 3);
    assert.equal(await server.requests[0]?.ended, "answered");
  });

  it("a reset of a plain body breaks the call", async () => {
    await play(`${REPLY}, fault: { kind: cut, by: reset, after_bytes: 20 }`);
    await assert.rejects(client.messages.create(PARAMS));
  });

  it("an error event after 200 has a type and no status", async () => {
    await play(`${REPLY}, fault: { kind: error_event, type: overloaded_error, message: Busy, after_events: 4 }`);
    const error = await apiError(stream());
    assert.deepEqual([error.status, error.type, error.apiMessage], [undefined, "overloaded_error", "Busy"]);
  });

  it("a malformed event is an error", async () => {
    await play(`${REPLY}, fault: { kind: inject, event: malformed, after_events: 3 }`);
    await assert.rejects(stream(), /JSON/u);
  });

  it("a second message_start is an error", async () => {
    await play(`${REPLY}, fault: { kind: inject, event: duplicate_start, after_events: 3 }`);
    await assert.rejects(stream(), /Unexpected event order/u);
  });

  it("an unknown event does no harm", async () => {
    await play(`${REPLY}, fault: { kind: inject, event: unknown_event, after_events: 3 }`);
    assert.equal((await stream()).stop_reason, "tool_use");
  });

  it("a block of an unknown type stands where the scenario puts it", async () => {
    await play("reply: [{ raw: { type: demo_block, detail: 1 } }, { text: after }]");
    const { content } = await stream();
    assert.deepEqual(
      content.map(({ type }) => type as string),
      ["demo_block", "text"],
    );
  });

  it("a truncated tool call ends with max_tokens and half an input", async () => {
    await play(`${REPLY}, fault: { kind: truncated_tool }`);
    for (const message of [await stream(), await client.messages.create(PARAMS)]) {
      assert.equal(message.stop_reason, "max_tokens");
      const tool = message.content.at(-1);
      assert.ok(tool?.type === "tool_use");
      assert.notDeepEqual(tool.input, { file_path: "a.js", content: "one two three" });
    }
  });

  for (const reason of [
    "end_turn",
    "max_tokens",
    "stop_sequence",
    "pause_turn",
    "refusal",
    "model_context_window_exceeded",
  ])
    it(`stop_reason ${reason}`, async () => {
      await play(`reply: [{ text: well }], stop_reason: ${reason}`);
      for (const message of [await stream(), await client.messages.create(PARAMS)]) {
        assert.equal(message.stop_reason, reason);
        assert.equal(message.stop_details?.type, reason === "refusal" ? "refusal" : undefined);
      }
    });

  it("an empty end_turn has no content", async () => {
    await play("reply: []");
    const message = await stream();
    assert.deepEqual([message.content, message.stop_reason], [[], "end_turn"]);
  });

  it("a tool nobody offered, the same id twice, fifty calls at once", async () => {
    const calls = "{ tool: nope, id: same }, ".repeat(50);
    await play(`reply: [${calls}]`);
    const { content } = await stream();
    assert.equal(content.length, 50);
    assert.ok(content.every((block) => block.type === "tool_use" && block.name === "nope" && block.id === "same"));
  });
});

async function apiError(call: PromiseLike<unknown>): Promise<APIError> {
  try {
    await call;
  } catch (error) {
    assert.ok(error instanceof APIError, String(error));
    return error;
  }
  assert.fail("The call succeeded.");
}

function count(text: string, part: string): number {
  return text.split(part).length - 1;
}
