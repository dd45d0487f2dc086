import Anthropic, { APIConnectionError, APIError, APIUserAbortError } from "@anthropic-ai/sdk";
import assert from "node:assert/strict";
import { once } from "node:events";
import { connect } from "node:net";
import { parseScenario } from "../../src/demo/scenario";
import { startDemoServer, type DemoServer, type DemoServerOptions, type RecordedRequest } from "../../src/demo/server";

const TOOL: Anthropic.Tool = { name: "read", input_schema: { type: "object" } };
const PARAMS: Anthropic.MessageCreateParamsNonStreaming = {
  model: "claude-sonnet-5-5",
  max_tokens: 1000,
  system: "You are the tester in a Braid run.",
  tools: [TOOL],
  messages: [{ role: "user", content: "Subtask: auth (attempt 1)\n\nGoal: Log in" }],
};

describe("the demo server before the real SDK", () => {
  const open: DemoServer[] = [];
  afterEach(async () => {
    for (const server of open.splice(0)) await server.dispose();
  });
  const play = async (rules: string, options: DemoServerOptions = { speed: 0 }) => {
    const server = await startDemoServer(parseScenario(rules, "test.yml"), options);
    open.push(server);
    return { server, client: clientOf(server) };
  };

  describe("messages", () => {
    const RULES = `
rules:
  - reply:
      - thinking: Let me see, {{role}}.
      - text: "Naïve 👩‍🚀 about {{subtask}}: {{goal}} with {{model}}, turn {{turn}}, attempt {{attempt}}"
      - { tool: read, input: { file_path: "src/{{subtask}}.js", view_range: [1, -1] } }
      - { tool: read, input: {} }`;
    const check = (message: Anthropic.Message) => {
      assert.equal(message.model, PARAMS.model);
      assert.equal(message.stop_reason, "tool_use");
      const [thinking, text, first, second] = message.content;
      assert.ok(thinking?.type === "thinking" && thinking.signature !== "");
      assert.equal(thinking.thinking, "Let me see, tester.");
      assert.ok(text?.type === "text");
      assert.equal(text.text, "Naïve 👩‍🚀 about auth: Log in with claude-sonnet-5-5, turn 1, attempt 1");
      assert.ok(first?.type === "tool_use" && second?.type === "tool_use");
      assert.deepEqual(first.input, { file_path: "src/auth.js", view_range: [1, -1] });
      assert.deepEqual(second.input, {});
      assert.notEqual(first.id, second.id);
      assert.ok(message.usage.input_tokens > 0 && message.usage.output_tokens > 20);
      assert.ok((message.usage.output_tokens_details?.thinking_tokens ?? 0) > 0);
    };

    it("arrive as a stream", async () => {
      const { client } = await play(RULES);
      check(await client.messages.stream(PARAMS).finalMessage());
    });

    it("arrive in one piece", async () => {
      const { client } = await play(RULES);
      check(await client.messages.create(PARAMS));
    });

    it("arrive byte by byte", async () => {
      const { client } = await play(`${RULES}\n    fault: { kind: chunks, bytes: 1 }`);
      check(await client.messages.stream(PARAMS).finalMessage());
    });

    it("are taken back as they are, thinking and all, and carry the conversation on", async () => {
      const { client, server } = await play(`
rules:
  - when: { turn: 2, last_tool: read, last_result_contains: "/no such/", last_result_error: true }
    reply: [{ text: "I see: {{last_result}}" }]
  - reply: [{ thinking: hm }, { tool: read }]`);
      const first = await client.messages.stream(PARAMS).finalMessage();
      const call = first.content.find((block) => block.type === "tool_use");
      assert.ok(call);
      const second = await client.messages.create({
        ...PARAMS,
        messages: [
          ...PARAMS.messages,
          { role: "assistant", content: first.content },
          {
            role: "user",
            content: [{ type: "tool_result", tool_use_id: call.id, content: "no such file", is_error: true }],
          },
        ],
      });
      assert.deepEqual([wordsOf(second), second.stop_reason], ["I see: no such file", "end_turn"]);
      assert.deepEqual(
        server.requests.map(({ rule, facts }) => [rule, facts.turn]),
        [
          [2, 1],
          [1, 2],
        ],
      );
    });

    it("own up to being scripted when no rule fits, and in every header", async () => {
      const { client } = await play("rules: [{ when: { role: planner } }]");
      const { data, response, request_id: id } = await client.messages.create(PARAMS).withResponse();
      assert.match(wordsOf(data), /^Scripted answer of the Braid demo model/u);
      assert.equal(response.headers.get("x-braid-demo"), "scripted");
      assert.match(id ?? "", /^req_demo_\d+$/u);
      assert.equal(response.headers.get("anthropic-ratelimit-requests-limit"), "4000");
    });

    it("are refused when no rule fits and the scenario is strict", async () => {
      const { client } = await play("defaults: { unmatched: error }");
      const error = await failureOf(client.messages.create(PARAMS));
      assert.equal(error.status, 400);
      assert.match(error.apiMessage ?? "", /No rule of the scenario fits .*"subtask":"auth"/u);
    });

    it("take their usage from the rule when it says so", async () => {
      const { client } = await play(
        "rules: [{ usage: { input_tokens: 7, output_tokens: 8, cache_read_input_tokens: 9, cache_creation_input_tokens: 10 } }]",
      );
      const { usage } = await client.messages.stream(PARAMS).finalMessage();
      assert.deepEqual(
        [usage.input_tokens, usage.output_tokens, usage.cache_read_input_tokens, usage.cache_creation_input_tokens],
        [7, 8, 9, 10],
      );
    });

    it("read the shared prefix from the cache the second time", async () => {
      const { client } = await play("");
      const system: Anthropic.TextBlockParam[] = [
        { type: "text", text: "You are the tester. ".repeat(400), cache_control: { type: "ephemeral" } },
      ];
      const first = (await client.messages.stream({ ...PARAMS, system }).finalMessage()).usage;
      const second = (await client.messages.create({ ...PARAMS, system })).usage;
      assert.ok((first.cache_creation_input_tokens ?? 0) > 1024);
      assert.equal(first.cache_read_input_tokens, 0);
      assert.equal(second.cache_read_input_tokens, first.cache_creation_input_tokens);
      assert.equal(second.cache_creation_input_tokens, 0);
    });
  });

  describe("other routes", () => {
    it("lists models and finds any one", async () => {
      const { client } = await play("");
      const { data } = await client.models.list();
      assert.deepEqual(
        data.map(({ id }) => id),
        ["claude-opus-5-5", "claude-sonnet-5-5", "claude-haiku-5-5"],
      );
      const model = await client.models.retrieve("some-model");
      assert.deepEqual([model.id, model.display_name], ["some-model", "some-model (scripted demo)"]);
    });

    it("counts tokens, and refuses what it would refuse as a message", async () => {
      const { client } = await play("");
      const { model, messages } = PARAMS;
      const { input_tokens: tokens } = await client.messages.countTokens({ model, messages });
      assert.ok(tokens > 10 && tokens < 100, String(tokens));
      assert.equal((await failureOf(client.messages.countTokens({ model, messages: [] }))).status, 400);
    });

    it("knows no others", async () => {
      const { client } = await play("");
      const error = await failureOf(client.get("/v1/files"));
      assert.deepEqual([error.status, error.type], [404, "not_found_error"]);
    });
  });

  describe("what it refuses", () => {
    it("a request without a key, or with a wrong one, when the scenario wants it", async () => {
      const table = [
        ["true", {}, 401],
        ["true", { "x-api-key": "any" }, 200],
        ["secret", { "x-api-key": "any" }, 401],
        ["secret", { "x-api-key": "secret" }, 200],
        ["secret", { authorization: "Bearer secret" }, 200],
      ] as const;
      for (const [required, headers, expected] of table) {
        const { server } = await play(`require_key: ${required}`);
        const response = await fetch(`${server.url}/v1/models`, { headers });
        assert.equal(response.status, expected, `${required} ${JSON.stringify(headers)}`);
        if (expected === 401) assert.match(await response.text(), /"type":"authentication_error"/u);
      }
      const { server } = await play("require_key: secret");
      const error = await failureOf(clientOf(server, "wrong").messages.create(PARAMS));
      assert.deepEqual([error.status, error.apiMessage], [401, "invalid x-api-key"]);
    });

    it("a broken history, in the API's words", async () => {
      const { client, server } = await play("");
      const content = [{ type: "tool_use" as const, id: "a", name: "read", input: {} }];
      const messages = [...PARAMS.messages, { role: "assistant" as const, content }];
      const error = await failureOf(client.messages.create({ ...PARAMS, messages }));
      assert.deepEqual([error.status, error.type], [400, "invalid_request_error"]);
      assert.match(error.apiMessage ?? "", /without `tool_result` blocks immediately after: a/u);
      assert.equal(server.requests.length, 0);
    });

    it("a body above 32 MB", async () => {
      const { client } = await play("");
      const messages = [{ role: "user" as const, content: "x".repeat(33 * 1024 * 1024) }];
      const error = await failureOf(client.messages.create({ ...PARAMS, messages }));
      assert.deepEqual([error.status, error.type], [413, "request_too_large"]);
    });

    it("a request without the version header", async () => {
      const { server } = await play("");
      const response = await fetch(`${server.url}/v1/messages`, { method: "POST", body: "{}" });
      assert.equal(response.status, 400);
      assert.match(await response.text(), /anthropic-version: header is required/u);
    });
  });

  describe("its life", () => {
    it("answers 64 requests at the same time, each its own", async () => {
      const { client, server } = await play("rules: [{ reply: [{ text: 'done {{subtask}}' }] }]", {
        speed: 0,
        recordBodies: false,
      });
      const ids = Array.from({ length: 64 }, (_, i) => `s${i}`);
      const replies = await Promise.all(
        ids.map((id) =>
          client.messages
            .stream({ ...PARAMS, messages: [{ role: "user", content: `Subtask: ${id} (attempt 1)` }] })
            .finalMessage(),
        ),
      );
      assert.deepEqual(
        replies.map(wordsOf),
        ids.map((id) => `done ${id}`),
      );
      assert.equal(server.requests.length, 64);
      assert.ok(server.requests.every(({ body }) => body === undefined));
    });

    it("waits as long as the scenario says, by the scenario's clock and the speed", async () => {
      const { client } = await play(
        "rules: [{ latency: { first_token_ms: 400, per_token_ms: 10 }, reply: [{ text: x123456789012345678901234567890123456789 }] }]",
        { speed: 2 },
      );
      const start = performance.now();
      await client.messages.stream(PARAMS).finalMessage();
      // 200 ms and 11 tokens at 5 ms; no upper bound, for machines are slow.
      assert.ok(performance.now() - start >= 240);
    });

    it("tells of a request before it answers, and of a client that went away", async () => {
      const { client, server } = await play("rules: [{ fault: { kind: stall, at: stream, after_events: 2 } }]");
      const arrived = new Promise<RecordedRequest>((resolve) => void server.onRequest(resolve));
      const stream = client.messages.stream(PARAMS);
      const aborted = assert.rejects(stream.finalMessage(), APIUserAbortError);
      const { ended, facts } = await arrived;
      assert.equal(facts.subtask, "auth");
      await stream.emitted("streamEvent");
      stream.abort();
      await aborted;
      assert.equal(await ended, "disconnected");
    });

    it("ends with a request under way, and its port is free", async () => {
      const { client, server } = await play("defaults: { latency: { first_token_ms: 3600000 } }", { speed: 1 });
      const arrived = new Promise<RecordedRequest>((resolve) => void server.onRequest(resolve));
      const failed = assert.rejects(client.messages.create(PARAMS), APIConnectionError);
      const { ended } = await arrived;
      await Promise.all([server.dispose(), server.dispose()]);
      await failed;
      assert.equal(await ended, "disconnected");
      const [error] = await once(connect(Number(new URL(server.url).port), "127.0.0.1"), "error");
      assert.equal(error.code, "ECONNREFUSED");
    });
  });
});

function clientOf(server: DemoServer, apiKey = "demo"): Anthropic {
  return new Anthropic({ baseURL: server.url, apiKey, authToken: null, maxRetries: 0, logLevel: "off" });
}

function wordsOf({ content }: Anthropic.Message): string {
  return content.map((block) => (block.type === "text" ? block.text : "")).join("");
}

async function failureOf(call: PromiseLike<unknown>): Promise<APIError> {
  try {
    await call;
  } catch (error) {
    assert.ok(error instanceof APIError, String(error));
    return error;
  }
  assert.fail("The call succeeded.");
}
