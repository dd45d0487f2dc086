import type { RunView } from "../src/core/state/view";
import type { Actions } from "./actions";
import { countOf } from "./format";
import { memo } from "./memo";
import type { SubtaskView } from "../src/core/state/subtask-view";
import { planLayout, type PlanLayout, type PlanNode } from "./plan-layout";
import { ICONS, STATUS } from "./words";

interface PlanPictureProps {
  readonly view: RunView;
  readonly selected: string | null;
  readonly actions: Actions;
}

/** The plan as a picture. The queue says the same in words, so the keyboard and screen readers go there. */
export const PlanPicture = memo(({ view, selected, actions }: PlanPictureProps) => {
  const layout = planLayout(view);
  const label = `The plan: ${countOf(layout.nodes.length, "subtask")} in ${countOf(view.waves.length, "wave")}`;
  const choose = (event: MouseEvent) => {
    const id = event.target instanceof Element ? event.target.closest("[data-node]")?.getAttribute("data-node") : null;
    if (id !== null && id !== undefined) actions.select(id);
  };
  return (
    <div class="picture">
      {/* oxlint-disable-next-line jsx-a11y/click-events-have-key-events, jsx-a11y/no-noninteractive-element-interactions -- a mouse's way to what the queue offers the keyboard */}
      <svg
        role="img"
        aria-label={label}
        width={layout.width}
        height={layout.height}
        viewBox={`0 0 ${layout.width} ${layout.height}`}
        onClick={choose}
      >
        {layout.edges.map((edge) => (
          <path
            key={`${edge.from} ${edge.to}`}
            class={edge.from === selected || edge.to === selected ? "edge near" : "edge"}
            d={edge.path}
          />
        ))}
        {layout.nodes.map((node) => (
          <Node key={node.subtask.id} node={node} layout={layout} current={node.subtask.id === selected} />
        ))}
      </svg>
    </div>
  );
});

function Node(props: {
  readonly node: PlanNode<SubtaskView>;
  readonly layout: PlanLayout<SubtaskView>;
  readonly current: boolean;
}) {
  const { node, layout, current } = props;
  const { id, status } = node.subtask;
  const { icon, word, tone } = STATUS[status];
  const middle = layout.nodeHeight / 2;
  return (
    <g
      class={`node tone-${tone}${current ? " current" : ""}`}
      transform={`translate(${node.x} ${node.y})`}
      data-node={id}
    >
      <title>{`${id}: ${word}`}</title>
      <rect width={layout.nodeWidth} height={layout.nodeHeight} rx="3" />
      <text class="node-icon" x={layout.compact ? layout.nodeWidth / 2 : 12} y={middle}>
        {ICONS[icon]}
      </text>
      {!layout.compact && (
        <text class="node-name" x="24" y={middle}>
          {id.length > MAX_NAME_CHARS ? `${id.slice(0, MAX_NAME_CHARS - 1)}…` : id}
        </text>
      )}
    </g>
  );
}

/** What fits into a node at the panel's font size. */
const MAX_NAME_CHARS = 18;
