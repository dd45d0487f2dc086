import { deepEqual, equal } from "node:assert/strict";

import { type FailureCode, failure } from "../../../src/core/failure";
import { NO_USAGE } from "../../../src/core/usage";
import {
  MAX_ATTEMPTS,
  NETWORK_PATIENCE_MS,
  NOT_TRIED,
  RATE_LIMIT_PATIENCE_MS,
  backoffMs,
  nextStep,
} from "../../../src/model/retry";
import { MAX_RETRY_AFTER_MS, retryAfterMs } from "../../../src/model/retry-after";

const NOW = Date.UTC(2026, 9, 25, 12, 0, 0);

describe("retry-after", () => {
  const table: readonly (readonly [Record<string, string>, number | undefined])[] = [
    [{}, undefined],
    [{ "retry-after": "1" }, 1000],
    [{ "retry-after": "0" }, 0],
    [{ "retry-after": "0.25" }, 250],
    [{ "retry-after": "120" }, 120_000],
    [{ "retry-after": "3600" }, MAX_RETRY_AFTER_MS],
    [{ "retry-after": "100000000000" }, MAX_RETRY_AFTER_MS],
    [{ "retry-after": "1e11" }, undefined],
    [{ "retry-after": "-1" }, undefined],
    [{ "retry-after": "soon 1" }, undefined],
    [{ "retry-after": "NaN" }, undefined],
    [{ "retry-after": "" }, undefined],
    [{ "retry-after": "Sun, 25 Oct 2026 12:00:30 GMT" }, 30_000],
    [{ "retry-after": "Sun, 25 Oct 2026 11:59:00 GMT" }, undefined],
    [{ "retry-after": "Sun, 25 Oct 2099 12:00:00 GMT" }, MAX_RETRY_AFTER_MS],
    [{ "retry-after-ms": "1500", "retry-after": "9" }, 1500],
    [{ "retry-after-ms": "x", "retry-after": "9" }, 9000],
    [
      {
        "anthropic-ratelimit-requests-remaining": "0",
        "anthropic-ratelimit-requests-reset": "2026-10-25T12:00:07Z",
        "anthropic-ratelimit-tokens-remaining": "0",
        "anthropic-ratelimit-tokens-reset": "2026-10-25T12:00:09Z",
      },
      9000,
    ],
    [
      { "anthropic-ratelimit-tokens-remaining": "5", "anthropic-ratelimit-tokens-reset": "2026-10-25T12:00:09Z" },
      undefined,
    ],
  ];
  for (const [headers, expected] of table)
    it(`${JSON.stringify(headers)} → ${expected}`, () => equal(retryAfterMs(new Headers(headers), NOW), expected));
});

describe("back-off", () => {
  it("doubles to its bound, and jitter takes anything from nothing to all of it", () => {
    const range = { baseMs: 100, maxMs: 1000 };
    deepEqual(
      [0, 1, 2, 3, 4, 500].map((before) => backoffMs(range, before, 0.999999)),
      [100, 200, 400, 800, 1000, 1000],
    );
    equal(backoffMs(range, 3, 0), 0);
    equal(backoffMs(range, 3, 0.5), 400);
  });
});

describe("what follows a failed attempt", () => {
  const given = { elapsedMs: 10, random: 0.5, maxAttempts: MAX_ATTEMPTS };
  const reply = (code: FailureCode, more: { transient?: boolean; retryAfterMs?: number } = {}) => ({
    kind: "failed" as const,
    failure: failure(code, code),
    transient: true,
    ...more,
  });

  for (const code of ["model.auth", "model.billing", "model.request", "model.context", "internal"] as const)
    it(`${code} is final`, () => equal(nextStep(NOT_TRIED, reply(code, { transient: false }), given).type, "stop"));

  it("a rate limit that does not pass is final", () =>
    equal(nextStep(NOT_TRIED, reply("model.rate-limit", { transient: false }), given).type, "stop"));

  for (const code of ["model.server", "model.cut", "model.stalled"] as const)
    it(`${code} has ${MAX_ATTEMPTS} attempts`, () => {
      const waits: number[] = [];
      let state = NOT_TRIED;
      for (;;) {
        const step = nextStep(state, reply(code), given);
        if (step.type !== "wait") break;
        waits.push(step.ms);
        state = step.state;
      }
      deepEqual(waits, [250, 500, 1000, 2000, 4000]);
    });

  it("retry-after comes on top of the back-off of a fault", () => {
    const step = nextStep(NOT_TRIED, reply("model.server", { retryAfterMs: 5000 }), given);
    equal(step.type === "wait" && step.ms, 5250);
  });

  it("the network has a time, not a number of attempts, and the last wait ends with it", () => {
    let state = NOT_TRIED;
    let elapsedMs = 0;
    let total = 0;
    for (;;) {
      const step = nextStep(state, reply("model.network"), { ...given, elapsedMs, random: 0.9 });
      if (step.type !== "wait") break;
      total += step.ms;
      elapsedMs = step.ms;
      state = step.state;
    }
    equal(total, NETWORK_PATIENCE_MS);
  });

  it("a laptop that slept for eight hours still has patience left", () => {
    const step = nextStep(NOT_TRIED, reply("model.network"), { ...given, elapsedMs: 8 * 3_600_000 });
    equal(step.type, "wait");
  });

  it("an answer of any kind gives the network its patience back", () => {
    const worn = { ...NOT_TRIED, unreached: { attempts: 9, ms: 19_000 } };
    const step = nextStep(worn, reply("model.server"), given);
    deepEqual(step.type === "wait" && step.state.unreached, { attempts: 0, ms: 0 });
  });

  it("limits use up no attempts, only an hour", () => {
    const spent = { ...NOT_TRIED, faults: MAX_ATTEMPTS - 1 };
    for (const code of ["model.rate-limit", "model.overloaded"] as const) {
      const step = nextStep(spent, reply(code), given);
      deepEqual(step.type === "limited" && step.state, { ...spent, limitedMs: 10 });
      equal(nextStep({ ...spent, limitedMs: RATE_LIMIT_PATIENCE_MS }, reply(code), given).type, "stop");
    }
  });

  it("but where the answer had begun, and was paid for, it is an attempt", () => {
    const paid = { ...reply("model.overloaded"), usage: { ...NO_USAGE, inputTokens: 150_000, usd: 0.5 } };
    const step = nextStep(NOT_TRIED, paid, given);
    deepEqual(step.type === "limited" && step.state, { ...NOT_TRIED, faults: 1, limitedMs: 10 });
    equal(nextStep({ ...NOT_TRIED, faults: MAX_ATTEMPTS - 1 }, paid, given).type, "stop");
  });
});
