import { equal, rejects } from "node:assert/strict";
import { failure } from "../../../src/core/failure";
import { NO_USAGE } from "../../../src/core/usage";
import type { Model, ModelProgress, ModelReply } from "../../../src/model/model";
import { withinTime } from "../../../src/run/time-limit";
import { REQUEST, failedOf, never } from "../../support/model-request";

const OK: ModelReply = {
  kind: "message",
  content: [],
  stopReason: "end_turn",
  usage: NO_USAGE,
  model: "m",
  durationMs: 1,
};
const WAITS: ModelProgress = { type: "waiting", reason: "slow down", ms: 1 };

describe("a call whose time is up", () => {
  /** A model that says these, and answers long after its time is up unless it is stopped. */
  const saying = (...progress: readonly ModelProgress[]): Model => ({
    respond: (_request, { signal, onProgress }) =>
      new Promise((resolve, reject) => {
        if (signal.aborted) return reject(signal.reason);
        signal.addEventListener("abort", () => reject(signal.reason), { once: true });
        for (const each of progress) onProgress?.(each);
        setTimeout(() => resolve(OK), 60);
      }),
  });
  const ask = (model: Model, signal = never()) =>
    withinTime(model, REQUEST, { signal, leftMs: 1, late: () => failure("budget.reached", "Late.") });

  for (const [what, progress, expected] of [
    ["is being answered", [], "message"],
    ["only waits for its turn", [WAITS], "failed"],
    ["waited, and is being answered, though without a word yet", [WAITS, { type: "sent" }], "message"],
    ["waits once more", [WAITS, { type: "sent" }, WAITS], "failed"],
  ] as const)
    it(`and that ${what}: ${expected === "message" ? "is paid for, so its answer is waited for" : "is given up"}`, async () =>
      equal((await ask(saying(...progress))).kind, expected));

  it("says that it is late, and what was paid, where the model was broken off", async () => {
    const usage = { ...NO_USAGE, inputTokens: 7 };
    const broken: Model = {
      respond: (_request, { signal, onProgress }) =>
        new Promise((resolve) => {
          const stopped = {
            kind: "failed",
            failure: failure("cancelled", "Stopped."),
            transient: false,
            usage,
          } as const;
          signal.addEventListener("abort", () => resolve(stopped), { once: true });
          onProgress?.(WAITS);
        }),
    };
    const reply = failedOf(await ask(broken));
    equal(reply.failure.code, "budget.reached");
    equal(reply.usage, usage);
  });

  it("rejects where the caller has had enough", async () => {
    await rejects(ask(saying(), AbortSignal.abort(new Error("enough"))), /enough/u);
  });
});
