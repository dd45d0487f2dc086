import { deepEqual, equal, throws } from "node:assert/strict";

import { MalformedStream, assembleMessage } from "../../../src/model/anthropic-stream";

const start = { type: "message_start", message: { model: "m", usage: { input_tokens: 1, output_tokens: 1 } } };
const open = (index: number, content_block: object) => ({ type: "content_block_start", index, content_block });
const delta = (index: number, delta: object) => ({ type: "content_block_delta", index, delta });
const close = (index: number) => ({ type: "content_block_stop", index });
const end = (stop_reason: string | null, usage: object = {}) => ({
  type: "message_delta",
  delta: { stop_reason },
  usage,
});
const stop = { type: "message_stop" };
const text = [open(0, { type: "text", text: "" }), delta(0, { type: "text_delta", text: "hi" }), close(0)];
const tool = (json: string, index = 0) => [
  open(index, { type: "tool_use", id: `t${index}`, name: "write", input: {} }),
  delta(index, { type: "input_json_delta", partial_json: json }),
  close(index),
];

function assemble(...events: readonly unknown[]) {
  const assembly = assembleMessage();
  const progress = events.flatMap((event) => assembly.add(event) ?? []);
  return { message: assembly.message, progress };
}

describe("a message is put together", () => {
  it("text and tools are shown as they come, and there once the message has stopped", () => {
    const events = [
      start,
      ...text,
      ...tool('{"a":1}', 1),
      end("tool_use", { output_tokens: 9, input_tokens: null }),
      stop,
    ];
    equal(assemble(...events.slice(0, -1)).message, undefined);
    const { message, progress } = assemble(...events);
    deepEqual(progress, [
      { type: "text", text: "hi" },
      { type: "tool", name: "write" },
    ]);
    deepEqual(message, {
      content: [
        { type: "text", text: "hi" },
        { type: "tool_use", id: "t1", name: "write", input: { a: 1 } },
      ],
      stopReason: "tool_use",
      tokens: { inputTokens: 1, outputTokens: 9, cacheReadTokens: 0, cacheWriteTokens: 0 },
      model: "m",
    });
  });

  for (const [api, ours] of [
    ["end_turn", "end_turn"],
    ["tool_use", "tool_use"],
    ["max_tokens", "max_tokens"],
    ["stop_sequence", "stop_sequence"],
    ["pause_turn", "pause_turn"],
    ["refusal", "refusal"],
    ["model_context_window_exceeded", "context"],
    ["something_new", "other"],
  ] as const)
    it(`${api} is ${ours}`, () => equal(assemble(start, ...text, end(api), stop).message?.stopReason, ours));

  it("thinking keeps its signature, what is redacted its data, what is new its all", () => {
    const { message } = assemble(
      start,
      open(0, { type: "thinking", thinking: "", signature: "" }),
      delta(0, { type: "thinking_delta", thinking: "Hm" }),
      delta(0, { type: "thinking_delta", thinking: "…" }),
      delta(0, { type: "signature_delta", signature: "sig" }),
      close(0),
      open(1, { type: "redacted_thinking", data: "xx" }),
      close(1),
      open(2, { type: "server_tool_use", id: "s", name: "search", input: {} }),
      delta(2, { type: "input_json_delta", partial_json: '{"q":"x"}' }),
      close(2),
      open(3, { type: "brand_new", deep: { kept: [1] } }),
      close(3),
      end("end_turn"),
      stop,
    );
    deepEqual(message?.content, [
      { type: "opaque", raw: { type: "thinking", thinking: "Hm…", signature: "sig" } },
      { type: "opaque", raw: { type: "redacted_thinking", data: "xx" } },
      { type: "opaque", raw: { type: "server_tool_use", id: "s", name: "search", input: { q: "x" } } },
      { type: "opaque", raw: { type: "brand_new", deep: { kept: [1] } } },
    ]);
  });

  it("what could not be sent back is left out: cut thinking, a kind of piece we cannot add, empty text", () => {
    const { message } = assemble(
      start,
      open(0, { type: "thinking", thinking: "", signature: "" }),
      delta(0, { type: "thinking_delta", thinking: "Hm" }),
      close(0),
      open(1, { type: "brand_new" }),
      delta(1, { type: "brand_new_delta", x: 1 }),
      close(1),
      open(2, { type: "text", text: "" }),
      close(2),
      end("max_tokens"),
      stop,
    );
    deepEqual(message?.content, []);
  });

  it("events and pieces of an unknown kind are passed over", () => {
    const { message } = assemble(start, { type: "ponder" }, ...text, end("end_turn"), stop);
    equal(message?.content.length, 1);
  });

  it("what follows the stop changes nothing", () => {
    const { message } = assemble(start, ...text, end("max_tokens"), stop, end("tool_use"), ...tool("{}", 1), stop);
    equal(message?.stopReason, "max_tokens");
    equal(message?.content.length, 1);
  });

  it("a tool without input has an empty one", () => {
    const { message } = assemble(start, ...tool(""), end("tool_use"), stop);
    deepEqual(message?.content, [{ type: "tool_use", id: "t0", name: "write", input: {} }]);
  });

  for (const json of ['{"path":"a.ts","cont', '{"path":"a.ts"', '["a"]', '"a"', "{", "nul"]) {
    it(`half-written input ${json} never surfaces when the message was cut short`, () => {
      const { message } = assemble(start, ...tool('{"whole":1}'), ...tool(json, 1), end("max_tokens"), stop);
      deepEqual(message?.content, [{ type: "tool_use", id: "t0", name: "write", input: { whole: 1 } }]);
    });
    it(`${json} is a fault in a message that asks for its tools to run`, () => {
      throws(() => assemble(start, ...tool(json), end("tool_use"), stop), MalformedStream);
    });
  }
});

describe("a stream that breaks the rules", () => {
  const faults: readonly (readonly [string, readonly unknown[]])[] = [
    ["a second start", [start, start]],
    ["a block before the start", [open(0, { type: "text", text: "" })]],
    ["a stop before the start", [stop]],
    ["a piece of a block nobody opened", [start, delta(3, { type: "text_delta", text: "x" })]],
    ["a piece after the block's end", [start, ...text, delta(0, { type: "text_delta", text: "x" })]],
    ["a block opened twice", [start, ...text, open(0, { type: "text", text: "" })]],
    ["a block never closed", [start, open(0, { type: "text", text: "" }), end("end_turn"), stop]],
    ["no stop reason", [start, ...text, stop]],
    ["a stop reason of null", [start, ...text, end(null), stop]],
    [
      "text for a tool",
      [start, open(0, { type: "tool_use", id: "t", name: "n" }), delta(0, { type: "text_delta", text: "" })],
    ],
    ["text that is a number", [start, open(0, { type: "text", text: "" }), delta(0, { type: "text_delta", text: 1 })]],
    ["a tool without a name", [start, open(0, { type: "tool_use", id: "t" })]],
    ["a tool without an id", [start, open(0, { type: "tool_use", name: "n" }), close(0), end("tool_use"), stop]],
    ["a negative index", [start, open(-1, { type: "text", text: "" })]],
    ["a start without a message", [{ type: "message_start" }]],
    ["negative tokens", [{ type: "message_start", message: { model: "m", usage: { input_tokens: -5 } } }]],
    ["null", [null]],
    ["a number", [7]],
    ["a list", [[]]],
  ];
  for (const [name, events] of faults) it(name, () => throws(() => assemble(...events), MalformedStream));
});
