import { deepEqual, equal } from "node:assert/strict";

import { createAnthropicModel } from "../../../src/model/anthropic";
import type { Block, ModelRequest } from "../../../src/model/model";
import { CANARY_KEY, REQUEST, failedOf, messageOf, never } from "../../support/model-request";
import {
  type RawExchange,
  type RawServer,
  answerStream,
  messageEvents,
  startRawServer,
  textBlock,
} from "../../support/raw-http";

const CACHE = { cache_control: { type: "ephemeral" } };
const TOOLS: ModelRequest["tools"] = [
  { name: "read", description: "Reads.", schema: { type: "object", properties: { file_path: { type: "string" } } } },
  { name: "write", description: "Writes.", schema: { properties: {}, required: [] } },
];

let server: RawServer;
let answer: (exchange: RawExchange) => void;
before(async () => {
  server = await startRawServer((exchange) => answer(exchange));
});
beforeEach(() => {
  answer = (exchange) => answerStream(exchange, messageEvents([textBlock("ok")], { stopReason: "end_turn" }));
});
after(() => server.close());

/** Sends a request and returns it as it came over the wire. */
async function send(request: Partial<ModelRequest>): Promise<RawExchange & { readonly json: Record<string, unknown> }> {
  const model = createAnthropicModel({ apiKey: `${CANARY_KEY}\n`, baseUrl: server.url });
  messageOf(await model.respond({ ...REQUEST, ...request }, { signal: never() }));
  const exchange = server.exchanges.at(-1);
  if (exchange === undefined) throw new Error("nothing was sent");
  return { ...exchange, json: JSON.parse(exchange.body) as Record<string, unknown> };
}

describe("the request", () => {
  it("is this, to the letter", async () => {
    const { json, path, headers } = await send({
      model: "sonnet",
      tools: TOOLS,
      messages: [
        { role: "user", content: [{ type: "text", text: "One" }] },
        {
          role: "assistant",
          content: [
            { type: "opaque", raw: { type: "thinking", thinking: "", signature: "c2ln" } },
            { type: "text", text: "Two" },
            { type: "tool_use", id: "t1", name: "read", input: { file_path: "a" } },
          ],
        },
        {
          role: "user",
          content: [{ type: "tool_result", tool_use_id: "t1", content: "no such file", is_error: true }],
        },
      ],
    });
    equal(path, "/v1/messages");
    equal(headers.authorization, `Bearer ${CANARY_KEY}`);
    deepEqual(json, {
      model: "claude-sonnet-5-5",
      max_tokens: 1000,
      tools: [
        {
          name: "read",
          description: "Reads.",
          input_schema: { type: "object", properties: { file_path: { type: "string" } } },
        },
        {
          name: "write",
          description: "Writes.",
          input_schema: { properties: {}, required: [], type: "object" },
          ...CACHE,
        },
      ],
      system: [{ type: "text", text: "You are a worker.", ...CACHE }],
      messages: [
        { role: "user", content: [{ type: "text", text: "One", ...CACHE }] },
        {
          role: "assistant",
          content: [
            { type: "thinking", thinking: "", signature: "c2ln" },
            { type: "text", text: "Two" },
            { type: "tool_use", id: "t1", name: "read", input: { file_path: "a" } },
          ],
        },
        {
          role: "user",
          content: [{ type: "tool_result", tool_use_id: "t1", content: "no such file", is_error: true, ...CACHE }],
        },
      ],
      stream: true,
    });
  });

  it("of two siblings is the same to the byte up to the messages", async () => {
    const bodies: string[] = [];
    for (const text of ["Write the parser", "Write the printer, and its 12 tests"])
      bodies.push((await send({ tools: TOOLS, messages: [{ role: "user", content: [{ type: "text", text }] }] })).body);
    const [one, two] = bodies.map((body) => body.slice(0, body.indexOf('"messages":')));
    equal(one, two);
    equal(one?.includes('"system":') && one.includes('"tools":'), true);
  });

  it("never has more than four cache breakpoints, and the last message has one", async () => {
    const messages = Array.from({ length: 12 }, (_, turn) => ({
      role: turn % 2 === 0 ? ("user" as const) : ("assistant" as const),
      content: [{ type: "text" as const, text: `turn ${turn}` }],
    })).slice(0, 11);
    const { body, json } = await send({ tools: TOOLS, messages });
    equal(body.split("cache_control").length - 1, 4);
    deepEqual((json["messages"] as unknown[]).at(-1), {
      role: "user",
      content: [{ type: "text", text: "turn 10", ...CACHE }],
    });
  });

  it("what came back opaque goes out as it came", async () => {
    const raw = { type: "redacted_thinking", data: "x\u0000\ud800", more: [{ z: 1, a: null }] };
    const content: Block[] = [{ type: "opaque", raw }];
    const { json } = await send({
      messages: [...REQUEST.messages, { role: "assistant", content }, ...REQUEST.messages],
    });
    deepEqual((json["messages"] as { content: unknown[] }[])[1]?.content[0], raw);
  });

  it("leaves out what the API refuses: empty text, empty messages, half characters, too many tokens", async () => {
    const { json } = await send({
      system: "",
      maxTokens: 10_000_000,
      messages: [
        {
          role: "user",
          content: [
            { type: "text", text: "" },
            { type: "text", text: "cut \ud83d" },
          ],
        },
        { role: "assistant", content: [] },
      ],
    });
    deepEqual(json, {
      model: "claude-sonnet-5-5",
      max_tokens: 128_000,
      messages: [{ role: "user", content: [{ type: "text", text: "cut \ufffd", ...CACHE }] }],
      stream: true,
    });
  });
});

describe("the environment", () => {
  const hostile: Readonly<Record<string, string>> = {
    ANTHROPIC_BASE_URL: "http://127.0.0.1:9",
    ANTHROPIC_API_KEY: "sk-from-environment",
    ANTHROPIC_AUTH_TOKEN: "token-from-environment",
    ANTHROPIC_CUSTOM_HEADERS: "Authorization: Bearer stolen\nX-Evil: yes\nanthropic-version: 1999-01-01",
    ANTHROPIC_LOG: "debug",
    ANTHROPIC_PROFILE: "nobody",
    ANTHROPIC_OPEN_TELEMETRY: "true",
  };
  const kept = new Map<string, string | undefined>();
  beforeEach(() => {
    for (const [name, value] of Object.entries(hostile)) {
      kept.set(name, process.env[name]);
      process.env[name] = value;
    }
  });
  afterEach(() => {
    for (const [name, value] of kept)
      if (value === undefined) delete process.env[name];
      else process.env[name] = value;
  });

  it("neither redirects nor adds a header nor prints a word, and is left as it was", async () => {
    const { value, printed } = await listening(() => send({}));
    equal(value.headers.authorization, `Bearer ${CANARY_KEY}`);
    equal(value.headers["x-evil"], undefined);
    equal(value.headers["x-api-key"], undefined);
    equal(value.headers["anthropic-version"] === "1999-01-01", false);
    equal(value.headers["traceparent"], undefined);
    deepEqual(printed, []);
    for (const [name, value] of Object.entries(hostile)) equal(process.env[name], value, name);
  });

  it("is not asked for a key where none was given", async () => {
    const keyless = createAnthropicModel({ apiKey: "", baseUrl: server.url });
    equal(failedOf(await keyless.respond(REQUEST, { signal: never() })).failure.code, "model.no-key");
  });

  it("gets no word of a failure printed either", async () => {
    answer = (exchange) => answerStream(exchange, "event: x\ndata: garbage\n\n");
    const model = createAnthropicModel({ apiKey: CANARY_KEY, baseUrl: server.url });
    const { value, printed } = await listening(() => model.respond(REQUEST, { signal: never() }));
    equal(failedOf(value).failure.code, "model.server");
    deepEqual(printed, []);
  });
});

/** What is printed meanwhile. Heard at the streams, since the SDK keeps the console's functions from its first use on. */
async function listening<T>(
  act: () => Promise<T>,
): Promise<{ readonly value: T; readonly printed: readonly unknown[] }> {
  const printed: unknown[] = [];
  const streams = [process.stdout, process.stderr].map((stream) => ({ stream, write: stream.write.bind(stream) }));
  for (const { stream } of streams) stream.write = (chunk: string | Uint8Array) => printed.push(chunk) > 0;
  try {
    return { value: await act(), printed };
  } finally {
    for (const { stream, write } of streams) stream.write = write;
  }
}
