import { BraidError, failure } from "../../core/failure";
import type { After } from "./stall-watch";

/** How long the files of a worker that was stopped may take to be kept, in milliseconds: a large checkout needs a few seconds. */
export const KEEP_MS = 20_000;

/** Aborts, with a `cancelled` failure, when {@link KEEP_MS} have passed since `signal` has. */
export function patience(signal: AbortSignal, after: After): AbortSignal {
  const over = new AbortController();
  const begin = (): void =>
    void after(KEEP_MS, () =>
      over.abort(
        new BraidError(
          failure("cancelled", `Its files could not be kept within ${KEEP_MS / 1_000} seconds of the stop.`),
        ),
      ),
    );
  if (signal.aborted) begin();
  else signal.addEventListener("abort", begin, { once: true });
  return over.signal;
}
