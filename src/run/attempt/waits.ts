/** Adds up the time in which somebody waits for the user. */
export interface Waits {
  /** Waits for what `wait` gives, and gives it on. */
  during<T>(wait: () => Promise<T>): Promise<T>;
  /** Milliseconds in all up to now; waits at the same time count once. */
  ms(): number;
}

/** Nothing waited for yet; `now` is in milliseconds. */
export function countWaits(now: () => number): Waits {
  let open = 0;
  let since = 0;
  let sum = 0;
  const past = (): number => Math.max(0, now() - since);
  return {
    async during(wait) {
      if (open === 0) since = now();
      open += 1;
      try {
        return await wait();
      } finally {
        open -= 1;
        if (open === 0) sum += past();
      }
    },
    ms: () => sum + (open === 0 ? 0 : past()),
  };
}
