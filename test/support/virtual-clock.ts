/** A clock that stands still until it is moved; the same calls always give the same times. */
export interface VirtualClock {
  now(): number;
  sleep(ms: number, signal: AbortSignal): Promise<void>;
  /** How many sleep now. */
  readonly sleepers: number;
  /** Lets what can run do so, then moves to the next waking, until `promise` settles. */
  runUntil<T>(promise: Promise<T>): Promise<T>;
}

/** Creates a {@link VirtualClock} at 0. */
export function createVirtualClock(): VirtualClock {
  let time = 0;
  const sleeping = new Set<{ readonly at: number; wake(): void }>();
  return {
    now: () => time,
    get sleepers() {
      return sleeping.size;
    },
    sleep: (ms, signal) =>
      new Promise((resolve, reject) => {
        if (signal.aborted) return reject(signal.reason);
        const onAbort = () => {
          sleeping.delete(sleeper);
          reject(signal.reason);
        };
        const sleeper = {
          at: time + ms,
          wake() {
            signal.removeEventListener("abort", onAbort);
            sleeping.delete(sleeper);
            resolve();
          },
        };
        sleeping.add(sleeper);
        signal.addEventListener("abort", onAbort, { once: true });
      }),
    async runUntil(promise) {
      let settled = false;
      const mark = () => {
        settled = true;
      };
      promise.then(mark, mark);
      for (;;) {
        await new Promise((resolve) => {
          setImmediate(resolve);
        });
        if (settled) return promise;
        const [next] = [...sleeping].toSorted((a, b) => a.at - b.at);
        if (next === undefined) throw new Error(`deadlock at ${time} ms: nothing sleeps and nothing has settled`);
        time = Math.max(time, next.at);
        next.wake();
      }
    },
  };
}
