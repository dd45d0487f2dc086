import type { Failure } from "../core/failure";
import type { Model, ModelProgress, ModelReply, ModelRequest } from "../model/model";
import { showProgress } from "../model/progress";

/**
 * One call under a time limit. An answer that is being written when time is up is waited for: it is paid for already.
 * A call that only waits for its turn (a rate limit, a retry) is given up, with what `late` says.
 */
export async function withinTime(
  model: Model,
  request: ModelRequest,
  call: {
    readonly signal: AbortSignal;
    readonly onProgress?: (progress: ModelProgress) => void;
    /** Milliseconds until time is up; undefined for no limit. */
    readonly leftMs: number | undefined;
    readonly late: () => Failure;
  },
): Promise<ModelReply> {
  const { signal, onProgress, leftMs, late } = call;
  if (leftMs === undefined)
    return model.respond(request, { signal, ...(onProgress === undefined ? {} : { onProgress }) });
  const over = new AbortController();
  let parked = false;
  let timeUp = false;
  const check = (): void => {
    if (timeUp && parked) over.abort();
  };
  const timer = setTimeout(
    () => {
      timeUp = true;
      check();
    },
    Math.min(Math.max(0, leftMs), MAX_TIMER_MS),
  );
  try {
    const reply = await model.respond(request, {
      signal: AbortSignal.any([signal, over.signal]),
      onProgress(progress) {
        parked = progress.type === "waiting";
        check();
        showProgress(progress, onProgress);
      },
    });
    return reply.kind === "failed" && over.signal.aborted && !signal.aborted ? { ...reply, failure: late() } : reply;
  } catch (error) {
    if (signal.aborted || !over.signal.aborted) throw error;
    return { kind: "failed", failure: late(), transient: false };
  } finally {
    clearTimeout(timer);
  }
}

// What a timer of Node takes; a longer one fires at once.
const MAX_TIMER_MS = 2 ** 31 - 1;
