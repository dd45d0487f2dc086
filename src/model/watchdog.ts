import type { Disposable } from "../util/disposable";

/** What a request is waiting for when its time runs out. */
export type Awaited = "headers" | "bytes" | "events";

/**
 * Ends a request that has gone quiet. Owns timers and an abort signal that follows the caller's; several things can
 * be awaited at once, each with its own time. (The SDK's own time-out ends at the response headers.)
 */
export class Watchdog implements Disposable {
  readonly #controller = new AbortController();
  readonly #timers = new Map<Awaited, { readonly ms: number; readonly timer: NodeJS.Timeout }>();
  readonly #parent: AbortSignal;
  readonly #follow = () => this.#controller.abort(this.#parent.reason);
  #stalled: Awaited | undefined;

  constructor(parent: AbortSignal) {
    this.#parent = parent;
    if (parent.aborted) this.#follow();
    else parent.addEventListener("abort", this.#follow, { once: true });
  }

  /** Aborts with the caller's signal, or when something awaited did not come. */
  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** What did not come in time; undefined while all is well. */
  get stalled(): Awaited | undefined {
    return this.#stalled;
  }

  /** Starts, or starts anew, the time within which something has to come. */
  expect(what: Awaited, ms: number): void {
    const running = this.#timers.get(what);
    // Most of the events of an answer only say that the next one is awaited as long.
    if (running?.ms === ms) return void running.timer.refresh();
    this.settle(what);
    if (this.#controller.signal.aborted) return;
    const timer = setTimeout(() => {
      this.#stalled = what;
      this.#controller.abort();
    }, ms);
    this.#timers.set(what, { ms, timer });
  }

  /** It came. */
  settle(what: Awaited): void {
    clearTimeout(this.#timers.get(what)?.timer);
    this.#timers.delete(what);
  }

  /** Nothing is awaited any more. */
  settleAll(): void {
    for (const what of this.#timers.keys()) this.settle(what);
    this.#parent.removeEventListener("abort", this.#follow);
  }

  /** Ends the request too: of an answer that was not read to its end, what is left would hold its connection. */
  dispose(): void {
    this.settleAll();
    this.#controller.abort();
  }
}
