import type { After } from "../../src/run/attempt/stall-watch";

/** Timers that run out when they are told to. */
export function virtualAfter(): { readonly after: After; pass(ms: number): void } {
  const due = new Set<{ readonly at: number; readonly action: () => void }>();
  let now = 0;
  return {
    after(ms, action) {
      const timer = { at: now + ms, action };
      due.add(timer);
      return () => void due.delete(timer);
    },
    pass(ms) {
      const until = now + ms;
      // One that is set by another comes behind it.
      for (const timer of due) {
        if (timer.at > until) continue;
        due.delete(timer);
        now = timer.at;
        timer.action();
      }
      now = until;
    },
  };
}
