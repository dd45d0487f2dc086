import * as l10n from "@vscode/l10n";
/* oxlint-disable jsx-a11y/prefer-tag-over-role -- inside a picture there are SVG's own elements alone */
import { useMemo, useState } from "preact/hooks";
import type { RunView } from "../src/core/state/view";
import { rowsInSight, timelineOf, type TimelineBar, type TimelineRow } from "../src/core/timeline";
import { dollars, duration, numeral, plural, subtasksText } from "./format";
import { memo } from "./memo";
import { CRITICAL, TimelineTable } from "./timeline-table";
import { useWidth } from "./use-width";

const ROW_HEIGHT = 22;
/** What the bars leave at their right, for a sign behind the last. */
const END_WIDTH = 40;
const MIN_PLOT = 160;
/** Room for a time below the axis. */
const TICK_WIDTH = 52;
const AXIS_HEIGHT = 20;
/** Room for one below, where the panel is narrow. */
const SCROLLBAR = 12;
/** Beyond this the list scrolls in itself. */
const MAX_HEIGHT = 12 * ROW_HEIGHT;

interface TimelinePartProps {
  readonly view: RunView;
  readonly selected: string | null;
  readonly onChoose: (subtask: string) => void;
}

/** Who ran when, folded until somebody asks; the same as a table for who does not look at pictures. */
export function TimelinePart(props: TimelinePartProps) {
  const [open, setOpen] = useState(false);
  // The planner alone is no line worth a picture.
  if (!props.view.history.some(({ subtask }) => subtask !== null)) return null;
  return (
    <details class="fold timeline" open={open} onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>
        <b>{l10n.t("Timeline")}</b> <span class="quiet">{summaryOf(props.view)}</span>
      </summary>
      {open && <Plot {...props} />}
    </details>
  );
}

const Plot = memo(({ view, selected, onChoose }: TimelinePartProps) => {
  const timeline = useMemo(() => timelineOf(view), [view]);
  const { rows } = timeline;
  const [top, setTop] = useState(0);
  const [reached, setReached] = useState<string | null>(null);
  const [table, setTable] = useState(false);
  const { element: list, width } = useWidth();
  const scale = useMemo(() => scaleFor(width), [width]);
  const height = Math.min(MAX_HEIGHT, rows.length * ROW_HEIGHT);
  const { first, end } = rowsInSight(rows.length, { top, height, rowHeight: ROW_HEIGHT });
  const every = Math.max(1, Math.ceil((timeline.ticks.length * TICK_WIDTH) / scale.plot));
  const ticks = timeline.ticks.filter((_, i) => i % every === 0);
  const names = rows.map((row) => row.name);
  // One stop for the Tab key; the arrows go on from there.
  const stop = [reached, selected].find((name) => name !== null && names.includes(name)) ?? names[0];
  const onKeyDown = (event: KeyboardEvent) => {
    const name = event.target instanceof Element ? (event.target.getAttribute("data-row") ?? "") : "";
    const at = names.indexOf(name);
    if (at === -1 || event.ctrlKey || event.metaKey || event.altKey) return;
    const next = stepOf(event.key, at, names.length);
    if (event.key === "Enter" || event.key === " ") {
      const subtask = rows[at]?.subtask ?? null;
      if (subtask !== null) onChoose(subtask);
    } else if (next === undefined) return;
    else reach(next);
    event.preventDefault();
    // The panel's own keys move elsewhere.
    event.stopPropagation();
  };
  const reach = (at: number) => {
    const name = names[at] ?? "";
    setReached(name);
    const box = list.current;
    if (box === null) return;
    // A row that is not drawn yet can be focused once it is.
    if (at * ROW_HEIGHT < box.scrollTop) box.scrollTop = at * ROW_HEIGHT;
    if ((at + 1) * ROW_HEIGHT > box.scrollTop + height) box.scrollTop = (at + 1) * ROW_HEIGHT - height;
    setTop(box.scrollTop);
    requestAnimationFrame(() => box.querySelector<SVGElement>(`[data-row="${CSS.escape(name)}"]`)?.focus());
  };
  return (
    <>
      <div
        class="rows"
        ref={list}
        style={{ height: `${height + AXIS_HEIGHT + SCROLLBAR}px` }}
        onScroll={(event) => setTop(event.currentTarget.scrollTop)}
      >
        <svg class="axis" width={scale.name + scale.plot + END_WIDTH} height={AXIS_HEIGHT} aria-hidden="true">
          {ticks.map(({ at, ms }) => (
            <text key={ms} x={scale.name + at * scale.plot} y="13">
              {ms === 0 ? "0" : duration(ms).replace(/ 0[ms]$/u, "")}
            </text>
          ))}
        </svg>
        {/* oxlint-disable-next-line jsx-a11y/no-noninteractive-element-interactions -- what can be pressed are the rows in it */}
        <svg
          role="group"
          aria-label={labelOf(rows.length, duration(timeline.to - timeline.from))}
          width={scale.name + scale.plot + END_WIDTH}
          height={rows.length * ROW_HEIGHT}
          onKeyDown={onKeyDown}
          onClick={(event) => {
            const row = event.target instanceof Element ? event.target.closest("[data-of]") : null;
            const subtask = row?.getAttribute("data-of");
            if (subtask != null) onChoose(subtask);
          }}
        >
          {ticks.map(({ at, ms }) => (
            <line
              key={ms}
              class="guide"
              x1={scale.name + at * scale.plot}
              x2={scale.name + at * scale.plot}
              y1="0"
              y2={rows.length * ROW_HEIGHT}
            />
          ))}
          {rows.slice(first, end).map((row, i) => (
            <Line
              key={`${row.subtask === null ? "run" : "subtask"} ${row.name}`}
              row={row}
              scale={scale}
              y={(first + i) * ROW_HEIGHT}
              current={row.subtask !== null && row.subtask === selected}
              stop={row.name === stop}
            />
          ))}
        </svg>
      </div>
      <p class="legend quiet">
        <Key kind="work" word={l10n.t("at work")} />
        <Key kind="failed" word={l10n.t("failed ✕")} />
        <Key kind="queued" word={l10n.t("could have started")} />
        <Key kind="asks" word={l10n.t("waits for an answer")} />
        <span>{l10n.t("{0} critical path", CRITICAL)}</span>
      </p>
      <button type="button" class="link" aria-expanded={table} onClick={() => setTable(!table)}>
        {table ? l10n.t("Hide the table") : l10n.t("Show as a table")}
      </button>
      {table && <TimelineTable rows={rows} />}
    </>
  );
});

function Key({ kind, word }: { readonly kind: string; readonly word: string }) {
  return (
    <span class="key">
      <svg width="18" height="10" aria-hidden="true">
        <rect class={`bar ${kind}`} x="0.5" y="0.5" width="17" height="9" rx="2" />
      </svg>{" "}
      {word}
    </span>
  );
}

/** How wide the names and the bars are, in pixels. */
interface Scale {
  readonly name: number;
  readonly plot: number;
}

function scaleFor(width = 800): Scale {
  const name = width < 520 ? 110 : 150;
  return { name, plot: Math.max(MIN_PLOT, width - name - END_WIDTH) };
}

interface LineProps {
  readonly row: TimelineRow;
  readonly scale: Scale;
  readonly y: number;
  readonly current: boolean;
  readonly stop: boolean;
}

const Line = memo(({ row, scale, y, current, stop }: LineProps) => {
  const words = wordsOf(row);
  const kinds = ["line", row.critical ? "critical" : "", current ? "current" : ""].filter((kind) => kind !== "");
  return (
    <g
      class={kinds.join(" ")}
      transform={`translate(0 ${y})`}
      data-row={row.name}
      {...(row.subtask === null ? {} : { "data-of": row.subtask })}
      role={row.subtask === null ? "img" : "button"}
      tabindex={stop ? 0 : -1}
      aria-label={words}
    >
      <title>{words}</title>
      <rect class="ground" x="1" y="1" width={scale.name + scale.plot + END_WIDTH - 4} height={ROW_HEIGHT - 2} rx="2" />
      <text class="name" x="6" y={ROW_HEIGHT / 2}>
        {row.critical ? `${CRITICAL} ` : ""}
        {cutInside(row.name, Math.floor(scale.name / NAME_CHAR) - (row.critical ? 2 : 0))}
      </text>
      {row.bars.map((bar) => (
        <Bar key={`${bar.attempt} ${bar.kind} ${bar.from}`} bar={bar} scale={scale} />
      ))}
    </g>
  );
});

function Bar({ bar, scale }: { readonly bar: TimelineBar; readonly scale: Scale }) {
  const x = scale.name + bar.from * scale.plot;
  const width = Math.max(2, (bar.to - bar.from) * scale.plot);
  const failed = bar.kind === "work" && (bar.outcome === "failed" || bar.outcome === "cancelled");
  return (
    <>
      <rect class={`bar ${failed ? "failed" : bar.kind}`} x={x} y="5" width={width} height={ROW_HEIGHT - 10} rx="2" />
      {failed && (
        <text class="end" x={x + width + 3} y={ROW_HEIGHT / 2}>
          ✕
        </text>
      )}
    </>
  );
}

/** All that is known of a line, as a pointer or a screen reader is told it. */
function wordsOf(row: TimelineRow): string {
  const span =
    row.endedMs === null
      ? l10n.t("from {0}, goes on", duration(row.startedMs ?? 0))
      : l10n.t("{0} to {1}", duration(row.startedMs ?? 0), duration(row.endedMs));
  return [
    row.name,
    span,
    l10n.t("worked {0}", duration(row.workedMs)),
    ...(row.waitedMs === 0 ? [] : [l10n.t("waited {0}", duration(row.waitedMs))]),
    ...(row.attempts > 1 ? [l10n.t("{0} attempts", numeral(row.attempts))] : []),
    ...(row.usd === 0 ? [] : [dollars(row.usd)]),
    ...(row.critical ? [l10n.t("on the critical path")] : []),
  ].join(", ");
}

function stepOf(key: string, at: number, count: number): number | undefined {
  const next = { ArrowUp: at - 1, ArrowDown: at + 1, Home: 0, End: count - 1, PageUp: at - 10, PageDown: at + 10 }[key];
  return next === undefined ? undefined : Math.min(count - 1, Math.max(0, next));
}

/** What tells names of one kind apart often stands at their end. */
function cutInside(text: string, chars: number): string {
  if (text.length <= chars) return text;
  const tail = Math.floor((chars - 1) / 2);
  return `${text.slice(0, chars - 1 - tail)}…${text.slice(-tail)}`;
}

/** At the panel's font size, in pixels; about what most letters take. */
const NAME_CHAR = 7.4;

function labelOf(lines: number, time: string): string {
  return plural(
    lines,
    l10n.t("Timeline: 1 line in {0}", time),
    l10n.t("Timeline: {0} lines in {1}", numeral(lines), time),
  );
}

function summaryOf(view: RunView): string {
  const { rows, from, to } = timelineOf(view);
  return l10n.t("{0} in {1}", subtasksText(rows.filter((row) => row.subtask !== null).length), duration(to - from));
}
