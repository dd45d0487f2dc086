import assert from "node:assert/strict";
import { parseBody } from "../../../src/demo/body";
import { checkRequest } from "../../../src/demo/check-request";
import { MessagesRequest } from "../../../src/demo/request";
import { signatureOf } from "../../../src/demo/signature";

const TOOL = { name: "read", input_schema: { type: "object" } };
const ask = { role: "user", content: "hello" };
const call = (...ids: string[]) => ({
  role: "assistant",
  content: ids.map((id) => ({ type: "tool_use", id, name: "read", input: {} })),
});
const result = (...ids: string[]) => ({
  role: "user",
  content: ids.map((id) => ({ type: "tool_result", tool_use_id: id, content: "ok" })),
});
const said = (...blocks: object[]) => ({ role: "assistant", content: blocks });
const text = (words: string) => ({ type: "text", text: words });
const marked = { ...text("x"), cache_control: { type: "ephemeral" } };
const BODY = { model: "m", max_tokens: 10, tools: [TOOL], messages: [ask] };

function judge(body: unknown): string | undefined {
  const parsed = parseBody(MessagesRequest, typeof body === "string" ? body : JSON.stringify(body));
  return parsed.ok ? checkRequest(parsed.value) : parsed.error.message;
}

describe("requests the API would take", () => {
  const taken: readonly (readonly [name: string, fields: object])[] = [
    ["one message", {}],
    ["answered tools", { messages: [ask, call("a", "b"), result("b", "a")] }],
    [
      "words after the results",
      { messages: [ask, call("a"), { role: "user", content: [...result("a").content, text("go on")] }] },
    ],
    ["two user messages in a row", { messages: [ask, ask] }],
    ["a paused turn carried on", { messages: [ask, said(text("half")), call("a"), result("a")] }],
    ["a paused turn sent back", { messages: [ask, said(text("half"))] }],
    [
      "thinking as it was signed",
      { messages: [ask, said({ type: "thinking", thinking: "hm", signature: signatureOf("hm") })] },
    ],
    [
      "a tool nobody offered in the history",
      { messages: [ask, said({ type: "tool_use", id: "a", name: "nope", input: {} }), result("a")] },
    ],
    ["a server's tool without schema", { tools: [{ type: "web_search_20250305", name: "web_search" }] }],
    ["a choice of a tool", { tool_choice: { type: "tool", name: "read" } }],
    ["four marks", { system: [marked, marked, marked, marked] }],
  ];
  for (const [name, fields] of taken) it(name, () => assert.equal(judge({ ...BODY, ...fields }), undefined));
});

describe("requests the API refuses", () => {
  const refused: readonly (readonly [name: string, body: unknown, message: string | RegExp])[] = [
    ["no JSON", "{", "The request body is not valid JSON."],
    ["no object", "[]", /expected object/u],
    ["no model", { ...BODY, model: undefined }, "model: Field required"],
    ["no max_tokens", { ...BODY, max_tokens: undefined }, "max_tokens: Field required"],
    ["max_tokens 0", { ...BODY, max_tokens: 0 }, /^max_tokens: /u],
    ["no messages", { ...BODY, messages: undefined }, "messages: Field required"],
    ["an unknown field", { ...BODY, maxTokens: 3 }, "maxTokens: Extra inputs are not permitted"],
    [
      "an unknown field in a message",
      { ...BODY, messages: [{ ...ask, id: 1 }] },
      "messages.0.id: Extra inputs are not permitted",
    ],
    ["an unknown role", { ...BODY, messages: [{ role: "robot", content: "x" }] }, /^messages\.0\.role: /u],
    ["content of a wrong type", { ...BODY, messages: [{ role: "user", content: 7 }] }, /^messages\.0\.content: /u],
    ["an empty conversation", { ...BODY, messages: [] }, "messages: at least one message is required"],
    ["the assistant first", { ...BODY, messages: [said(text("x"))] }, /first message must use the "user" role/u],
    [
      "an empty message",
      { ...BODY, messages: [{ role: "user", content: [] }] },
      /^messages\.0: all messages must have non-empty content/u,
    ],
    [
      "an empty text",
      { ...BODY, messages: [{ role: "user", content: [text("")] }] },
      /text content blocks must be non-empty/u,
    ],
    ["a blank text", { ...BODY, messages: [{ role: "user", content: " \n" }] }, /must contain non-whitespace text/u],
    [
      "an open call at the end",
      { ...BODY, messages: [ask, call("a")] },
      /^messages\.1: `tool_use` ids were found without .* immediately after: a\./u,
    ],
    ["one of two calls answered", { ...BODY, messages: [ask, call("a", "b"), result("a")] }, /immediately after: b\./u],
    [
      "an answer too late",
      { ...BODY, messages: [ask, call("a"), ask, said(text("x")), result("a")] },
      /immediately after: a\./u,
    ],
    [
      "words before the result",
      { ...BODY, messages: [ask, call("a"), { role: "user", content: [text("x"), ...result("a").content] }] },
      /immediately after: a\./u,
    ],
    [
      "an answer nobody asked for",
      { ...BODY, messages: [ask, said(text("x")), result("a")] },
      /^messages\.2: unexpected `tool_use_id`/u,
    ],
    [
      "an answer given twice",
      { ...BODY, messages: [ask, call("a"), result("a", "a")] },
      /Found multiple `tool_result` blocks with id: a/u,
    ],
    ["an id used twice in a turn", { ...BODY, messages: [ask, call("a", "a"), result("a")] }, /ids must be unique/u],
    [
      "an id used again",
      { ...BODY, messages: [ask, call("a"), result("a"), call("a"), result("a")] },
      /ids must be unique/u,
    ],
    [
      "a call by the user",
      { ...BODY, messages: [{ ...call("a"), role: "user" }] },
      /can only be in `assistant` messages/u,
    ],
    [
      "a result by the assistant",
      { ...BODY, messages: [ask, { ...result("a"), role: "assistant" }] },
      /can only be in `user` messages/u,
    ],
    [
      "input that is no object",
      { ...BODY, messages: [ask, said({ type: "tool_use", id: "a", name: "read", input: "x" })] },
      /valid dictionary/u,
    ],
    [
      "a call without id",
      { ...BODY, messages: [ask, said({ type: "tool_use", name: "read", input: {} })] },
      /Field required/u,
    ],
    [
      "a result without id",
      { ...BODY, messages: [{ role: "user", content: [{ type: "tool_result" }] }] },
      /tool_use_id: Field required/u,
    ],
    [
      "changed thinking",
      { ...BODY, messages: [ask, said({ type: "thinking", thinking: "ha", signature: signatureOf("hm") })] },
      /Invalid `signature`/u,
    ],
    ["calls without tools", { ...BODY, tools: [], messages: [ask, call("a"), result("a")] }, /must define tools/u],
    ["a tool twice", { ...BODY, tools: [TOOL, TOOL] }, "tools: Tool names must be unique."],
    ["a tool with a bad name", { ...BODY, tools: [{ ...TOOL, name: "a b" }] }, /^tools\.0\.name: /u],
    ["a tool without schema", { ...BODY, tools: [{ name: "read" }] }, "tools.0.custom.input_schema: Field required"],
    ["a choice nobody offered", { ...BODY, tool_choice: { type: "tool", name: "nope" } }, /Tool 'nope' not found/u],
    [
      "five marks",
      { ...BODY, system: [marked, marked, marked], messages: [{ role: "user", content: [marked, marked] }] },
      /A maximum of 4 .* Found 5\./u,
    ],
  ];
  for (const [name, body, expected] of refused)
    it(name, () => {
      const message = judge(body) ?? "(taken)";
      if (typeof expected === "string") assert.equal(message, expected);
      else assert.match(message, expected);
    });
});

describe("effort and thinking", () => {
  const ask5 = { ...BODY, model: "claude-opus-5-5" };
  for (const [name, body, message] of [
    ["an effort", { ...ask5, output_config: { effort: "xhigh" } }, undefined],
    ["no effort", { ...ask5, output_config: { effort: null } }, undefined],
    ["an effort there is not", { ...ask5, output_config: { effort: "huge" } }, /^output_config\.effort: /u],
    [
      "an effort of an old model",
      { ...BODY, model: "claude-sonnet-4-5", output_config: { effort: "low" } },
      /does not support the effort parameter/u,
    ],
    [
      "adaptive thinking of an old model",
      { ...BODY, model: "claude-opus-4-5", thinking: { type: "adaptive" } },
      /adaptive thinking is not supported/u,
    ],
    ["a new model that is not to think", { ...ask5, thinking: { type: "disabled" } }, /"thinking\.type\.disabled"/u],
  ] as const)
    it(name, () => {
      const judged = judge(body);
      if (message === undefined) assert.equal(judged, undefined);
      else assert.match(judged ?? "", message);
    });
});

describe("server tools", () => {
  const use = (id: string, name = "web_search") => ({ type: "server_tool_use", id, name, input: {} });
  const found = (id: string) => ({ type: "web_search_tool_result", tool_use_id: id, content: [] });
  const web = { type: "web_search_20260318", name: "web_search" };
  for (const [name, fields, message] of [
    ["a use with its result", { messages: [ask, said(use("a"), found("a"), text("so")), ask] }, undefined],
    ["a paused turn", { messages: [ask, said(use("a"))] }, undefined],
    [
      "a use without its result",
      { messages: [ask, said(use("a")), ask] },
      /without a corresponding `web_search_tool_result`/u,
    ],
    ["a result without its use", { messages: [ask, said(found("a"))] }, /unexpected `tool_use_id`/u],
    [
      "a result of another tool",
      { messages: [ask, said(use("a", "web_fetch"), found("a"))] },
      /unexpected `tool_use_id`/u,
    ],
    ["domains", { tools: [{ ...web, allowed_domains: ["example.com/x"] }] }, undefined],
    ["an address for a domain", { tools: [{ ...web, allowed_domains: ["https://x.com"] }] }, /invalid domain/u],
    [
      "allowed and blocked domains",
      { tools: [{ ...web, allowed_domains: ["a.com"], blocked_domains: ["b.com"] }] },
      /cannot both be set/u,
    ],
  ] as const)
    it(name, () => {
      const judged = judge({ ...BODY, ...fields });
      if (message === undefined) assert.equal(judged, undefined);
      else assert.match(judged ?? "", message);
    });
});
