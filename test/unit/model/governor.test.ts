import { deepEqual, equal, match, ok, rejects } from "node:assert/strict";

import { type FailureCode, failure } from "../../../src/core/failure";
import { NO_USAGE } from "../../../src/core/usage";
import { SUCCESSES_PER_STEP } from "../../../src/model/admission";
import { type GovernorOptions, govern } from "../../../src/model/governor";
import type { Model, ModelProgress, ModelReply } from "../../../src/model/model";
import { REQUEST, failedOf, messageOf, never } from "../../support/model-request";
import { createVirtualClock } from "../../support/virtual-clock";

const OK: ModelReply = {
  kind: "message",
  content: [],
  stopReason: "end_turn",
  usage: NO_USAGE,
  model: "m",
  durationMs: 1,
};
const fails = (code: FailureCode, more: { transient?: boolean; retryAfterMs?: number } = {}): ModelReply => ({
  kind: "failed",
  failure: failure(code, `It is ${code}.`),
  transient: true,
  ...more,
});

/** A model that answers after 10 ms with what `decide` says, and what can be seen from outside of it. */
function setUp(decide: (call: number, atOnce: number) => ModelReply, options: GovernorOptions = {}) {
  const clock = createVirtualClock();
  const seen = { starts: [] as number[], atOnce: [] as number[], order: [] as string[] };
  let inFlight = 0;
  const scripted: Model = {
    async respond(request, { signal }) {
      inFlight++;
      const call = seen.starts.push(clock.now());
      seen.atOnce.push(inFlight);
      seen.order.push(request.system);
      const reply = decide(call, inFlight);
      try {
        await clock.sleep(10, signal);
      } finally {
        inFlight--;
      }
      return reply;
    },
  };
  const model = govern(scripted, { clock, random: () => 0.5, ...options });
  return { clock, seen, model, run: <T>(promise: Promise<T>) => clock.runUntil(promise) };
}

const ask = (model: Model, signal = never(), onProgress?: (progress: ModelProgress) => void) =>
  model.respond(REQUEST, onProgress === undefined ? { signal } : { signal, onProgress });

describe("the governor, one worker", () => {
  for (const code of ["model.auth", "model.billing", "model.request", "model.context", "internal"] as const)
    it(`${code} is reported at once, as it came`, async () => {
      const reply = fails(code, { transient: false });
      const { model, run, seen } = setUp(() => reply);
      equal(await run(ask(model)), reply);
      equal(seen.starts.length, 1);
    });

  it("a fault of the server is tried again, with its waits announced", async () => {
    const { model, run, seen } = setUp((call) => (call < 3 ? fails("model.server") : OK));
    const progress: ModelProgress[] = [];
    equal(await run(ask(model, never(), (each) => progress.push(each))), OK);
    deepEqual(seen.starts, [0, 260, 770]);
    deepEqual(progress, [
      { type: "waiting", reason: "It is model.server.", ms: 250 },
      { type: "sent" },
      { type: "waiting", reason: "It is model.server.", ms: 500 },
      { type: "sent" },
    ]);
  });

  it("faults end with the last one, and say how often it was tried", async () => {
    const { model, run, seen } = setUp(() => fails("model.cut"), { maxAttempts: 3 });
    const { failure } = failedOf(await run(ask(model)));
    equal(seen.starts.length, 3);
    equal(failure.code, "model.cut");
    equal(failure.detail, "Tried 3 times in 1 s.");
  });

  it("an unreachable server is given up after 20 s", async () => {
    const { model, run, clock } = setUp(() => fails("model.network"), { random: () => 0.9 });
    equal(failedOf(await run(ask(model))).failure.code, "model.network");
    ok(clock.now() >= 20_000 && clock.now() < 20_100, `after ${clock.now()} ms`);
  });

  it("ten overloads in a row lose nobody", async () => {
    const { model, run, seen } = setUp((call) => (call <= 10 ? fails("model.overloaded") : OK), { maxAttempts: 2 });
    equal(await run(ask(model)), OK);
    equal(seen.starts.length, 11);
  });

  it("a limit that never ends is reported after an hour", async () => {
    const { model, run, clock } = setUp(() => fails("model.rate-limit", { retryAfterMs: 300_000 }));
    const { failure } = failedOf(await run(ask(model)));
    equal(failure.code, "model.rate-limit");
    match(failure.detail ?? "", /^Tried 13 times/u);
    ok(clock.now() >= 3_600_000 && clock.now() < 3_700_000, `after ${clock.now()} ms`);
  });

  it("retry-after is kept to, plus a little jitter", async () => {
    const { model, run, seen } = setUp((call) => (call === 1 ? fails("model.rate-limit", { retryAfterMs: 7000 }) : OK));
    await run(ask(model));
    deepEqual(seen.starts, [0, 7135]);
  });

  it("a server that always asks to be asked again at once is asked ever less often", async () => {
    const { model, run, seen } = setUp(() => fails("model.rate-limit", { retryAfterMs: 0 }));
    equal(failedOf(await run(ask(model))).failure.code, "model.rate-limit");
    const waits = seen.starts.slice(1, 9).map((at, i) => at - (seen.starts[i] ?? 0) - 10);
    deepEqual(waits, [125, 625, 1125, 2125, 4125, 8125, 15_125, 15_125]);
    ok(seen.starts.length < 250, `${seen.starts.length} requests in an hour`);
  });

  it("a model with a bug is not held against the others", async () => {
    let calls = 0;
    const broken: Model = {
      respond: () => (++calls === 1 ? Promise.reject(new Error("bug")) : Promise.resolve(OK)),
    };
    const model = govern(broken, { maxInFlight: 1 });
    await rejects(ask(model), /bug/u);
    equal(await ask(model), OK);
  });

  for (const [where, code, calls] of [
    ["while it waits for the next attempt", "model.server", 1],
    ["while the door is closed", "model.rate-limit", 1],
  ] as const)
    it(`an abort ends it ${where}, and leaves no timer`, async () => {
      const { model, run, seen, clock } = setUp(() => fails(code));
      const controller = new AbortController();
      const asked = ask(model, controller.signal, ({ type }) => {
        if (type === "waiting") queueMicrotask(() => controller.abort(new Error("enough")));
      });
      await rejects(run(asked), /enough/u);
      equal(seen.starts.length, calls);
      equal(clock.sleepers, 0);
    });

  it("an abort while it waits to try again tells what was paid before", async () => {
    const usage = { ...NO_USAGE, inputTokens: 7 };
    const { model, run } = setUp(() => ({ ...failedOf(fails("model.cut")), usage }));
    const controller = new AbortController();
    const reply = failedOf(await run(ask(model, controller.signal, () => controller.abort(new Error("enough")))));
    equal(reply.failure.code, "cancelled");
    deepEqual(reply.usage, usage);
  });

  it("an abort before it began sends nothing", async () => {
    const { model, seen } = setUp(() => OK);
    await rejects(ask(model, AbortSignal.abort(new Error("enough"))), /enough/u);
    equal(seen.starts.length, 0);
  });
});

describe("the governor, many workers", () => {
  const crowd = (model: Model, size: number, onProgress?: (progress: ModelProgress) => void) =>
    Promise.all(Array.from({ length: size }, () => ask(model, never(), onProgress)));

  it("no more than allowed are in flight, first come first served", async () => {
    const { model, run, seen } = setUp(() => OK, { maxInFlight: 3 });
    const names = ["a", "b", "c", "d", "e", "f", "g"];
    await run(Promise.all(names.map((system) => model.respond({ ...REQUEST, system }, { signal: never() }))));
    equal(Math.max(...seen.atOnce), 3);
    deepEqual(seen.order, names);
  });

  it("a volley of limits is one blow: half as many come back, after the wait, and say why they wait", async () => {
    const { model, run, seen } = setUp((call) => (call <= 16 ? fails("model.rate-limit", { retryAfterMs: 1000 }) : OK));
    const progress: ModelProgress[] = [];
    const replies = await run(crowd(model, 16, (each) => progress.push(each)));
    equal(
      replies.every((reply) => reply.kind === "message"),
      true,
    );
    deepEqual(seen.atOnce.slice(16, 24), [1, 2, 3, 4, 5, 6, 7, 8]);
    deepEqual(seen.starts.slice(16, 25), [...Array.from({ length: 8 }, () => 1135), 1145]);
    const reasons = new Set(progress.map((each) => (each.type === "waiting" ? each.reason : each.type)));
    equal(reasons.has("It is model.rate-limit."), true);
  });

  it("one that is limited parks those who have not asked yet", async () => {
    const { model, run, seen, clock } = setUp((call) =>
      call === 1 ? fails("model.overloaded", { retryAfterMs: 5000 }) : OK,
    );
    const first = ask(model);
    const second = clock.sleep(20, never()).then(() => ask(model));
    await run(Promise.all([first, second]));
    deepEqual(seen.starts, [0, 5135, 5135]);
  });

  it("the longest wait of a volley counts", async () => {
    const { model, run, seen } = setUp((call) =>
      call <= 2 ? fails("model.rate-limit", { retryAfterMs: call * 1000 }) : OK,
    );
    await run(crowd(model, 2));
    equal(Math.min(...seen.starts.slice(2)), 2135);
  });

  it("each blow halves, and a run of successes gives one more", async () => {
    const { model, run, seen } = setUp((call) => (call <= 4 + 2 + 1 ? fails("model.rate-limit") : OK), {
      maxInFlight: 4,
    });
    await run(crowd(model, 20));
    deepEqual(seen.atOnce.slice(0, 7), [1, 2, 3, 4, 1, 2, 1]);
    // One at a time until 2 × 1 have succeeded, two until 2 × 2 more have, and so on.
    equal(SUCCESSES_PER_STEP, 2);
    deepEqual(seen.atOnce.slice(7, 9), [1, 1]);
    equal(Math.max(...seen.atOnce.slice(9, 13)), 2);
    equal(Math.max(...seen.atOnce.slice(13, 19)), 3);
    equal(Math.max(...seen.atOnce.slice(19)), 4);
  });

  it("whoever was turned away goes before those who came later", async () => {
    const { model, run, seen } = setUp((call) => (call === 1 ? fails("model.rate-limit") : OK), { maxInFlight: 1 });
    const names = ["first", "second", "third"];
    await run(Promise.all(names.map((system) => model.respond({ ...REQUEST, system }, { signal: never() }))));
    deepEqual(seen.order, ["first", ...names]);
  });

  it("a server that takes five at once is found out: everybody finishes, three requests in four are let through", async () => {
    const { model, run, seen } = setUp((_, atOnce) => (atOnce > 5 ? fails("model.rate-limit") : OK));
    const worker = async () => {
      for (let turn = 0; turn < 20; turn++) messageOf(await ask(model));
    };
    await run(Promise.all(Array.from({ length: 16 }, worker)));
    const refused = seen.starts.length - 16 * 20;
    ok(refused * 3 < 16 * 20, `${refused} requests were refused`);
  });

  it("one that leaves while parked does not take the door's timer along", async () => {
    const { model, run, seen } = setUp((call) => (call === 1 ? fails("model.rate-limit", { retryAfterMs: 900 }) : OK), {
      maxInFlight: 1,
    });
    const controller = new AbortController();
    const leaves = rejects(
      ask(model, controller.signal, () => controller.abort(new Error("enough"))),
      /enough/u,
    );
    const stays = ask(model);
    const [, reply] = await run(Promise.all([leaves, stays]));
    equal(reply, OK);
    deepEqual(seen.starts, [0, 1035]);
  });
});
