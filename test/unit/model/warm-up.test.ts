import { deepEqual, equal, ok, rejects } from "node:assert/strict";
import { roleOf } from "../../../src/agent/roles";
import { reportConclusion } from "../../../src/agent/report";
import { ROLES } from "../../../src/core/role";
import { NO_USAGE } from "../../../src/core/usage";
import { failure } from "../../../src/core/failure";
import { govern } from "../../../src/model/governor";
import type { Model, ModelProgress, ModelReply, ModelRequest } from "../../../src/model/model";
import { cacheMinimum, isWorthWaiting } from "../../../src/model/warm-up";
import { REQUEST, never } from "../../support/model-request";
import { createVirtualClock } from "../../support/virtual-clock";

const MODELS = ["opus", "sonnet", "haiku", "claude-opus-4-1", "claude-fable-5-1", "claude-sonnet-4-6"] as const;
const CHARS_PER_TOKEN = 3.5;

describe("whether to wait for a sibling to warm the cache", () => {
  for (const [model, tokens, worth] of [
    ["sonnet", 100_000, true],
    ["sonnet", 40_000, true],
    ["sonnet", 30_000, false],
    ["opus", 20_000, true],
    ["opus", 15_000, false],
    ["claude-opus-4-1", 6000, true],
    ["claude-opus-4-1", 1000, false],
    ["a-model-without-a-price", 1_000_000, false],
  ] as const)
    it(`${tokens} tokens, ${model}: ${worth ? "yes" : "no"}`, () => equal(isWorthWaiting(model, tokens), worth));

  for (const [model, tokens] of [
    ["claude-sonnet-4-5-20250929", 1024],
    ["claude-opus-4-1", 1024],
    ["claude-sonnet-4-6", 2048],
    ["claude-haiku-4-5", 4096],
    ["sonnet", 512],
    ["claude-opus-5", 512],
    ["claude-sonnet-5", 1024],
    ["claude-opus-4-7", 2048],
    ["unheard-of", 4096],
  ] as const)
    it(`${model} caches nothing under ${tokens} tokens`, () => equal(cacheMinimum(model), tokens));

  it("with today's prompts and tools: no, for any role and model", () => {
    const report = reportConclusion({ mustChange: true, changed: async () => true, check: async () => [] }).spec;
    for (const name of ROLES) {
      const { system, tools } = roleOf(name);
      const prefix = JSON.stringify([system, ...tools.map((tool) => tool.spec), report]).length / CHARS_PER_TOKEN;
      for (const model of MODELS) ok(!isWorthWaiting(model, prefix), `${name}, ${model}, ${prefix} tokens`);
    }
  });
});

const OK: ModelReply = {
  kind: "message",
  content: [],
  stopReason: "end_turn",
  usage: NO_USAGE,
  model: "m",
  durationMs: 1,
};
const LONG: ModelRequest = { ...REQUEST, system: "word ".repeat(40_000) };

describe("siblings that start together", () => {
  /** Begins to answer after 100 ms and ends after 1000, unless `reply` fails it. */
  function setUp(reply: (call: number) => ModelReply = () => OK) {
    const clock = createVirtualClock();
    const starts: number[] = [];
    const slow: Model = {
      async respond(_request, { signal, onProgress }) {
        const call = starts.push(clock.now());
        await clock.sleep(100, signal);
        const said = reply(call);
        if (said.kind === "failed") return said;
        onProgress?.({ type: "text", text: "I" });
        await clock.sleep(900, signal);
        return said;
      },
    };
    const model = govern(slow, { clock, random: () => 0.5 });
    const ask = (request: ModelRequest, signal = never()) => model.respond(request, { signal });
    return { clock, starts, ask };
  }

  it("with a long prefix wait until the first answer begins, once", async () => {
    const { clock, starts, ask } = setUp();
    await clock.runUntil(Promise.all([ask(LONG), ask(LONG), ask(LONG)]));
    deepEqual(starts, [0, 100, 100]);
    await clock.runUntil(ask(LONG));
    deepEqual(starts.slice(3), [1100]);
  });

  it("wait for nobody with another prefix, nor with a short one", async () => {
    const { clock, starts, ask } = setUp();
    await clock.runUntil(Promise.all([ask(LONG), ask({ ...LONG, model: "opus" }), ask(REQUEST), ask(REQUEST)]));
    deepEqual(starts, [0, 0, 0, 0]);
  });

  it("are not lost when the first fails: the next one begins alone", async () => {
    const why = failure("model.auth", "No.");
    const { clock, starts, ask } = setUp((call) =>
      call === 1 ? { kind: "failed", failure: why, transient: false } : OK,
    );
    const replies = await clock.runUntil(Promise.all([ask(LONG), ask(LONG), ask(LONG)]));
    deepEqual(
      replies.map((reply) => reply.kind),
      ["failed", "message", "message"],
    );
    deepEqual(starts, [0, 100, 200]);
  });

  it("can be stopped while they wait", async () => {
    const { clock, starts, ask } = setUp();
    const first = ask(LONG);
    const stop = new AbortController();
    const second = ask(LONG, stop.signal);
    stop.abort(new Error("stopped"));
    await rejects(second, /stopped/u);
    await clock.runUntil(first);
    equal(starts.length, 1);
  });

  it("begin alone again when the cache has forgotten", async () => {
    const { clock, starts, ask } = setUp();
    await clock.runUntil(ask(LONG));
    await clock.runUntil(clock.sleep(6 * 60_000, never()));
    await clock.runUntil(Promise.all([ask(LONG), ask(LONG)]));
    const [, second = 0, third = 0] = starts;
    equal(third - second, 100);
  });
});

describe("the pace", () => {
  it("is told as it changes, with the reason", async () => {
    const clock = createVirtualClock();
    let calls = 0;
    const limited: Model = {
      respond: async () =>
        (calls += 1) === 1
          ? { kind: "failed", failure: failure("model.rate-limit", "Slow down."), transient: true, retryAfterMs: 0 }
          : OK,
    };
    const model = govern(limited, { clock, random: () => 0.5, maxInFlight: 2 });
    const told: ModelProgress[] = [];
    const onProgress = (progress: ModelProgress) => void (progress.type === "pace" && told.push(progress));
    for (let n = 0; n < 2; n += 1) await clock.runUntil(model.respond(REQUEST, { signal: never(), onProgress }));
    deepEqual(told, [
      { type: "pace", inFlight: 1, reason: "Slow down." },
      { type: "pace", inFlight: 2, reason: "The API takes more again." },
    ]);
  });
});

describe("what failed attempts cost", () => {
  const usage = { inputTokens: 10, outputTokens: 1, cacheReadTokens: 0, cacheWriteTokens: 0, usd: 0.5 };
  const cut: ModelReply = { kind: "failed", failure: failure("model.cut", "Cut."), transient: true, usage };
  const costOf = async (replies: readonly ModelReply[], maxAttempts = 6) => {
    const clock = createVirtualClock();
    const left = [...replies];
    const model = govern({ respond: async () => left.shift() ?? OK }, { clock, random: () => 0.5, maxAttempts });
    return (await clock.runUntil(model.respond(REQUEST, { signal: never() }))).usage?.usd;
  };
  it("is added to the message that came at last", async () => equal(await costOf([cut, cut, OK]), 1));
  it("is in the failure when none came", async () => equal(await costOf([cut, cut, cut], 3), 1.5));
  it("is nothing when the server never began", async () =>
    equal(await costOf([{ kind: "failed", failure: failure("model.server", "No."), transient: false }]), undefined));
});

describe("a server that cannot be reached", () => {
  const unreached: ModelReply = { kind: "failed", failure: failure("model.network", "No line."), transient: true };
  function setUp() {
    const clock = createVirtualClock();
    const line = { up: false };
    const model = govern({ respond: async () => (line.up ? OK : unreached) }, { clock, random: () => 0.9 });
    const ask = async () => {
      const from = clock.now();
      const { kind } = await clock.runUntil(model.respond(REQUEST, { signal: never() }));
      return [kind, Math.round((clock.now() - from) / 1000)];
    };
    return { clock, line, ask };
  }
  it("is waited for once, not by every worker in turn", async () => {
    const { ask } = setUp();
    deepEqual(
      [await ask(), await ask(), await ask()],
      [
        ["failed", 20],
        ["failed", 0],
        ["failed", 0],
      ],
    );
  });
  it("is waited for again after any answer", async () => {
    const { ask, line } = setUp();
    await ask();
    line.up = true;
    deepEqual(await ask(), ["message", 0]);
    line.up = false;
    deepEqual(await ask(), ["failed", 20]);
  });
  it("is waited for again after a while", async () => {
    const { ask, clock } = setUp();
    await ask();
    await clock.runUntil(clock.sleep(61_000, never()));
    deepEqual(await ask(), ["failed", 20]);
  });
});
