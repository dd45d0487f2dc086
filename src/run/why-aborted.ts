import { BraidError, failure, type Failure } from "../core/failure";

/** What is under way when the process lets go of its run. It can be gone on with, so it counts as no failure of anybody's. */
export function closed(): BraidError {
  return new BraidError(
    failure("run.interrupted", "Braid was closed while this was running.", {
      hint: "It goes on when the run is resumed.",
    }),
  );
}

/** The reason an abort gave, where it gave one, in words; else that `what` was cancelled. */
export function whyAborted({ reason }: AbortSignal, what = "Cancelled."): Failure {
  return reason instanceof BraidError ? reason.failure : failure("cancelled", what);
}
