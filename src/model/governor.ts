import { type Failure, failure } from "../core/failure";
import { sleep } from "../util/abort";
import { Admission, type Clock, type Pass } from "./admission";
import type { Model, ModelReply } from "./model";
import { showProgress } from "./progress";
import { MAX_ATTEMPTS, NOT_TRIED, type RetryState, isLimit, nextStep } from "./retry";

/** How patient a governor is. */
export interface GovernorOptions {
  readonly clock?: Clock;
  /** In [0, 1). */
  readonly random?: () => number;
  /** Attempts a call has for faults of the server; waits for a rate limit and for the network are counted apart. */
  readonly maxAttempts?: number;
  /** Requests in flight at once while the API does not complain. */
  readonly maxInFlight?: number;
}

/**
 * A model that tries again where that may help. Make one for an API key and let all workers share it: a rate
 * limit that meets one of them parks all, so none is lost to it. What cannot get better (key, credit, the request itself)
 * fails at once, an unreachable server after about 20 s, with the last failure. Never switches the model.
 */
export function govern(model: Model, options: GovernorOptions = {}): Model {
  const { clock = CLOCK, random = Math.random, maxAttempts = MAX_ATTEMPTS, maxInFlight = MAX_IN_FLIGHT } = options;
  const admission = new Admission({ clock, random, maxInFlight });
  let tickets = 0;
  return {
    async respond(request, { signal, ...more }) {
      const ticket = tickets++;
      const waiting = (reason: string, ms: number) => showProgress({ type: "waiting", reason, ms }, more.onProgress);
      const arrived = clock.now();
      let state: RetryState = NOT_TRIED;
      let marked: number | undefined;
      for (let attempts = 1; ; attempts++) {
        const pass = await admission.enter(ticket, signal, ({ reason, ms }) => waiting(reason, ms));
        marked ??= clock.now();
        const reply = await attempt(admission, pass, () => model.respond(request, { signal, ...more }));
        if (reply.kind === "message") return reply;
        const step = nextStep(state, reply, { elapsedMs: clock.now() - marked, random: random(), maxAttempts });
        if (step.type === "stop") return gaveUp(reply, { attempts, ms: clock.now() - arrived });
        marked = clock.now();
        state = step.state;
        if (step.type !== "wait") continue;
        waiting(reply.failure.message, step.ms);
        await clock.sleep(step.ms, signal);
      }
    },
  };
}

const MAX_IN_FLIGHT = 16;

// Monotonic: a clock that is set back must not keep the door closed.
const CLOCK: Clock = { now: () => performance.now(), sleep };

/** One attempt; whatever comes of it, the pass goes back. */
async function attempt(admission: Admission, pass: Pass, send: () => Promise<ModelReply>): Promise<ModelReply> {
  let reply: ModelReply;
  try {
    reply = await send();
  } catch (error) {
    admission.failed();
    throw error;
  }
  if (reply.kind === "message") admission.succeeded();
  else if (isLimit(reply)) admission.limited(pass, { reason: reply.failure.message, retryAfterMs: reply.retryAfterMs });
  else admission.failed();
  return reply;
}

function gaveUp(
  reply: Extract<ModelReply, { kind: "failed" }>,
  tried: { readonly attempts: number; readonly ms: number },
): ModelReply {
  if (tried.attempts === 1) return reply;
  const history = `Tried ${tried.attempts} times in ${Math.round(tried.ms / 1000)} s.`;
  const { code, message, hint, detail } = reply.failure;
  const told: Failure = failure(code, message, {
    ...(hint === undefined ? {} : { hint }),
    detail: detail === undefined ? history : `${history}\n${detail}`,
  });
  return { ...reply, failure: told };
}
