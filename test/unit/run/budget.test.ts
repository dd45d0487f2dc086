import { valueAt, valuesOf } from "../../../src/core/state/chunked";
import { deepEqual, equal, match, ok, rejects } from "node:assert/strict";
import type { RunEvent } from "../../../src/core/state/events";
import { evolve } from "../../../src/core/state/fold";
import { initialState, type RunState } from "../../../src/core/state/state";
import { totalTokens, type Usage } from "../../../src/core/usage";
import type { Model, ModelReply, ModelRequest } from "../../../src/model/model";
import { failure } from "../../../src/core/failure";
import { Budget } from "../../../src/run/budget";
import { estimateCall } from "../../../src/run/attempt/call-estimate";
import { begun, failedWith, planOf, started } from "../../support/builders";
import { never } from "../../support/model-request";

const IDS = ["a", "b", "c", "d", "e", "f", "g", "h"];
const OUTPUT_TOKENS = 100;
const REQUEST: ModelRequest = {
  model: "claude-sonnet-5-5",
  system: "You are a worker.",
  tools: [],
  messages: [{ role: "user", content: [{ type: "text", text: "Do it." }] }],
  maxTokens: OUTPUT_TOKENS,
};
/** The most {@link REQUEST} can cost. */
const MOST = estimateCall(REQUEST, undefined);

const usage = (outputTokens: number, usd = 0): Usage => ({
  inputTokens: 0,
  outputTokens,
  cacheReadTokens: 0,
  cacheWriteTokens: 0,
  usd,
});

/** A run of eight subtasks under a budget, and a model that answers when it is told to. */
function setUp(budget: object) {
  let now = 0;
  let seq = 0;
  let state: RunState = initialState();
  const log: RunEvent[] = [];
  const calls: ((reply: ModelReply | Error) => void)[] = [];
  const model: Model = {
    respond: (_request, { signal, onProgress }) =>
      new Promise((resolve, reject) => {
        signal.addEventListener("abort", () => reject(signal.reason), { once: true });
        calls.push((reply) => (reply instanceof Error ? reject(reply) : resolve(reply)));
        onProgress?.({ type: "waiting", reason: "a limit", ms: 1 });
      }),
  };
  const record = async (event: RunEvent): Promise<void> => {
    log.push(event);
    state = evolve(state, { seq: (seq += 1), at: now, event });
    limits.onRecorded(event);
  };
  const limits: Budget = new Budget({ state: () => state, now: () => now, record });
  for (const event of begun({ ...planOf(...IDS), budget })) void record(event);
  for (const id of IDS) void record(started(id));
  const ask = (id: string | null, signal = never()) => {
    const waits: string[] = [];
    const onProgress = (progress: { readonly type: string }) => void waits.push(progress.type);
    return { reply: limits.guard(model, id).respond(REQUEST, { signal, onProgress }), waits };
  };
  return {
    limits,
    model,
    log,
    ask,
    /** Calls the model has been sent so far. */
    get sent() {
      return calls.length;
    },
    /** Answers the n-th call. */
    answer: (n: number, spent: Usage) =>
      calls[n]?.({ kind: "message", content: [], stopReason: "end_turn", usage: spent, model: "m", durationMs: 1 }),
    fail: (n: number, reply: ModelReply | Error) => calls[n]?.(reply),
    /** What the agent loop does with a complete message. */
    turned: (id: string, spent: Usage) =>
      record({
        type: "turn.completed",
        subtask: id,
        attempt: 1,
        turn: 1,
        model: "m",
        stopReason: "x",
        usage: spent,
        durationMs: 1,
      }),
    record,
    pass: (ms: number) => (now += ms),
    get state() {
      return state;
    },
  };
}

/** Lets everything that can run do so. */
const settle = () => new Promise((resolve) => setImmediate(resolve));
const codeOf = (reply: ModelReply) => (reply.kind === "failed" ? reply.failure.code : "message");

describe("the run's budget", () => {
  it("lets calls go side by side while the most they can cost fits", async () => {
    const run = setUp({ tokens: MOST.tokens * 3 });
    const asked = IDS.map((id) => run.ask(id));
    await settle();
    equal(run.sent, 3);
    deepEqual(
      asked.map(({ waits }) => waits[0]),
      IDS.map(() => "waiting"),
    );
  });

  it("holds a reservation until the log says what the call cost, and no longer", async () => {
    const run = setUp({ tokens: MOST.tokens * 2 });
    const [first] = IDS.slice(0, 3).map((id) => run.ask(id));
    await settle();
    run.answer(0, usage(1));
    await first?.reply;
    await settle();
    equal(run.sent, 2);
    await run.turned("a", usage(1));
    await settle();
    equal(run.sent, 2, "one token too much is spent now");
    run.answer(1, usage(0));
    await settle();
    await run.turned("b", usage(0));
    await settle();
    equal(run.sent, 3);
  });

  for (const [what, budget, limit] of [
    ["tokens", { tokens: 250 }, 250],
    ["money", { usd: 0.0025 }, 0.0025],
  ] as const)
    it(`eight workers together overstep ${what} by one call at most, then stop, each with a reason`, async () => {
      const run = setUp(budget);
      const spent = usage(OUTPUT_TOKENS, 0.001);
      const asked = IDS.map((id) => run.ask(id));
      await settle();
      for (let n = 0; n < run.sent; n += 1) {
        run.answer(n, spent);
        await settle();
        await run.turned(IDS[n] ?? "", spent);
        await settle();
      }
      equal(run.sent, 3);
      const total = valuesOf(run.state.subtasks).reduce(
        (sum, s) => sum + (what === "tokens" ? totalTokens(s.usage) : s.usage.usd),
        0,
      );
      ok(total >= limit && total < limit + (what === "tokens" ? OUTPUT_TOKENS : 0.001));
      const replies = await Promise.all(asked.map(({ reply }) => reply));
      deepEqual(replies.map(codeOf), [
        ...IDS.slice(0, 3).map(() => "message"),
        ...IDS.slice(3).map(() => "budget.reached"),
      ]);
      match(
        JSON.stringify(replies.at(-1)),
        what === "tokens" ? /budget of 250 tokens.*300 tokens spent/u : /budget of \$0\.0025.*\$0\.0030 spent/u,
      );
    });

  for (const [what, end, who = "a"] of [
    [
      "a failed call",
      (run: ReturnType<typeof setUp>) =>
        run.fail(0, { kind: "failed", failure: failure("model.cut", "Cut."), transient: true }),
    ],
    ["a call with a bug in it", (run: ReturnType<typeof setUp>) => run.fail(0, new Error("bug"))],
    [
      "a worker that ended before its turn was in the log",
      async (run: ReturnType<typeof setUp>) => {
        run.answer(0, usage(1));
        await settle();
        await run.record(failedWith("a", "cancelled"));
      },
    ],
    [
      "a synthesizer that ended before its turn was in the log",
      async (run: ReturnType<typeof setUp>) => {
        run.answer(0, usage(0));
        await settle();
        await run.record({ type: "synthesis.failed", failure: failure("cancelled", "Cancelled.") });
      },
      null,
    ],
  ] as const)
    it(`${what} gives its reservation back`, async () => {
      const run = setUp({ tokens: MOST.tokens });
      const first = run.ask(who).reply.catch((error: unknown) => error);
      void run.ask("b");
      await settle();
      equal(run.sent, 1);
      await end(run);
      await first;
      await settle();
      equal(run.sent, 2);
    });

  it("a worker's next call is as long as its own last one, whoever asked by its model meanwhile", async () => {
    const long = 50_000;
    const run = setUp({ tokens: long + 1 + MOST.tokens * 4 + long / 2 });
    const model = run.limits.guard(run.model, "a");
    const ask = (system: string) => model.respond({ ...REQUEST, system }, { signal: never() });
    for (const [n, system, spent] of [
      [0, "You are a worker.", usage(long)],
      [1, "You are a reviewer.", usage(1)],
    ] as const) {
      const reply = ask(system);
      await settle();
      run.answer(n, spent);
      await reply;
      await run.turned("a", spent);
    }
    void ask("You are a worker.");
    void run.ask("b");
    await settle();
    equal(run.sent, 3, "both together may cost more than there is");
  });

  it("a worker stopped while it waits goes, and the next one is served", async () => {
    const run = setUp({ tokens: MOST.tokens });
    void run.ask("a");
    const stop = new AbortController();
    const second = run.ask("b", stop.signal).reply;
    void run.ask("c");
    stop.abort(new Error("stopped"));
    await rejects(second, /stopped/u);
    await rejects(run.ask("d", stop.signal).reply, /stopped/u);
    run.fail(0, { kind: "failed", failure: failure("model.cut", "Cut."), transient: true });
    await settle();
    equal(run.sent, 2);
  });

  it("writes down what a failed call cost", async () => {
    const run = setUp({ tokens: 1000 });
    const asked = run.ask("a").reply;
    await settle();
    run.fail(0, { kind: "failed", failure: failure("model.cut", "Cut."), transient: true, usage: usage(1000, 0.5) });
    equal(codeOf(await asked), "model.cut");
    deepEqual(run.log.at(-1), {
      type: "call.failed",
      subtask: "a",
      failure: failure("model.cut", "Cut."),
      usage: usage(1000, 0.5),
    });
    equal(valueAt(run.state.subtasks, 0)?.usage.usd, 0.5);
    equal(run.limits.reached()?.code, "budget.reached");
  });

  it("refuses a budget of money for a model without a price", async () => {
    const run = setUp({ usd: 1 });
    const reply = await run.limits
      .guard({ respond: () => Promise.reject(new Error("asked")) }, "a")
      .respond({ ...REQUEST, model: "my-own" }, { signal: never() });
    match(JSON.stringify(reply), /price of my-own is not known.*budget\.tokens/u);
  });

  it("without a budget nobody waits", async () => {
    const run = setUp({});
    for (const id of IDS) void run.ask(id);
    await settle();
    equal(run.sent, IDS.length);
    equal(run.limits.reached(), undefined);
  });
});

describe("the run's minutes", () => {
  it("count while somebody works", async () => {
    const run = setUp({ minutes: 10 });
    run.pass(9 * 60_000);
    equal(run.limits.reached(), undefined);
    run.pass(60_000);
    match(run.limits.reached()?.message ?? "", /budget of 10 minutes.*10\.0 minutes spent/u);
  });

  it("do not count while nobody does", async () => {
    const run = setUp({ minutes: 10 });
    for (const id of IDS) await run.record(failedWith(id, "limit.turns"));
    run.pass(60 * 60_000);
    equal(run.limits.reached(), undefined);
  });

  it("do not count while the process is gone, nor while a laptop sleeps", async () => {
    const run = setUp({ minutes: 30 });
    run.pass(8 * 60 * 60_000);
    equal(run.limits.reached(), undefined);
    for (const id of IDS) await run.record(failedWith(id, "run.interrupted"));
    equal(run.state.workedMs, 0);
  });

  it("end a call that only waits for a rate limit, in words", async () => {
    const run = setUp({ minutes: 0.0001 });
    const reply = await run.ask("a").reply;
    equal(run.sent, 1);
    match(JSON.stringify(reply), /budget\.reached.*budget of 0\.0001 minutes/u);
  });
});
