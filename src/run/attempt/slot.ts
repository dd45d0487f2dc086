import type { LimitFunction } from "p-limit";

/** One place among those a limiter gives out. */
export interface Slot {
  /** Resolves when the place is there. */
  readonly held: Promise<void>;
  /** Gives the place up, also one that is still waited for; resolves when another may have it. */
  giveBack(): Promise<void>;
}

/** Asks a limiter for a place and keeps it until it is given back. */
export function takeSlot(limit: LimitFunction): Slot {
  const { promise: free, resolve: giveUp } = withResolvers();
  const { promise: held, resolve: taken } = withResolvers();
  const given = limit(() => {
    taken();
    return free;
  });
  return {
    held,
    giveBack() {
      giveUp();
      return given;
    },
  };
}

function withResolvers(): { readonly promise: Promise<void>; readonly resolve: () => void } {
  let resolve = (): void => undefined;
  const promise = new Promise<void>((done) => {
    resolve = done;
  });
  return { promise, resolve };
}
