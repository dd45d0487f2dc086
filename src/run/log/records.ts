import type { RunView } from "../../core/state/view";
import { traceSettings } from "../../trace/target";
import type { OwnedRun } from "./ownership";
import type { RunLog } from "./run-log";
import type { RunPorts } from "../ports";
import { openTracer } from "./trace-file";
import { openTranscripts, type Transcripts } from "./transcripts";

/** What is kept of a run beside its log, for reading: transcripts and trace. Neither ever fails a run. */
export interface Records {
  readonly transcripts: Transcripts;
  /** Resolves when all of it is on disk, or has been given up. */
  close(): Promise<void>;
}

/** Keeps the records of a run this process owns, from now on. */
export function openRecords(
  run: {
    readonly id: string;
    readonly ports: RunPorts;
    readonly view: RunView;
    readonly onDidRecord: RunLog["onDidRecord"];
  },
  { events, lock }: OwnedRun,
): Records {
  const transcripts = openTranscripts(run.ports, run.id, () => lock.lost.aborted);
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
  return {
    transcripts,
    async close() {
      await transcripts.written();
      await tracer.close();
    },
  };
}
