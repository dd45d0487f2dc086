import type { RunView } from "../../core/state/view";
import { traceSettings } from "../../trace/target";
import type { OwnedRun } from "./ownership";
import type { RunLog } from "./run-log";
import type { RunPorts } from "../ports";
import { openTracer, type Tracer } from "./trace-file";
import type { Transcripts } from "./transcripts";

/** Traces a run this process owns, from now on. */
export function traceRun(
  run: {
    readonly id: string;
    readonly ports: RunPorts;
    readonly view: RunView;
    readonly onDidRecord: RunLog["onDidRecord"];
  },
  { events, lock }: OwnedRun,
  transcripts: Transcripts,
): Tracer {
  const tracer = openTracer({
    repo: run.ports.repo,
    run: run.id,
    before: events,
    settings: run.ports.trace ?? traceSettings({}),
    view: () => run.view,
    written: () => transcripts.written(),
    isTaken: () => lock.lost.aborted,
    log: run.ports.log,
  });
  run.onDidRecord((recorded) => tracer.onRecorded(recorded));
  return tracer;
}
