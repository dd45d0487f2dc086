import { appendFile, truncate } from "node:fs/promises";
import { join } from "node:path";
import type { RecordedEvent, RunEvent } from "../../core/state/events";
import { toFailure, type Failure } from "../../core/failure";
import type { RunView } from "../../core/state/view";
import { readPlainText } from "../../git/plain-file";
import type { Repository } from "../../git/repository";
import { withContent } from "../../trace/content";
import { toOtlp } from "../../trace/otlp";
import { sendSpans } from "../../trace/send";
import type { Span } from "../../trace/span";
import { allSpans, spansOf } from "../../trace/spans";
import { targetAt, type TraceSettings } from "../../trace/target";
import { inTurn } from "../../util/in-turn";
import { runDir } from "./places";
import { readTranscripts } from "./transcript-files";

/** Where a run's spans are kept, a line of OTLP JSON at a time; collectors read it as it is (`otlpjsonfile`). */
export function tracePath(repo: Repository, run: string): string {
  return join(runDir(repo, run), "trace.jsonl");
}

/** What writes a run's spans beside it, and sends them where the environment says. It never fails, and nobody waits for a collector. */
export interface Tracer {
  onRecorded(recorded: RecordedEvent): void;
  /** Writes what has ended; gives a collector that hangs up after a short while. */
  close(): Promise<void>;
}

/** A collector gets this long at the end of a run, in milliseconds. */
const LAST_WORDS_MS = 3_000;

/** Traces a run from `before` on: spans of a log that went on without us are caught up on, and none is written twice. */
export function openTracer(o: {
  readonly repo: Repository;
  readonly run: string;
  readonly before: readonly RecordedEvent[];
  readonly settings: TraceSettings;
  readonly view: () => RunView;
  /** Resolves when what was said is on disk. */
  readonly written: () => Promise<void>;
  /** Whether the run is another process's by now. */
  readonly isTaken: () => boolean;
  readonly log: (line: string) => void;
}): Tracer {
  const { repo, run, settings } = o;
  const spans = spansOf();
  let pending: RecordedEvent[] = [...o.before];
  let unwritten: Span[] = [];
  let known: Set<string> | undefined;
  let sending: Promise<void> = Promise.resolve();
  const stop = new AbortController();
  const write = inTurn();
  for (const problem of settings.problems) o.log(problem);

  const flush = async (): Promise<void> => {
    known ??= await writtenIds(tracePath(repo, run));
    const events = pending;
    pending = [];
    for (const event of events) unwritten.push(...spans.add(event));
    // The run's own span comes once, when nothing is left to do for the first time.
    const root = isAtRest(o.view()) ? spans.open().filter(({ parent }) => parent === null) : [];
    const fresh = [...unwritten, ...root].filter(({ spanId }) => known?.has(spanId) === false);
    // Who was taken over from leaves the file to its new owner.
    if (fresh.length === 0 || o.isTaken()) return;
    await o.written();
    const told = settings.content ? withContent(fresh, await readTranscripts(repo, run)) : fresh;
    try {
      await appendFile(tracePath(repo, run), `${JSON.stringify(toOtlp(told, settings))}\n`, { mode: 0o600 });
    } catch (error) {
      // A full disk leaves half a line, which goes before the next is written.
      known = undefined;
      throw error;
    }
    unwritten = [];
    for (const { spanId } of fresh) known.add(spanId);
    const { target } = settings;
    if (target === null) return;
    sending = sending
      .then(() => sendSpans(told, target, settings, stop.signal))
      .then((failure) => (failure === undefined ? undefined : o.log(failure.message)))
      .catch(() => undefined);
  };
  const flushed = () => write(flush).catch((error: unknown) => o.log(`trace of ${run}: ${toFailure(error).message}`));

  return {
    onRecorded(recorded) {
      pending.push(recorded);
      if (ENDS.has(recorded.event.type)) void flushed();
    },
    async close() {
      await flushed();
      const timer = setTimeout(() => stop.abort(), LAST_WORDS_MS);
      await sending;
      clearTimeout(timer);
    },
  };
}

/** A whole trace as somebody asked for it. Throws nothing; a failure is what a collector had against it. */
export async function exportTrace(
  repo: Repository,
  run: string,
  o: {
    readonly events: readonly RecordedEvent[];
    readonly settings: TraceSettings;
    /** Where to send it; without one it is only returned. */
    readonly address?: string;
    readonly signal: AbortSignal;
  },
): Promise<{ readonly text: string; readonly spans: number; readonly failure: Failure | undefined }> {
  const bare = allSpans(o.events);
  const spans = o.settings.content ? withContent(bare, await readTranscripts(repo, run)) : bare;
  const failure =
    o.address === undefined ? undefined : await sendSpans(spans, targetAt(o.address, o.settings), o.settings, o.signal);
  return { text: toLines(spans, o.settings), spans: spans.length, failure };
}

/** Lines a collector takes one by one. */
function toLines(spans: readonly Span[], settings: TraceSettings): string {
  const lines: string[] = [];
  for (let at = 0; at < spans.length; at += SPANS_A_LINE)
    lines.push(`${JSON.stringify(toOtlp(spans.slice(at, at + SPANS_A_LINE), settings))}\n`);
  return lines.join("");
}

const SPANS_A_LINE = 500;

/** What ends a part of a run worth writing down. */
const ENDS: ReadonlySet<RunEvent["type"]> = new Set<RunEvent["type"]>([
  "plan.proposed",
  "plan.failed",
  "subtask.finished",
  "subtask.failed",
  "synthesis.completed",
  "synthesis.failed",
  "amendment.proposed",
  "amendment.unneeded",
  "amendment.failed",
]);

function isAtRest({ phase }: RunView): boolean {
  return phase === "review" || phase === "done" || phase === "failed" || phase === "cancelled";
}

/** Ids of the spans a file holds. Half a line at its end is a crash's: it is cut off, and what was in it is written again. */
async function writtenIds(path: string): Promise<Set<string>> {
  const text = await readPlainText(path);
  const whole = text.slice(0, text.lastIndexOf("\n") + 1);
  if (whole !== text) await truncate(path, Buffer.byteLength(whole));
  return new Set([...whole.matchAll(/"spanId":"([0-9a-f]{16})"/gu)].map(([, id = ""]) => id));
}
