import type { RunEvent } from "../core/state/events";
import type { Model } from "../model/model";
import { showProgress } from "../model/progress";
import type { RunPorts } from "./ports";

/** The run's model, whose changes of pace are events of the run: a rate limit should be seen in its log. */
export function logPace({ model, log }: RunPorts, record: (event: RunEvent) => Promise<void>): Model {
  return {
    respond: (request, { signal, onProgress }) =>
      model.respond(request, {
        signal,
        onProgress(progress) {
          if (progress.type !== "pace") return showProgress(progress, onProgress);
          const { inFlight, reason } = progress;
          // A log that cannot be written ends the run at the next event that matters.
          void record({ type: "pace.changed", inFlight, reason }).catch((error: unknown) =>
            log(`pace: ${String(error)}`),
          );
        },
      }),
  };
}
