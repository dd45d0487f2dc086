import assert from "node:assert/strict";
import { applyFault } from "../../../src/demo/fault";
import type { OutputMessage } from "../../../src/demo/reply";
import { Fault } from "../../../src/demo/rule";
import { toBody, toFrame, toFrames, type Frame } from "../../../src/demo/wire";

const MESSAGE: OutputMessage = {
  id: "msg_1",
  model: "m",
  content: [
    { type: "thinking", thinking: "hm", signature: "s" },
    { type: "text", text: "naïve 👩‍🚀 text that is longer than one piece" },
    { type: "tool_use", id: "t1", name: "read", json: '{"file_path":"a.js"}' },
    { type: "raw", block: { type: "news" } },
  ],
  stopReason: "tool_use",
  usage: {
    input_tokens: 1,
    output_tokens: 2,
    cache_creation_input_tokens: 3,
    cache_read_input_tokens: 4,
    server_tool_use: null,
  },
};

const bytesOf = (frames: readonly Frame[]) => Buffer.concat(frames.map(({ bytes }) => bytes));
const namesOf = (frames: readonly Frame[]) =>
  frames.map(({ bytes }) => /^event: (.*)$/mu.exec(bytes.toString())?.[1] ?? "");

describe("the stream of a message", () => {
  it("has every event in the API's order", () => {
    const names = namesOf(toFrames(MESSAGE));
    assert.deepEqual(
      names.filter((name, i) => name !== names[i - 1]),
      [
        "message_start",
        "ping",
        ...MESSAGE.content
          .slice(0, 3)
          .flatMap(() => ["content_block_start", "content_block_delta", "content_block_stop"]),
        "content_block_start",
        "content_block_stop",
        "message_delta",
        "message_stop",
      ],
    );
  });

  it("cuts texts and inputs into pieces that are whole characters and add up", () => {
    const deltas = [
      ...bytesOf(toFrames(MESSAGE))
        .toString()
        .matchAll(/^data: (.*)$/gmu),
    ].map(([, json = ""]) => JSON.parse(json));
    const pieces = (key: string) =>
      deltas.flatMap(({ delta }) => (delta?.[key] === undefined ? [] : [String(delta[key])]));
    assert.ok(pieces("text").length > 2);
    for (const piece of pieces("text")) assert.ok(piece.isWellFormed(), piece);
    assert.equal(pieces("text").join(""), "naïve 👩‍🚀 text that is longer than one piece");
    assert.deepEqual(pieces("partial_json").slice(0, 1), [""]);
    assert.equal(pieces("partial_json").join(""), '{"file_path":"a.js"}');
    assert.deepEqual(pieces("signature"), ["s"]);
  });

  it("says the same as the body", () => {
    assert.deepEqual(
      Object.entries(toBody(MESSAGE)).filter(([key]) => ["content", "stop_reason", "stop_details"].includes(key)),
      [
        [
          "content",
          [
            { type: "thinking", thinking: "hm", signature: "s" },
            { type: "text", text: "naïve 👩‍🚀 text that is longer than one piece", citations: null },
            { type: "tool_use", id: "t1", name: "read", input: { file_path: "a.js" }, caller: { type: "direct" } },
            { type: "news" },
          ],
        ],
        ["stop_reason", "tool_use"],
        ["stop_details", null],
      ],
    );
  });
});

describe("faults in a response", () => {
  const FRAMES = ["a", "b", "c"].map((type) => toFrame({ type }));
  const ALL = bytesOf(FRAMES);
  const check = (fault: Fault | undefined, expected: { readonly bytes: Buffer; readonly ending: string }) =>
    it(JSON.stringify(fault) ?? "none", () => {
      const { frames, ending } = applyFault(FRAMES, fault === undefined ? undefined : Fault.parse(fault));
      assert.deepEqual(
        { bytes: bytesOf(frames).toString(), ending },
        { bytes: expected.bytes.toString(), ending: expected.ending },
      );
    });
  const first = bytesOf(FRAMES.slice(0, 1));

  check(undefined, { bytes: ALL, ending: "end" });
  check({ kind: "cut", by: "eof", after_events: 1 }, { bytes: first, ending: "end" });
  check({ kind: "cut", by: "reset", after_events: 1 }, { bytes: first, ending: "reset" });
  check({ kind: "cut", by: "reset" }, { bytes: ALL, ending: "reset" });
  check({ kind: "stall", at: "stream", after_events: 0 }, { bytes: Buffer.alloc(0), ending: "stall" });
  check({ kind: "cut", by: "eof", after_bytes: 10_000 }, { bytes: ALL, ending: "end" });

  it("cut at every byte", () => {
    for (let n = 0; n <= ALL.length; n += 1) {
      const { frames } = applyFault(FRAMES, { kind: "cut", by: "eof", after_bytes: n });
      assert.equal(bytesOf(frames).compare(ALL.subarray(0, n)), 0);
    }
  });

  for (const size of [1, 3, 1000])
    it(`chunks of ${size} bytes add up`, () => {
      const { frames, apart } = applyFault(FRAMES, { kind: "chunks", bytes: size });
      assert.equal(bytesOf(frames).compare(ALL), 0);
      assert.ok(apart && frames.every(({ bytes }) => bytes.length <= size));
    });

  const injected: readonly (readonly [fault: Fault, names: readonly string[]])[] = [
    [{ kind: "error_event", type: "overloaded_error", message: "x", after_events: 2 }, ["a", "b", "error"]],
    [{ kind: "inject", event: "malformed", after_events: 1 }, ["a", "content_block_delta", "b", "c"]],
    [{ kind: "inject", event: "unknown_event", after_events: 0 }, ["demo_news", "a", "b", "c"]],
    [{ kind: "inject", event: "duplicate_start", after_events: 2 }, ["a", "b", "a", "c"]],
  ];
  for (const [fault, names] of injected)
    it(`${fault.kind} gives ${names.join(" ")}`, () =>
      assert.deepEqual(namesOf(applyFault(FRAMES, fault).frames), names));
});
