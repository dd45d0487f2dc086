import * as l10n from "@vscode/l10n";
/* oxlint-disable jsx-a11y/prefer-tag-over-role -- inside a picture there are SVG's own elements alone */
import { useState } from "preact/hooks";
import type { PlannedSubtask, PlanPreview } from "../src/core/plan/plan-preview";
import { countOf } from "./format";
import { memo } from "./memo";
import { neighbourOf, planLayout, type PlanLayout, type PlanNode } from "./plan-layout";
import { Visible } from "./text";
import { ICONS } from "./words";

interface PlanChartProps {
  readonly plan: PlanPreview;
  readonly selected: string | null;
  readonly onChoose: (subtask: string) => void;
}

/** A plan before it runs: waves as columns, what each subtask takes, the critical path, warnings, the gate. */
export const PlanChart = memo(({ plan, selected, onChoose }: PlanChartProps) => (
  <div class="chart">
    <Picture plan={plan} selected={selected} onChoose={onChoose} />
    <p class="legend quiet">
      <span class="sign">{CRITICAL}</span> critical path: the plan takes longer if one of these does
    </p>
    <Warnings plan={plan} onChoose={onChoose} />
    <ul class="gate" aria-label={l10n.t("Estimate")}>
      {plan.gate.map((line) => (
        <li key={line}>
          <Visible text={line} place="prose" />
        </li>
      ))}
    </ul>
  </div>
));

/** Marks the critical path beside the thicker line: a sign that needs no colour. */
const CRITICAL = "◆";

function Picture({ plan, selected, onChoose }: PlanChartProps) {
  const layout = planLayout(plan, { detailed: true });
  const ids = layout.nodes.map((node) => node.subtask.id);
  const [reached, setReached] = useState<string | null>(null);
  // One stop for the Tab key; the arrows go on from there.
  const stop = [reached, selected].find((id) => id !== null && ids.includes(id)) ?? ids[0];
  const critical = new Set(layout.nodes.filter((node) => node.subtask.critical).map((node) => node.subtask.id));
  const onKeyDown = (event: KeyboardEvent) => {
    const id = nodeOf(event.target);
    if (id === null || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "Enter" || event.key === " ") onChoose(id);
    else if (isArrow(event.key)) {
      const next = neighbourOf(layout, id, event.key);
      if (next === undefined) return;
      setReached(next);
      const root = event.currentTarget instanceof Element ? event.currentTarget : null;
      root?.querySelector<SVGElement>(`[data-node="${CSS.escape(next)}"]`)?.focus();
    } else return;
    event.preventDefault();
    // The panel's own keys move elsewhere.
    event.stopPropagation();
  };
  return (
    <div class="picture">
      {/* oxlint-disable-next-line jsx-a11y/no-noninteractive-element-interactions -- what can be pressed are the nodes in it */}
      <svg
        role="group"
        aria-label={`The plan: ${countOf(ids.length, "subtask")} in ${countOf(plan.waves.length, "wave")}`}
        width={layout.width}
        height={layout.height}
        viewBox={`0 0 ${layout.width} ${layout.height}`}
        onKeyDown={onKeyDown}
        onClick={(event) => {
          const id = nodeOf(event.target);
          if (id !== null) onChoose(id);
        }}
      >
        {layout.columns.map((x, i) => (
          <text key={x} class="wave-name" x={x} y="10">
            {layout.compact ? i + 1 : `Wave ${i + 1}`}
          </text>
        ))}
        {layout.edges.map((edge) => (
          <path
            key={`${edge.from} ${edge.to}`}
            class={critical.has(edge.from) && critical.has(edge.to) ? "edge critical" : "edge"}
            d={edge.path}
          />
        ))}
        {layout.nodes.map((node) => (
          <Node
            key={node.subtask.id}
            node={node}
            layout={layout}
            current={node.subtask.id === selected}
            stop={node.subtask.id === stop}
          />
        ))}
      </svg>
    </div>
  );
}

interface NodeProps {
  readonly node: PlanNode<PlannedSubtask>;
  readonly layout: PlanLayout<PlannedSubtask>;
  readonly current: boolean;
  readonly stop: boolean;
}

function Node({ node, layout, current, stop }: NodeProps) {
  const { subtask } = node;
  const kinds = [subtask.critical ? "critical" : "", current ? "current" : ""].filter((kind) => kind !== "");
  const words = describe(subtask);
  const isWarned = subtask.warnings.length > 0;
  return (
    <g
      class={["node", ...kinds].join(" ")}
      transform={`translate(${node.x} ${node.y})`}
      data-node={subtask.id}
      role="button"
      tabindex={stop ? 0 : -1}
    >
      {/* Its name as well: what is read aloud and what is written in it are one. */}
      <title>{words.join("\n")}</title>
      <rect width={layout.nodeWidth} height={layout.nodeHeight} rx="3" />
      {layout.compact ? (
        <text class="node-sign" x={layout.nodeWidth / 2} y={layout.nodeHeight / 2}>
          {isWarned ? "!" : subtask.critical ? CRITICAL : ""}
        </text>
      ) : (
        <>
          <text class="node-name" x="8" y="14">
            {cut(subtask.id, isWarned || subtask.critical ? MAX_NAME_CHARS : MAX_NAME_CHARS + 3)}
          </text>
          <text class="node-time" x="8" y="30">
            {cut([subtask.role, subtask.time].join(" · "), MAX_LINE_CHARS)}
          </text>
          {isWarned && (
            <text class="node-icon" x={layout.nodeWidth - (subtask.critical ? 28 : 12)} y="14">
              {ICONS.warning}
            </text>
          )}
          {subtask.critical && (
            <text class="node-sign" x={layout.nodeWidth - 12} y="14">
              {CRITICAL}
            </text>
          )}
        </>
      )}
    </g>
  );
}

/** All that is known of a subtask, as a pointer or a screen reader is told it: first the words that are written there, by which it can be called. */
function describe(s: PlannedSubtask): readonly string[] {
  return [
    `${s.id} ${[s.role, s.time].join(" · ")}`,
    ...(s.objective === s.id ? [] : [s.objective]),
    [...(s.model === null ? [] : [s.model]), ...s.cost].join(", "),
    ...(s.critical ? ["On the critical path"] : []),
    ...(s.dependencies.length === 0 ? [] : [`After ${s.dependencies.join(", ")}`]),
    ...s.warnings.map((warning) => `Warning: ${warning}`),
  ];
}

function Warnings({ plan, onChoose }: Omit<PlanChartProps, "selected">) {
  const about = plan.waves.flatMap((wave) => wave.subtasks).filter((s) => s.warnings.length > 0);
  if (about.length === 0 && plan.warnings.length === 0) return null;
  return (
    <ul class="warnings" aria-label={l10n.t("Warnings")}>
      {plan.warnings.map((warning) => (
        <li key={warning}>
          <Visible text={warning} place="prose" />
        </li>
      ))}
      {about.flatMap((s) =>
        s.warnings.map((warning) => (
          <li key={`${s.id} ${warning}`}>
            <button type="button" class="link" onClick={() => onChoose(s.id)}>
              {s.id}
            </button>{" "}
            <Visible text={warning} place="prose" />
          </li>
        )),
      )}
    </ul>
  );
}

function nodeOf(target: EventTarget | null): string | null {
  return target instanceof Element ? (target.closest("[data-node]")?.getAttribute("data-node") ?? null) : null;
}

function isArrow(key: string): key is "ArrowUp" | "ArrowDown" | "ArrowLeft" | "ArrowRight" {
  return key === "ArrowUp" || key === "ArrowDown" || key === "ArrowLeft" || key === "ArrowRight";
}

function cut(text: string, chars: number): string {
  return text.length > chars ? `${text.slice(0, chars - 1)}…` : text;
}

/** What fits into a node at the page's font size, beside the signs. */
const MAX_NAME_CHARS = 18;
const MAX_LINE_CHARS = 27;
