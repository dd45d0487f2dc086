import type { ApiCall } from "../core/api-call";
import { type Failure, failure } from "../core/failure";
import { NO_USAGE, type Usage, addUsage, totalTokens } from "../core/usage";
import { sleep } from "../util/abort";
import { Admission, type Clock, type Pass } from "./admission";
import type { Model, ModelProgress, ModelReply } from "./model";
import { showProgress } from "./progress";
import { MAX_ATTEMPTS, NOT_TRIED, Outage, type RetryState, isLimit, nextStep } from "./retry";
import { WarmUp } from "./warm-up";

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
 * fails at once, an unreachable server after about 20 s (once for all workers), with the last failure; what failed
 * attempts cost is in the usage of the reply. Never switches the model.
 */
export function govern(model: Model, options: GovernorOptions = {}): Model {
  const { clock = CLOCK, random = Math.random, maxAttempts = MAX_ATTEMPTS, maxInFlight = MAX_IN_FLIGHT } = options;
  const admission = new Admission({ clock, random, maxInFlight });
  const warmUp = new WarmUp(() => clock.now());
  const outage = new Outage();
  let tickets = 0;
  return {
    async respond(request, { signal, ...more }) {
      const ticket = tickets++;
      const show = (progress: ModelProgress) => showProgress(progress, more.onProgress);
      let waits = false;
      const waiting = (reason: string, ms: number) => {
        waits = true;
        show({ type: "waiting", reason, ms });
      };
      const arrived = clock.now();
      let state: RetryState = NOT_TRIED;
      let marked: number | undefined;
      let paid: Usage = NO_USAGE;
      let calls: readonly ApiCall[] = [];
      const send = async (): Promise<ModelReply> => {
        const begun = await warmUp.enter(request, signal);
        if (waits) show({ type: "sent" });
        waits = false;
        try {
          const onProgress = (progress: ModelProgress) => {
            begun(true);
            show(progress);
          };
          const reply = await model.respond(request, { signal, onProgress });
          begun(reply.kind === "message");
          return reply;
        } finally {
          begun(false);
        }
      };
      // Stopped while it waits to try again, it has still paid for what it tried.
      const unlessPaid = (error: unknown): ModelReply => {
        if (!signal.aborted || totalTokens(paid) === 0) throw error;
        return withUsage({ kind: "failed", failure: STOPPED, transient: false }, paid);
      };
      const ask = async (): Promise<ModelReply> => {
        for (let attempts = 1; ; attempts++) {
          const pass = await admission.enter(ticket, signal, ({ reason, ms }) => waiting(reason, ms));
          marked ??= clock.now();
          const answer = await attempt(admission, pass, { send, show });
          calls = [...calls, ...(answer.calls ?? [])].slice(-MAX_CALLS_KEPT);
          const reply = calls.length === 0 ? answer : { ...answer, calls };
          outage.saw(reply, clock.now());
          paid = addUsage(paid, reply.usage ?? NO_USAGE);
          if (reply.kind === "message") return withUsage(reply, paid);
          const step = outage.isKnown(reply, clock.now())
            ? STOP
            : nextStep(state, reply, { elapsedMs: clock.now() - marked, random: random(), maxAttempts });
          if (step.type === "stop") {
            outage.gaveUp(reply, clock.now());
            return gaveUp(withUsage(reply, paid), { attempts, ms: clock.now() - arrived });
          }
          marked = clock.now();
          state = step.state;
          if (step.type !== "wait") continue;
          waiting(reply.failure.message, step.ms);
          await clock.sleep(step.ms, signal);
        }
      };
      return ask().catch(unlessPaid);
    },
  };
}

const STOPPED = failure("cancelled", "It was stopped while it waited to be tried again.");
const MAX_IN_FLIGHT = 16;
// An hour of rate limits is many; what came of the last of them is told.
const MAX_CALLS_KEPT = 20;
const STOP = { type: "stop" } as const;

// Monotonic: a clock that is set back must not keep the door closed.
const CLOCK: Clock = { now: () => performance.now(), sleep };

/** One attempt; whatever comes of it, the pass goes back. */
async function attempt(
  admission: Admission,
  pass: Pass,
  { send, show }: { readonly send: () => Promise<ModelReply>; readonly show: (progress: ModelProgress) => void },
): Promise<ModelReply> {
  let reply: ModelReply;
  try {
    reply = await send();
  } catch (error) {
    admission.failed();
    throw error;
  }
  const before = admission.allowed;
  if (reply.kind === "message") admission.succeeded();
  else if (isLimit(reply)) admission.limited(pass, { reason: reply.failure.message, retryAfterMs: reply.retryAfterMs });
  else admission.failed();
  if (admission.allowed !== before) {
    const reason = reply.kind === "message" ? "The API takes more again." : reply.failure.message;
    show({ type: "pace", inFlight: admission.allowed, reason });
  }
  return reply;
}

/** The reply with what all attempts cost in it; itself where that is nothing new. */
function withUsage<T extends ModelReply>(reply: T, usage: Usage): T {
  const own = totalTokens(reply.usage ?? NO_USAGE);
  if (totalTokens(usage) === own) return reply;
  return reply.kind === "message" ? { contextTokens: own, ...reply, usage } : { ...reply, usage };
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
