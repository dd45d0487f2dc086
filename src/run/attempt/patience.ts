import { BraidError, failure } from "../../core/failure";
import type { After } from "./stall-watch";

/** How long the files of a worker that was stopped may take to be kept, in milliseconds: a large checkout needs a few seconds. */
export const KEEP_MS = 20_000;

/** A time that begins with a stop. */
export interface Patience {
  /** Aborts, with a `cancelled` failure, when it has passed. */
  readonly signal: AbortSignal;
  /** Calls it off: nobody waits any more. */
  end(): void;
}

/** The {@link KEEP_MS} after `signal` aborts. */
export function patience(signal: AbortSignal, after: After): Patience {
  const over = new AbortController();
  const why = `Its files could not be kept within ${KEEP_MS / 1_000} seconds of the stop.`;
  let callOff = (): void => undefined;
  const begin = (): void => {
    callOff = after(KEEP_MS, () => over.abort(new BraidError(failure("cancelled", why))));
  };
  if (signal.aborted) begin();
  else signal.addEventListener("abort", begin, { once: true });
  return {
    signal: over.signal,
    end() {
      signal.removeEventListener("abort", begin);
      callOff();
    },
  };
}
