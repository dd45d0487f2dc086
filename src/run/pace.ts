import type { RunEvent } from "../core/events";
import type { Model } from "../model/model";
import { showProgress } from "../model/progress";

/** The same model, whose changes of pace are events of the run: a rate limit should be seen in its log. */
export function logPace(model: Model, record: (event: RunEvent) => void): Model {
  return {
    respond: (request, { signal, onProgress }) =>
      model.respond(request, {
        signal,
        onProgress(progress) {
          if (progress.type === "pace")
            record({ type: "pace.changed", inFlight: progress.inFlight, reason: progress.reason });
          else showProgress(progress, onProgress);
        },
      }),
  };
}
