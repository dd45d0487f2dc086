import * as l10n from "@vscode/l10n";
/* oxlint-disable jsx-a11y/prefer-tag-over-role -- inside a picture there are SVG's own elements alone */
import { useMemo, useRef, useState } from "preact/hooks";
import type { RunView } from "../src/core/state/view";
import { rowsInSight, timelineOf, type TimelineBar, type TimelineRow } from "../src/core/timeline";
import { countOf, dollars, duration } from "./format";
import { memo } from "./memo";
import { Visible } from "./text";

const ROW_HEIGHT = 22;
const NAME_WIDTH = 150;
const PLOT_WIDTH = 620;
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
        Timeline <span class="quiet">{summaryOf(props.view)}</span>
      </summary>
      {open && <Plot {...props} />}
    </details>
  );
}

const Plot = memo(({ view, selected, onChoose }: TimelinePartProps) => {
  const timeline = useMemo(() => timelineOf(view), [view]);
  const { rows, ticks } = timeline;
  const [top, setTop] = useState(0);
  const [reached, setReached] = useState<string | null>(null);
  const [table, setTable] = useState(false);
  const list = useRef<HTMLDivElement>(null);
  const height = Math.min(MAX_HEIGHT, rows.length * ROW_HEIGHT);
  const { first, end } = rowsInSight(rows.length, { top, height, rowHeight: ROW_HEIGHT });
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
        <svg class="axis" width={NAME_WIDTH + PLOT_WIDTH + 40} height={AXIS_HEIGHT} aria-hidden="true">
          {ticks.map(({ at, ms }) => (
            <text key={ms} x={NAME_WIDTH + at * PLOT_WIDTH} y="13">
              {ms === 0 ? "0" : duration(ms).replace(/ 0[ms]$/u, "")}
            </text>
          ))}
        </svg>
        {/* oxlint-disable-next-line jsx-a11y/no-noninteractive-element-interactions -- what can be pressed are the rows in it */}
        <svg
          role="group"
          aria-label={`Timeline: ${countOf(rows.length, "line")} in ${duration(timeline.to - timeline.from)}`}
          width={NAME_WIDTH + PLOT_WIDTH + 40}
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
              class="tick"
              x1={NAME_WIDTH + at * PLOT_WIDTH}
              x2={NAME_WIDTH + at * PLOT_WIDTH}
              y1="0"
              y2={rows.length * ROW_HEIGHT}
            />
          ))}
          {rows.slice(first, end).map((row, i) => (
            <Line
              key={`${row.subtask === null ? "run" : "subtask"} ${row.name}`}
              row={row}
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
        <span>{CRITICAL} critical path</span>
      </p>
      <button type="button" class="link" aria-expanded={table} onClick={() => setTable(!table)}>
        {table ? l10n.t("Hide the table") : l10n.t("Show as a table")}
      </button>
      {table && <Table rows={rows} />}
    </>
  );
});

/** Marks the critical path beside the bolder name: a sign that needs no colour. */
const CRITICAL = "◆";

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

interface LineProps {
  readonly row: TimelineRow;
  readonly y: number;
  readonly current: boolean;
  readonly stop: boolean;
}

const Line = memo(({ row, y, current, stop }: LineProps) => {
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
      <rect class="ground" x="1" y="1" width={NAME_WIDTH + PLOT_WIDTH + 36} height={ROW_HEIGHT - 2} rx="2" />
      <text class="name" x="6" y={ROW_HEIGHT / 2}>
        {row.critical ? `${CRITICAL} ` : ""}
        {cut(row.name, row.critical ? MAX_NAME_CHARS - 2 : MAX_NAME_CHARS)}
      </text>
      {row.bars.map((bar) => (
        <Bar key={`${bar.attempt} ${bar.kind} ${bar.from}`} bar={bar} />
      ))}
    </g>
  );
});

function Bar({ bar }: { readonly bar: TimelineBar }) {
  const x = NAME_WIDTH + bar.from * PLOT_WIDTH;
  const width = Math.max(2, (bar.to - bar.from) * PLOT_WIDTH);
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

function Table({ rows }: { readonly rows: readonly TimelineRow[] }) {
  return (
    <div class="table">
      <table>
        <caption class="unseen">{l10n.t("Timeline")}</caption>
        <thead>
          <tr>
            {columns().map((title) => (
              <th key={title} scope="col">
                {title}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={`${row.subtask === null ? "run" : "subtask"} ${row.name}`}>
              <th scope="row">
                <Visible text={row.name} place="code" />
                {row.critical ? ` ${CRITICAL} critical path` : ""}
              </th>
              <td>{row.startedMs === null ? "" : duration(row.startedMs)}</td>
              <td>{row.endedMs === null ? "goes on" : duration(row.endedMs)}</td>
              <td>{duration(row.workedMs)}</td>
              <td>{row.waitedMs === 0 ? "" : duration(row.waitedMs)}</td>
              <td>{row.attempts}</td>
              <td>{dollars(row.usd)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

/** All that is known of a line, as a pointer or a screen reader is told it. */
function wordsOf(row: TimelineRow): string {
  const span =
    row.endedMs === null
      ? `from ${duration(row.startedMs ?? 0)}, goes on`
      : `${duration(row.startedMs ?? 0)} to ${duration(row.endedMs)}`;
  return [
    row.name,
    span,
    `worked ${duration(row.workedMs)}`,
    ...(row.waitedMs === 0 ? [] : [`waited ${duration(row.waitedMs)}`]),
    ...(row.attempts > 1 ? [countOf(row.attempts, "attempt")] : []),
    ...(row.usd === 0 ? [] : [dollars(row.usd)]),
    ...(row.critical ? ["on the critical path"] : []),
  ].join(", ");
}

function stepOf(key: string, at: number, count: number): number | undefined {
  const next = { ArrowUp: at - 1, ArrowDown: at + 1, Home: 0, End: count - 1, PageUp: at - 10, PageDown: at + 10 }[key];
  return next === undefined ? undefined : Math.min(count - 1, Math.max(0, next));
}

/** What tells names of one kind apart often stands at their end. */
function cut(text: string, chars: number): string {
  if (text.length <= chars) return text;
  const tail = Math.floor((chars - 1) / 2);
  return `${text.slice(0, chars - 1 - tail)}…${text.slice(-tail)}`;
}

const MAX_NAME_CHARS = 20;

function summaryOf(view: RunView): string {
  const { rows, from, to } = timelineOf(view);
  return `${countOf(rows.filter((row) => row.subtask !== null).length, "subtask")} in ${duration(to - from)}`;
}

function columns(): readonly string[] {
  return [
    l10n.t("Who"),
    l10n.t("From"),
    l10n.t("To"),
    l10n.t("Worked"),
    l10n.t("Waited"),
    l10n.t("Attempts"),
    l10n.t("Cost"),
  ];
}
