import type { Stretch } from "./state/history";
import { subtasksOf, type RunView } from "./state/view";

/** A piece of a line of the timeline; 0 to 1 of its length. */
export interface TimelineBar {
  readonly from: number;
  readonly to: number;
  readonly kind: "work" | "asks" | "queued";
  readonly outcome: Stretch["outcome"];
  readonly attempt: number;
}

/** One agent's line: a subtask with all of its attempts, the planner, the synthesizer. */
export interface TimelineRow {
  /** The subtask's id, or who it is. */
  readonly name: string;
  /** Null for who works on the run as a whole. */
  readonly subtask: string | null;
  readonly bars: readonly TimelineBar[];
  /** Nothing would have ended sooner without this one having been faster. */
  readonly critical: boolean;
  readonly attempts: number;
  /** Milliseconds. */
  readonly waitedMs: number;
  readonly workedMs: number;
  readonly usd: number;
  /** When it began and ended, in milliseconds since the run began; null where it has not. */
  readonly startedMs: number | null;
  readonly endedMs: number | null;
}

/** Who ran when, in the order they began. Lengths are of the time between `from` and `to`, milliseconds since the epoch. */
export interface Timeline {
  readonly from: number;
  readonly to: number;
  readonly rows: readonly TimelineRow[];
  /** Where to write times: share of the length, and milliseconds since the run began. */
  readonly ticks: readonly { readonly at: number; readonly ms: number }[];
}

/** Lays the history of a run out. Pure: what goes on, goes on until the last event. */
export function timelineOf(view: RunView): Timeline {
  const from = view.history[0]?.from ?? view.createdAt;
  const to = Math.max(from + 1, view.updatedAt === from ? from + 1 : lastOf(view));
  const share = (at: number) => Math.min(1, Math.max(0, (at - from) / (to - from)));
  const critical = criticalOf(view);
  const lines = new Map<string, Stretch[]>();
  for (const stretch of view.history) {
    const key = stretch.subtask === null ? stretch.by : `subtask ${stretch.subtask}`;
    const line = lines.get(key);
    if (line === undefined) lines.set(key, [stretch]);
    else line.push(stretch);
  }
  const readyAt = readinessOf(view);
  const rows = [...lines.values()].map((stretches): TimelineRow => {
    const [first] = stretches;
    const subtask = first?.subtask ?? null;
    const ready = subtask === null ? undefined : readyAt.get(subtask);
    const begun = first?.from ?? from;
    const queued: readonly TimelineBar[] =
      ready === undefined || ready >= begun
        ? []
        : [{ from: share(ready), to: share(begun), kind: "queued", outcome: "open", attempt: 0 }];
    const last = stretches.at(-1);
    const asked = stretches.reduce((sum, s) => sum + waitedIn(s, to), 0);
    return {
      name: subtask ?? first?.by ?? "",
      subtask,
      bars: [...queued, ...stretches.flatMap((stretch) => barsOf(stretch, to, share))],
      critical: subtask !== null && critical.has(subtask),
      attempts: new Set(stretches.map(({ attempt }) => attempt)).size,
      waitedMs: asked + Math.max(0, begun - (ready ?? begun)),
      workedMs: stretches.reduce((sum, s) => sum + (s.to ?? to) - s.from, 0) - asked,
      usd: stretches.reduce((sum, { usage }) => sum + usage.usd, 0),
      startedMs: begun - from,
      endedMs: last?.to == null ? null : last.to - from,
    };
  });
  return { from, to, rows, ticks: ticksOf(to - from) };
}

/** The last moment anybody worked: what is decided later is no part of it. */
function lastOf(view: RunView): number {
  const open = view.history.some((stretch) => stretch.to === null);
  return Math.max(...view.history.map((stretch) => stretch.to ?? stretch.from), open ? view.updatedAt : 0);
}

function barsOf(stretch: Stretch, now: number, share: (at: number) => number): readonly TimelineBar[] {
  const { from, to, waits, outcome, attempt } = stretch;
  const end = to ?? now;
  const bars: TimelineBar[] = [];
  let at = from;
  const bar = (until: number, kind: "work" | "asks") => {
    if (until > at || (kind === "work" && bars.length === 0 && until === end))
      bars.push({ from: share(at), to: share(until), kind, outcome, attempt });
    at = Math.max(at, until);
  };
  for (const wait of waits) {
    bar(Math.min(wait.from, end), "work");
    bar(Math.min(wait.to ?? end, end), "asks");
  }
  bar(end, "work");
  return bars;
}

function waitedIn({ waits, to }: Stretch, now: number): number {
  return waits.reduce((sum, wait) => sum + Math.max(0, (wait.to ?? to ?? now) - wait.from), 0);
}

/** When each subtask could have started: its dependencies were done, and the planner with the plan. */
function readinessOf(view: RunView): ReadonlyMap<string, number> {
  const ends = new Map<string, number>();
  let planned = view.history[0]?.from ?? view.createdAt;
  for (const { by, subtask, to } of view.history) {
    if (by === "planner" && ends.size === 0 && to !== null) planned = to;
    if (subtask !== null && to !== null) ends.set(subtask, to);
  }
  const first = view.history.find(({ by }) => by === "worker")?.from ?? planned;
  return new Map(
    subtasksOf(view).flatMap(({ id, dependencies }) => {
      const all = dependencies.map((dependency) => ends.get(dependency));
      if (all.includes(undefined)) return [];
      // Without dependencies it could have started with the first one: before, the plan waited for the user.
      return [[id, Math.max(first, ...all.map((end) => end ?? first))] as const];
    }),
  );
}

/** The chain that decided when the work was over: from the subtask that ended last back through whatever it waited for longest. */
function criticalOf(view: RunView): ReadonlySet<string> {
  const ends = new Map<string, number>();
  for (const { subtask, to, from } of view.history)
    if (subtask !== null) ends.set(subtask, to ?? Math.max(from, view.updatedAt));
  const byId = new Map(subtasksOf(view).map((s) => [s.id, s]));
  const later = (ids: readonly string[]) =>
    ids.reduce<string | undefined>((best, id) => {
      const end = ends.get(id);
      return end !== undefined && (best === undefined || end > (ends.get(best) ?? 0)) ? id : best;
    }, undefined);
  const chain = new Set<string>();
  let next = later([...ends.keys()]);
  while (next !== undefined && !chain.has(next)) {
    chain.add(next);
    next = later(byId.get(next)?.dependencies ?? []);
  }
  return chain;
}

const STEPS_MS = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14_400, 43_200, 86_400].map(
  (s) => s * 1000,
);
const MAX_TICKS = 6;

/** Round times, few enough to be written beside each other. */
function ticksOf(ms: number): Timeline["ticks"] {
  const step = STEPS_MS.find((each) => ms / each <= MAX_TICKS) ?? 86_400_000 * Math.ceil(ms / 86_400_000 / MAX_TICKS);
  return Array.from({ length: Math.floor(ms / step) + 1 }, (_, i) => ({ at: (i * step) / ms, ms: i * step }));
}

/** The rows in sight of a list, and a few around them. Pixels. */
export function rowsInSight(
  count: number,
  { top, height, rowHeight }: { readonly top: number; readonly height: number; readonly rowHeight: number },
): { readonly first: number; readonly end: number } {
  const first = Math.max(0, Math.floor(top / rowHeight) - AROUND);
  return { first: Math.min(first, count), end: Math.min(count, Math.ceil((top + height) / rowHeight) + AROUND) };
}

const AROUND = 6;
