import { type Chunked, toChunked, valueAt, valuesOf } from "./chunked";
import type { RecordedEvent, RunEvent } from "./events";
import { anyOf } from "./any-of";
import { copyOfStretch } from "./copies";
import type { Own } from "./own";
import type { QuestionState } from "../question";
import { addUsage, NO_USAGE, type Usage } from "../usage";

/** A stretch of one agent's work, as the log tells it. An attempt that was interrupted and went on has two. Times are milliseconds since the epoch. */
export interface Stretch {
  readonly by: "planner" | "worker" | "synthesizer";
  /** Null for who works on the run as a whole. */
  readonly subtask: string | null;
  readonly attempt: number;
  readonly from: number;
  /** Null while it goes on. */
  readonly to: number | null;
  readonly outcome: "open" | "finished" | "failed" | "cancelled" | "interrupted";
  /** When it waited for the user's answer. */
  readonly waits: readonly { readonly from: number; readonly to: number | null }[];
  readonly turns: number;
  /** The reviewer's of this attempt included. */
  readonly usage: Usage;
}

/** A span of time, in milliseconds since the epoch. */
export interface Piece {
  readonly from: number;
  readonly to: number;
}

/** The parts of a stretch in which there was work, not waiting for an answer. */
export function workOf({ from, to, waits }: Stretch, now: number): readonly Piece[] {
  const pieces: Piece[] = [];
  let at = from;
  const end = to ?? Math.max(from, now);
  for (const wait of waits) {
    if (wait.from > at) pieces.push({ from: at, to: Math.min(wait.from, end) });
    at = Math.max(at, wait.to ?? end);
  }
  return at < end ? [...pieces, { from: at, to: end }] : pieces;
}

/** Who worked when, and the places in it of what goes on: of one agent the last stretch alone. */
export interface Histories {
  readonly history: Chunked<Stretch>;
  readonly underWay: readonly number[];
}

/** What an event changes in the history of the state before it; one about an unknown subtask, nothing. */
export function foldHistory(
  run: Histories & {
    readonly updatedAt: number;
    readonly questions: readonly QuestionState[];
    readonly positions: ReadonlyMap<string, number>;
  },
  { event, at }: RecordedEvent,
  own: Own,
): Histories {
  const { history, underWay, updatedAt: before, questions, positions } = run;
  if (!tellsOfWork(event)) return run;
  if ("subtask" in event && event.subtask !== null && !positions.has(event.subtask)) return run;
  const open = (by: Stretch["by"], subtask: string | null = null, attempt = 1): Histories => {
    const others = underWay.filter((place) => !isOf(valueAt(history, place), by, subtask));
    const fresh = {
      by,
      subtask,
      attempt,
      from: at,
      to: null,
      outcome: "open",
      waits: [],
      turns: 0,
      usage: NO_USAGE,
    } as const;
    return { underWay: [...others, history.length], history: own.put<Stretch>(history, history.length, fresh) };
  };
  const change = (
    by: Stretch["by"],
    subtask: string | null,
    how: (stretch: Stretch) => Partial<Stretch>,
  ): Histories => {
    const place = underWay.find((each) => isOf(valueAt(history, each), by, subtask)) ?? -1;
    const stretch = valueAt(history, place);
    if (stretch === undefined) return run;
    const changed = own.change(stretch, how(stretch), copyOfStretch);
    return {
      history: own.put(history, place, changed),
      underWay: changed.to === null ? underWay : underWay.filter((each) => each !== place),
    };
  };
  const end = (by: Stretch["by"], subtask: string | null, outcome: Stretch["outcome"], to = at) =>
    change(by, subtask, (stretch) => ({
      to: Math.max(stretch.from, to),
      outcome,
      waits: stretch.waits.map((wait) => ({ ...wait, to: wait.to ?? to })),
    }));
  switch (event.type) {
    case "run.created":
    case "amendment.requested":
      return open("planner");
    case "plan.proposed":
      // What a user wrote, no planner thought up.
      if (event.by !== "planner" && event.by !== "fallback") return withoutThinking(run);
      return end("planner", null, "finished");
    case "amendment.proposed":
      return event.by === "planner" ? end("planner", null, "finished") : run;
    case "amendment.unneeded":
      return end("planner", null, "finished");
    case "plan.failed":
    case "amendment.failed":
      return end("planner", null, "failed");
    case "synthesis.started":
      return open("synthesizer");
    case "synthesis.completed":
      return end("synthesizer", null, "finished");
    case "synthesis.failed":
      return end("synthesizer", null, "failed");
    case "subtask.started":
      return open("worker", event.subtask, event.attempt);
    case "subtask.finished":
      return end("worker", event.subtask, "finished");
    case "subtask.failed": {
      const { code } = event.failure;
      // Nobody worked while the process was gone.
      if (code === "run.interrupted") return end("worker", event.subtask, "interrupted", before);
      return end("worker", event.subtask, code === "cancelled" ? "cancelled" : "failed");
    }
    case "turn.completed":
    case "context.compacted":
    case "call.failed":
      return change(byOf(event), event.subtask, (stretch) => ({
        turns: stretch.turns + (event.type === "turn.completed" ? 1 : 0),
        usage: addUsage(stretch.usage, event.usage),
      }));
    case "question.asked":
      return change(event.subtask === null ? "planner" : "worker", event.subtask, (stretch) => ({
        waits: [...stretch.waits, { from: at, to: null }],
      }));
    case "question.answered": {
      const asked = questions.find(({ number }) => number === event.question);
      if (asked === undefined) return run;
      return change(asked.subtask === null ? "planner" : "worker", asked.subtask, (stretch) => ({
        waits: stretch.waits.map((wait) => ({ ...wait, to: wait.to ?? at })),
      }));
    }
  }
}

const tellsOfWork = anyOf(
  "run.created",
  "amendment.requested",
  "plan.proposed",
  "amendment.proposed",
  "amendment.unneeded",
  "plan.failed",
  "amendment.failed",
  "synthesis.started",
  "synthesis.completed",
  "synthesis.failed",
  "subtask.started",
  "subtask.finished",
  "subtask.failed",
  "turn.completed",
  "context.compacted",
  "call.failed",
  "question.asked",
  "question.answered",
);

function byOf(event: Extract<RunEvent, { readonly type: "turn.completed" | "context.compacted" | "call.failed" }>) {
  if (event.subtask !== null) return "worker";
  return "by" in event && event.by === "synthesizer" ? "synthesizer" : "planner";
}

/** What goes on in the planner's name is left out. */
function withoutThinking({ history, underWay }: Histories): Histories {
  const isKept = (stretch: Stretch | undefined) => stretch?.by !== "planner" || stretch.to !== null;
  const all = valuesOf(history);
  const left = all.flatMap((stretch, place) => (isKept(stretch) ? [place] : []));
  return {
    history: toChunked(all.filter(isKept)),
    underWay: underWay.filter((place) => isKept(all[place])).map((place) => left.indexOf(place)),
  };
}

function isOf(stretch: Stretch | undefined, by: Stretch["by"], subtask: string | null): boolean {
  return stretch !== undefined && stretch.subtask === subtask && stretch.by === by;
}
