import { deepEqual, equal, match } from "node:assert/strict";
import { failure } from "../../../src/core/failure";
import { signatureOf } from "../../../src/demo/signature";
import type { Block, Message } from "../../../src/model/model";
import { call, callTools, type Line, reply, say, text, thinking } from "../../support/scripted-model";
import { play, tool, WORD } from "./agent";

const TOOLS = [tool("write"), tool("read", { readOnly: true })];
const trial = (...script: readonly Line[]) => play(script, { conclusion: WORD, tools: TOOLS });
const finish = (id: string, word = "ok"): Block => call(id, "finish", { word });

/** The last message the model was sent. */
function lastTold(requests: readonly { readonly messages: readonly Message[] }[]): readonly Block[] {
  return requests.at(-1)?.messages.at(-1)?.content ?? [];
}

const result = (id: string, content: string, isError = false): Block => ({
  type: "tool_result",
  tool_use_id: id,
  content,
  ...(isError ? { is_error: true } : {}),
});

describe("a turn that asks for tools", () => {
  it("gets answers in the order of its calls, and the end is the concluding call's", async () => {
    const { outcome, model, log } = await trial(
      callTools(text("Let me see."), call("1", "write", { n: 1 }), call("2", "read", { n: 2 })),
      callTools(finish("3", "well done")),
    );
    deepEqual(outcome, { kind: "done", value: "well done" });
    deepEqual(model.requests[1]?.messages, [
      { role: "user", content: [text("Do it.")] },
      {
        role: "assistant",
        content: [text("Let me see."), call("1", "write", { n: 1 }), call("2", "read", { n: 2 })],
      },
      { role: "user", content: [result("1", "write 1"), result("2", "read 2")] },
    ]);
    deepEqual(log, [
      "turn 1 tool_use",
      'call write {"n":1}',
      "result write 1",
      'call read {"n":2}',
      "result read 2",
      "turn 2 tool_use",
      'call finish {"word":"well done"}',
      "result Received.",
    ]);
  });

  it("says the same of system text and tools in every request", async () => {
    const { model } = await trial(callTools(call("1", "read")), callTools(finish("2")));
    const [first, second] = model.requests;
    deepEqual([second?.system, second?.tools, second?.model], [first?.system, first?.tools, first?.model]);
    deepEqual(
      first?.tools.map((spec) => spec.name),
      ["write", "read", "finish"],
    );
  });

  it("is told of a tool it does not have, and of input that does not fit", async () => {
    const { model } = await trial(
      callTools(call("1", "rm"), call("2", "read", { n: "x" })),
      callTools(call("3", "constructor")),
      callTools(finish("4")),
    );
    deepEqual(
      model.requests[1]?.messages.at(-1)?.content[0],
      result("1", 'There is no tool "rm". You have: write, read, finish.', true),
    );
    match(
      JSON.stringify(model.requests[1]?.messages.at(-1)?.content[1]),
      /Invalid input for read.*expected number.*"is_error":true/u,
    );
    match(JSON.stringify(lastTold(model.requests)), /There is no tool \\"constructor\\"/u);
  });

  it("without a call in it is judged as text", async () => {
    const { outcome } = await trial(reply("tool_use", text("fine")));
    deepEqual(outcome, { kind: "done", value: "fine" });
  });

  it("keeps signed thinking and leaves out blank text", async () => {
    const signed: Block = { type: "opaque", raw: { type: "thinking", thinking: "hm", signature: signatureOf("hm") } };
    const { model } = await trial(callTools(signed, text(" \n"), call("1", "read")), callTools(finish("2")));
    deepEqual(model.requests[1]?.messages[1]?.content, [signed, call("1", "read")]);
  });
});

describe("calls of one turn", () => {
  /** A tool whose calls all wait until `count` of them are under way. */
  const meeting = (count: number, readOnly: boolean) => {
    let under = 0;
    let most = 0;
    let open: () => void = () => undefined;
    const all = new Promise<void>((resolve) => (open = resolve));
    const meet = tool("meet", {
      readOnly,
      async run() {
        under += 1;
        most = Math.max(most, under);
        if (under === count) open();
        if (readOnly) await all;
        else await new Promise(setImmediate);
        under -= 1;
        return { content: "met" };
      },
    });
    return { meet, most: () => most };
  };
  const three = callTools(call("1", "meet"), call("2", "meet"), call("3", "meet"));

  it("run together when all of them only read", async () => {
    const { meet, most } = meeting(3, true);
    await play([three, callTools(finish("4"))], { conclusion: WORD, tools: [meet] });
    equal(most(), 3);
  });
  it("run one after the other when one may write", async () => {
    const { meet, most } = meeting(3, false);
    await play([three, callTools(finish("4"))], { conclusion: WORD, tools: [meet] });
    equal(most(), 1);
  });
});

describe("the concluding call", () => {
  it("is judged after the other calls of its turn, wherever it stands", async () => {
    const { outcome, log } = await trial(callTools(finish("1"), call("2", "write", { n: 2 })));
    deepEqual(outcome, { kind: "done", value: "ok" });
    deepEqual(log.slice(1, 4), ['call write {"n":2}', "result write 2", 'call finish {"word":"ok"}']);
  });
  it("that is refused goes back as an error, in its place", async () => {
    const { outcome, model } = await trial(
      callTools(finish("1", "again"), call("2", "read", { n: 2 })),
      callTools(finish("3")),
    );
    deepEqual(lastTold(model.requests), [result("1", "Not yet.", true), result("2", "read 2")]);
    equal(outcome.kind, "done");
  });
  it("counts once in a turn", async () => {
    const { model } = await trial(callTools(finish("1", "again"), finish("2", "ok")), callTools(finish("3")));
    deepEqual(lastTold(model.requests), [
      result("1", "Not yet.", true),
      result("2", "Only the first finish of a message counts.", true),
    ]);
  });
  it("may give up", async () =>
    deepEqual((await trial(callTools(finish("1", "fail")))).outcome, {
      kind: "failed",
      failure: failure("checks.failed", "red"),
    }));
});

describe("a turn that ends in text", () => {
  for (const stop of ["end_turn", "stop_sequence", "other"] as const)
    it(`${stop}: its text is judged, and no call in it runs`, async () => {
      const { outcome, log } = await trial(reply(stop, text(" so be it "), call("1", "write")));
      deepEqual(outcome, { kind: "done", value: "so be it" });
      deepEqual(log, [`turn 1 ${stop}`]);
    });
  it("is told what is missing", async () => {
    const { model } = await trial(say("again"), callTools(finish("1")));
    deepEqual(model.requests[1]?.messages.slice(1), [
      { role: "assistant", content: [text("again")] },
      { role: "user", content: [text("Not yet.")] },
    ]);
  });
  it("or in nothing at all", async () => {
    const { model } = await trial(reply("end_turn"), reply("end_turn", thinking("hm")), callTools(finish("1")));
    deepEqual(
      model.requests.map((r) => r.messages.length),
      [1, 1, 1],
    );
    deepEqual(lastTold(model.requests), [text("Do it."), text("Not yet."), text("Not yet.")]);
  });
});

describe("a message cut at the limit", () => {
  it("runs nothing and leaves no call behind", async () => {
    const { outcome, model, log } = await trial(
      reply("max_tokens", text("I write"), call("1", "write", {}), thinking("cut")),
      reply("max_tokens", call("2", "write", { n: 1 })),
      callTools(finish("3")),
    );
    equal(outcome.kind, "done");
    deepEqual(log.slice(0, 3), ["turn 1 max_tokens", "turn 2 max_tokens", "turn 3 tool_use"]);
    deepEqual(model.requests[2]?.messages[1], { role: "assistant", content: [text("I write")] });
    match(JSON.stringify(lastTold(model.requests)), /none of its tool calls ran/u);
  });
  it("three times in a row is the end", async () => {
    const cut = reply("max_tokens", text("…"));
    const { outcome, model } = await trial(cut, cut, callTools(call("1", "read")), cut, cut, cut, say("never asked"));
    equal(outcome.kind === "failed" && outcome.failure.code, "model.max-tokens");
    equal(model.left, 1);
  });
});

describe("a paused turn", () => {
  it("is sent back as it came, and goes on in the same message", async () => {
    const search: Block = { type: "opaque", raw: { type: "server_tool_use", id: "s", name: "web_search", input: {} } };
    const found: Block = { type: "opaque", raw: { type: "web_search_tool_result", tool_use_id: "s", content: [] } };
    const { outcome, model } = await trial(
      reply("pause_turn", text("Wait"), search),
      reply("pause_turn"),
      callTools(found, text("Found."), call("1", "read")),
      callTools(finish("2")),
    );
    equal(outcome.kind, "done");
    deepEqual(model.requests[1]?.messages.at(-1), { role: "assistant", content: [text("Wait"), search] });
    deepEqual(model.requests[3]?.messages[1]?.content, [
      text("Wait"),
      search,
      found,
      text("Found."),
      call("1", "read"),
    ]);
  });
  it("ten times in a row is borne, eleven are not", async () => {
    const pause = reply("pause_turn", text("…"));
    const borne = await trial(...Array<Line>(10).fill(pause), callTools(finish("1")));
    equal(borne.outcome.kind, "done");
    const { outcome } = await trial(...Array<Line>(11).fill(pause));
    equal(outcome.kind === "failed" && outcome.failure.code, "model.server");
  });
});
