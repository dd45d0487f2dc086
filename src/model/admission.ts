import { type Backoff, backoffMs } from "./retry";

/** Time as the governor sees it; milliseconds from any fixed point, never going back. */
export interface Clock {
  now(): number;
  /** Rejects with the signal's reason when it aborts. */
  sleep(ms: number, signal: AbortSignal): Promise<void>;
}

/** Why a caller is not let in yet; `ms` is 0 where nobody can say how long. */
export interface Waiting {
  readonly reason: string;
  readonly ms: number;
}

/** The right to have one request in flight. */
export interface Pass {
  readonly epoch: number;
}

const LIMIT_BACKOFF: Backoff = { baseMs: 1_000, maxMs: 60_000 };
/** Jitter on top of a wait the server asked for, so that nobody comes back to the millisecond. */
const RETRY_AFTER_JITTER_MS = 250;
/** A server that turns away again whoever came when it said is not taken at its word: what it asks for is at least this then. */
const REPEATED_FLOOR: Backoff = { baseMs: 500, maxMs: 15_000 };
/**
 * Successes in a row, for every request that may be in flight, after which one more may. Fewer, and a server with a
 * fixed bound refuses a third of all requests, because each step over it costs a volley.
 */
export const SUCCESSES_PER_STEP = 2;

/**
 * Lets requests in: a bounded number at a time, and nobody while a rate limit lasts. The bound is halved when the API
 * turns a request away and grows by one after a run of successes (additive increase, multiplicative
 * decrease). Requests that were in flight together when the limit struck count as one blow. First come, first
 * served, by ticket, so that a call turned away goes before those that came after it.
 */
export class Admission {
  readonly #clock: Clock;
  readonly #random: () => number;
  readonly #most: number;
  readonly #waiting = new Set<Waiter>();
  #allowed: number;
  #inFlight = 0;
  #epoch = 0;
  #blowsInARow = 0;
  #successesInARow = 0;
  #closedUntil = -Infinity;
  #closedReason = "";
  #opening: AbortController | undefined;

  constructor(options: { readonly clock: Clock; readonly random: () => number; readonly maxInFlight: number }) {
    this.#clock = options.clock;
    this.#random = options.random;
    this.#most = options.maxInFlight;
    this.#allowed = options.maxInFlight;
  }

  /** Resolves once a request may be sent; rejects with the signal's reason. Every pass has to be given back. */
  enter(ticket: number, signal: AbortSignal, onWait: (waiting: Waiting) => void): Promise<Pass> {
    return new Promise((resolve, reject) => {
      if (signal.aborted) return reject(signal.reason);
      const waiter: Waiter = {
        ticket,
        tell: () => onWait(this.#whyClosed()),
        admit: () => {
          signal.removeEventListener("abort", onAbort);
          this.#waiting.delete(waiter);
          this.#inFlight++;
          resolve({ epoch: this.#epoch });
        },
      };
      const onAbort = () => {
        this.#waiting.delete(waiter);
        if (this.#waiting.size === 0) this.#stopTimer();
        reject(signal.reason);
      };
      signal.addEventListener("abort", onAbort, { once: true });
      this.#waiting.add(waiter);
      this.#pump();
      if (this.#waiting.has(waiter)) waiter.tell();
    });
  }

  /** How many requests may be in flight now. */
  get allowed(): number {
    return this.#allowed;
  }

  /** Gives a pass back after an answer. */
  succeeded(): void {
    this.#blowsInARow = 0;
    if (++this.#successesInARow >= SUCCESSES_PER_STEP * this.#allowed) {
      this.#successesInARow = 0;
      this.#allowed = Math.min(this.#most, this.#allowed + 1);
    }
    this.#leave();
  }

  /** Gives a pass back after a failure that says nothing about the load. */
  failed(): void {
    this.#leave();
  }

  /** Gives a pass back after the API asked to slow down, and closes the door for everybody. */
  limited(pass: Pass, limit: { readonly reason: string; readonly retryAfterMs: number | undefined }): void {
    this.#successesInARow = 0;
    const first = pass.epoch === this.#epoch;
    if (first) {
      this.#epoch++;
      this.#blowsInARow++;
      this.#allowed = Math.max(1, Math.floor(this.#allowed / 2));
    }
    // The rest of a volley brings no news but a longer wait the server asks for.
    if (first || limit.retryAfterMs !== undefined)
      this.#closeFor(
        limit.retryAfterMs === undefined
          ? backoffMs(LIMIT_BACKOFF, this.#blowsInARow - 1, this.#random())
          : Math.max(limit.retryAfterMs, this.#floorMs()) + Math.round(this.#random() * RETRY_AFTER_JITTER_MS),
        limit.reason,
      );
    this.#leave();
  }

  #floorMs(): number {
    return this.#blowsInARow < 2 ? 0 : backoffMs(REPEATED_FLOOR, this.#blowsInARow - 2, 1);
  }

  #closeFor(ms: number, reason: string): void {
    const until = this.#clock.now() + ms;
    if (until <= this.#closedUntil) return;
    this.#closedUntil = until;
    this.#closedReason = reason;
    this.#stopTimer();
    for (const waiter of this.#waiting) waiter.tell();
  }

  #leave(): void {
    this.#inFlight--;
    this.#pump();
  }

  #pump(): void {
    if (this.#waiting.size === 0) return;
    const wait = this.#closedUntil - this.#clock.now();
    if (wait > 0) return void this.#openIn(wait);
    const free = this.#allowed - this.#inFlight;
    if (free <= 0) return;
    for (const waiter of [...this.#waiting].toSorted((a, b) => a.ticket - b.ticket).slice(0, free)) waiter.admit();
  }

  async #openIn(ms: number): Promise<void> {
    if (this.#opening !== undefined) return;
    const opening = new AbortController();
    this.#opening = opening;
    try {
      await this.#clock.sleep(ms, opening.signal);
    } catch (error) {
      if (opening.signal.aborted) return;
      throw error;
    }
    this.#opening = undefined;
    this.#pump();
  }

  #stopTimer(): void {
    this.#opening?.abort();
    this.#opening = undefined;
  }

  #whyClosed(): Waiting {
    const ms = this.#closedUntil - this.#clock.now();
    if (ms > 0) return { reason: this.#closedReason, ms };
    return { reason: `${this.#inFlight} requests are in flight, which is as many as the API takes now.`, ms: 0 };
  }
}

interface Waiter {
  readonly ticket: number;
  tell(): void;
  admit(): void;
}
