import type { ModelReply } from "./model";

/** Where one call stands with its retries. */
export interface RetryState {
  /** Attempts that failed for other reasons than the network or a rate limit, or were paid for before a limit cut them. */
  readonly faults: number;
  /** Attempts in a row that did not reach the server, and the time they and the waits between them took. */
  readonly unreached: { readonly attempts: number; readonly ms: number };
  /** Time since the call was first turned away by a limit. */
  readonly limitedMs: number;
}

/** Before the first attempt. */
export const NOT_TRIED: RetryState = { faults: 0, unreached: { attempts: 0, ms: 0 }, limitedMs: 0 };

/** What to do about a failed attempt. `limited` means: everybody waits, see the admission. */
export type RetryStep =
  | { readonly type: "stop" }
  | { readonly type: "wait"; readonly ms: number; readonly state: RetryState }
  | { readonly type: "limited"; readonly state: RetryState };

/** Attempts a call has for faults of the server, cut answers and stalls. */
export const MAX_ATTEMPTS = 6;
/** How long an unreachable server is tried before the user hears of it. */
export const NETWORK_PATIENCE_MS = 20_000;
/** How long a call puts up with rate limits and overload in all. */
export const RATE_LIMIT_PATIENCE_MS = 60 * 60_000;

// A laptop that slept, or a clock that was set, must not use up all patience at once.
const MAX_NETWORK_STEP_MS = 10_000;
const MAX_LIMITED_STEP_MS = 10 * 60_000;

const FAULT_BACKOFF: Backoff = { baseMs: 500, maxMs: 20_000 };
const NETWORK_BACKOFF: Backoff = { baseMs: 500, maxMs: 5_000 };

/**
 * Decides what follows a failed attempt. `elapsedMs` is how long ago the state before it was made: for the first
 * attempt since it began, later since the attempt before it ended. `random` is in [0, 1).
 */
export function nextStep(
  state: RetryState,
  reply: Extract<ModelReply, { kind: "failed" }>,
  given: { readonly elapsedMs: number; readonly random: number; readonly maxAttempts: number },
): RetryStep {
  if (!reply.transient) return { type: "stop" };
  const { elapsedMs, random, maxAttempts } = given;
  if (isLimit(reply)) {
    const limitedMs = state.limitedMs + Math.min(elapsedMs, MAX_LIMITED_STEP_MS);
    // One that broke off in the middle of its answer is paid for: an hour of those is what no budget was asked about.
    const faults = state.faults + (reply.usage === undefined ? 0 : 1);
    if (limitedMs >= RATE_LIMIT_PATIENCE_MS || faults >= maxAttempts) return { type: "stop" };
    return { type: "limited", state: { ...state, faults, limitedMs, unreached: NOT_TRIED.unreached } };
  }
  if (reply.failure.code === "model.network") {
    const attempts = state.unreached.attempts + 1;
    const ms = state.unreached.ms + Math.min(elapsedMs, MAX_NETWORK_STEP_MS);
    if (ms >= NETWORK_PATIENCE_MS) return { type: "stop" };
    const wait = Math.min(backoffMs(NETWORK_BACKOFF, attempts - 1, random), NETWORK_PATIENCE_MS - ms);
    return { type: "wait", ms: wait, state: { ...state, unreached: { attempts, ms } } };
  }
  const faults = state.faults + 1;
  if (faults >= maxAttempts) return { type: "stop" };
  return {
    type: "wait",
    ms: (reply.retryAfterMs ?? 0) + backoffMs(FAULT_BACKOFF, faults - 1, random),
    state: { ...state, faults, unreached: NOT_TRIED.unreached },
  };
}

/**
 * What all callers know together about a server that cannot be reached: after one has tried for as long as it is worth,
 * the others do not each try as long in their turn. Any answer at all ends it.
 */
export class Outage {
  #until = -Infinity;

  /** Takes note of a reply; `now` is in milliseconds from any fixed point. */
  saw(reply: ModelReply, now: number): void {
    if (!isUnreached(reply) && now < this.#until) this.#until = -Infinity;
  }

  /** Takes note that a caller has lost patience. */
  gaveUp(reply: ModelReply, now: number): void {
    if (isUnreached(reply)) this.#until = now + OUTAGE_MS;
  }

  /** Whether this failure is one somebody has lost patience with a short while ago. */
  isKnown(reply: ModelReply, now: number): boolean {
    return isUnreached(reply) && now < this.#until;
  }
}

/** How long a caller that cannot reach the server takes another one's word for it. */
const OUTAGE_MS = 60_000;

function isUnreached(reply: ModelReply): boolean {
  return reply.kind === "failed" && reply.failure.code === "model.network";
}

/** A range of waits that doubles with every attempt up to a bound, in milliseconds. */
export interface Backoff {
  readonly baseMs: number;
  readonly maxMs: number;
}

/**
 * Exponential back-off with full jitter: anything from 0 to the bound, so that callers that failed together do not
 * come back together. (aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter)
 */
export function backoffMs({ baseMs, maxMs }: Backoff, failuresBefore: number, random: number): number {
  return Math.round(random * Math.min(maxMs, baseMs * 2 ** Math.min(failuresBefore, 30)));
}

/** Whether a failure says that all callers together ask too much. */
export function isLimit(reply: Extract<ModelReply, { kind: "failed" }>): boolean {
  return reply.transient && (reply.failure.code === "model.rate-limit" || reply.failure.code === "model.overloaded");
}
