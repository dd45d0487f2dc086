import { deepEqual, equal, match, ok } from "node:assert/strict";
import { askToSumUp, dropOldResults, fromUser, SUM_UP, summaryBlocks } from "../../../src/agent/compaction";
import type { Usage } from "../../../src/core/usage";
import { failure } from "../../../src/core/failure";
import { signatureOf } from "../../../src/demo/signature";
import type { Block, Message, ModelReply } from "../../../src/model/model";
import { estimateTokens } from "../../../src/model/token-estimate";
import { call, callTools, reply, say, text } from "../../support/scripted-model";
import { play, tool, WORD } from "./agent";

const LONG = "x".repeat(30_000);
const result = (id: string, content: string): Block => ({ type: "tool_result", tool_use_id: id, content });
const thought: Block = { type: "opaque", raw: { type: "thinking", thinking: "hm", signature: signatureOf("hm") } };
const user = (...content: readonly Block[]): Message => ({ role: "user", content });
const assistant = (...content: readonly Block[]): Message => ({ role: "assistant", content });
/** An assignment and so many turns with a long result each. */
const history = (turns: number, length = LONG.length): readonly Message[] => [
  user(text("Do it.")),
  ...Array.from({ length: turns }, (_, n) => [
    assistant(thought, call(`c${n}`, "read")),
    user(result(`c${n}`, `${n}${"y".repeat(length)}`), ...(n === 1 ? [fromUser("Mind the gap.")] : [])),
  ]).flat(),
];

describe("dropping old tool results", () => {
  it("keeps the newest, the calls, and what the user said; no thinking survives", () => {
    const left = dropOldResults(history(5));
    equal(left.length, 11);
    ok(!JSON.stringify(left).includes("thinking"));
    deepEqual(
      left[2],
      user(result("c0", "(30001 characters dropped to save room; call the tool again if you need them.)")),
    );
    match(JSON.stringify(left[4]), /dropped to save room.*Mind the gap/u);
    deepEqual(
      left.slice(-6),
      history(5)
        .slice(-6)
        .map(({ role, content }) => ({ role, content: content.filter((block) => block !== thought) })),
    );
  });
  it("takes what the web said along with the question, and what refers to it", () => {
    const raw = (block: object): Block => ({ type: "opaque", raw: block });
    const asked = assistant(
      raw({ type: "server_tool_use", id: "s", name: "web_search", input: {} }),
      raw({ type: "web_search_tool_result", tool_use_id: "s", content: [] }),
      { type: "text", text: "So.", citations: [{ type: "web_search_result_location" }] },
    );
    const messages = [user(text("Do it.")), asked, user(text("Go on.")), asked, user(text("Go on."))];
    deepEqual(dropOldResults(messages, 2), [messages[0], assistant(text("So.")), ...messages.slice(2)]);
  });
  it("leaves short results alone, and no message empty", () =>
    deepEqual(dropOldResults([user(text("Do it.")), assistant(thought), user(text("Go on."))], 0), [
      user(text("Do it.")),
      user(text("Go on.")),
    ]));
});

describe("asking for a summary", () => {
  for (const [turns, room, kept] of [
    [5, 100_000, 5],
    [5, 25_000, 2],
    [5, 12_000, 1],
  ] as const)
    it(`${turns} turns in ${room} tokens: the last ${kept}`, () => {
      const asked = askToSumUp(history(turns), room);
      ok(estimateTokens({ messages: asked }) < room + 1000);
      deepEqual(asked[0], user(text("Do it.")));
      equal(asked.filter(({ role }) => role === "assistant").length, kept);
      deepEqual(asked.at(-1)?.content.at(-1), text(SUM_UP));
    });
  it("cuts even the last result where it is too long by itself", () => {
    const asked = askToSumUp(history(3, 600_000), 10_000);
    ok(estimateTokens({ messages: asked }) < 10_000);
    match(JSON.stringify(asked), /598001 more characters cut/u);
  });
});

it("what follows a summary is the summary and the user's own words", () =>
  deepEqual(summaryBlocks(history(3), "Half done.").slice(1), [fromUser("Mind the gap.")]));

const READ = tool("read", { readOnly: true, run: async () => ({ content: LONG }) });
const finish = callTools(call("f", "finish", { word: "ok" }));
const grown = (tokens: number, ...calls: readonly Block[]): ModelReply => ({
  ...reply("tool_use", thought, ...calls),
  usage: usageOf(tokens),
});
function usageOf(tokens: number): Usage {
  return { inputTokens: tokens, outputTokens: 0, cacheReadTokens: 0, cacheWriteTokens: 0, usd: 0 };
}
const trial = (script: readonly ModelReply[], options: Partial<Parameters<typeof play<string>>[1]> = {}) =>
  play(script, { conclusion: WORD, tools: [READ], ...options });
const reads = (from: number, to: number, tokens: number): readonly ModelReply[] =>
  Array.from({ length: to - from }, (_, n) => grown(tokens, call(`r${from + n}`, "read")));

describe("a conversation that grows too long", () => {
  it("loses old tool results first, without a call", async () => {
    const { outcome, model, log } = await trial([...reads(0, 19, 1000), ...reads(19, 20, 800_000), finish]);
    equal(outcome.kind, "done");
    deepEqual(
      log.filter((line) => line === "dropped" || line === "summed up"),
      ["dropped"],
    );
    equal(model.requests.length, 21);
    equal(JSON.stringify(model.requests.at(-1)).split("dropped to save room").length - 1, 17);
  });
  it("is summed up where that is not enough: assignment word for word, summary, no thinking", async () => {
    const { outcome, model, log } = await trial([...reads(0, 1, 800_000), say("Half done."), finish]);
    equal(outcome.kind, "done");
    deepEqual(
      log.filter((line) => line === "dropped" || line === "summed up"),
      ["summed up"],
    );
    const [, asked, after] = model.requests;
    deepEqual([asked?.toolChoice, after?.toolChoice], ["none", undefined]);
    deepEqual([asked?.system, asked?.tools], [after?.system, after?.tools]);
    equal(after?.messages.length, 1);
    deepEqual(after?.messages[0]?.content[0], text("Do it."));
    match(JSON.stringify(after?.messages[0]?.content[1]), /left out.*Half done\./u);
  });
  it("may be summed up again; the summary before goes", async () => {
    const { model } = await trial([...reads(0, 1, 800_000), say("One."), ...reads(1, 2, 800_000), say("Two."), finish]);
    const last = JSON.stringify(model.requests.at(-1)?.messages);
    ok(last.includes("Two.") && !last.includes("One."));
    equal(model.requests.at(-1)?.messages[0]?.content.length, 2);
  });
  it("counts what came after a paused turn, too", async () => {
    // 745,000 as the API counts it, and a result of 30,000 characters, are more than three quarters of a million.
    const paused: ModelReply = { ...reply("pause_turn", text("Wait.")), usage: usageOf(1000) };
    const { outcome, log } = await trial([paused, grown(745_000, call("r", "read")), say("Half done."), finish]);
    equal(outcome.kind, "done");
    ok(log.includes("summed up"));
  });
  it("is not summed up when the budget is spent", async () => {
    let asked = 0;
    const { outcome, model } = await trial(reads(0, 1, 800_000), {
      mayContinue: () => ((asked += 1) > 2 ? failure("budget.reached", "spent") : undefined),
    });
    deepEqual([outcome.kind === "failed" && outcome.failure.code, model.requests.length], ["budget.reached", 1]);
  });
  it("fails where the model says nothing, or the call fails", async () => {
    for (const [line, code] of [
      [reply("end_turn"), "model.context"],
      [{ kind: "failed", failure: failure("model.auth", "no"), transient: false }, "model.auth"],
    ] as const) {
      const { outcome } = await trial([...reads(0, 1, 800_000), line]);
      equal(outcome.kind === "failed" && outcome.failure.code, code);
    }
  });
});

describe("a conversation that did not fit", () => {
  const TOO_LONG: ModelReply = { kind: "failed", failure: failure("model.context", "too long"), transient: false };
  for (const [name, full] of [
    ["by its stop reason", reply("context", text("I was"))],
    ["refused by the API", TOO_LONG],
  ] as const) {
    it(`${name}: one compaction, and it goes on`, async () => {
      const { outcome, model } = await trial([...reads(0, 2, 100), full, say("Half done."), finish]);
      equal(outcome.kind, "done");
      equal(new Set(model.requests.map((request) => JSON.stringify(request.messages))).size, model.requests.length);
    });
    it(`${name} again: a failure, and never the same request`, async () => {
      const { outcome, model } = await trial([...reads(0, 2, 100), full, say("Half done."), full]);
      equal(outcome.kind === "failed" && outcome.failure.code, "model.context");
      equal(model.left, 0);
      equal(new Set(model.requests.map((request) => JSON.stringify(request.messages))).size, model.requests.length);
    });
    it(`${name} with nothing but its assignment: a failure`, async () => {
      const { outcome, model } = await trial([full]);
      deepEqual([outcome.kind === "failed" && outcome.failure.code, model.requests.length], ["model.context", 1]);
    });
  }
  it("after a good turn may be helped anew", async () => {
    const { outcome } = await trial([
      ...reads(0, 1, 100),
      TOO_LONG,
      say("One."),
      ...reads(1, 2, 100),
      TOO_LONG,
      say("Two."),
      finish,
    ]);
    equal(outcome.kind, "done");
  });
});
