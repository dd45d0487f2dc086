import * as l10n from "@vscode/l10n";
/* oxlint-disable jsx-a11y/prefer-tag-over-role -- inside a picture there are SVG's own elements alone */
import { useState } from "preact/hooks";
import type { PlannedSubtask, PlanPreview } from "../src/core/plan/plan-preview";
import { planSize } from "./format";
import { cut } from "./cut";
import { memo } from "./memo";
import { neighbourOf, planLayout, type PlanLayout, type PlanNode } from "./plan-layout";
import { Icon, Visible } from "./text";
import { useWidth } from "./use-width";
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
      <span class="sign">{CRITICAL}</span> {l10n.t("critical path: the plan takes longer if one of these does")}
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
  const { element, width } = useWidth();
  const layout = planLayout(plan, { detailed: true, room: width });
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
    <div class="picture" ref={element}>
      {/* oxlint-disable-next-line jsx-a11y/no-noninteractive-element-interactions -- what can be pressed are the nodes in it */}
      <svg
        role="group"
        aria-label={l10n.t("The plan: {0}", planSize(ids.length, plan.waves.length))}
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
            {layout.compact ? i + 1 : l10n.t("Wave {0}", i + 1)}
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
  const room = layout.nodeWidth - 2 * TEXT_X;
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
            {cut(subtask.id, Math.floor((room - (isWarned || subtask.critical ? SIGNS_WIDTH : 0)) / NAME_CHAR))}
          </text>
          <text class="node-time" x="8" y="30">
            {cut([subtask.role, subtask.time].join(" · "), Math.floor(room / LINE_CHAR))}
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
    ...(s.critical ? [l10n.t("On the critical path")] : []),
    ...(s.dependencies.length === 0 ? [] : [l10n.t("After {0}", s.dependencies.join(", "))]),
    ...s.warnings.map((warning) => l10n.t("Warning: {0}", warning)),
  ];
}

function Warnings({ plan, onChoose }: Omit<PlanChartProps, "selected">) {
  const about = plan.waves.flatMap((wave) => wave.subtasks).filter((s) => s.warnings.length > 0);
  if (about.length === 0 && plan.warnings.length === 0) return null;
  return (
    <ul class="warnings" aria-label={l10n.t("Warnings")}>
      {plan.warnings.map((warning) => (
        <li key={warning}>
          <Icon name="warning" />
          <span>
            <Visible text={warning} place="prose" />
          </span>
        </li>
      ))}
      {about.flatMap((s) =>
        s.warnings.map((warning) => (
          <li key={`${s.id} ${warning}`}>
            <Icon name="warning" />
            <span>
              <button type="button" class="link" onClick={() => onChoose(s.id)}>
                {s.id}
              </button>{" "}
              <Visible text={warning} place="prose" />
            </span>
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

/** Where texts begin in a node, and what signs beside the name take; pixels. */
const TEXT_X = 8;
const SIGNS_WIDTH = 16;
/** At the page's font sizes, in pixels; about what most letters take. */
const NAME_CHAR = 7.6;
const LINE_CHAR = 5.9;
