import * as l10n from "@vscode/l10n";
import type { RunView } from "../src/core/state/view";
import type { Actions } from "./actions";
import { planSize } from "./format";
import { memo } from "./memo";
import type { SubtaskView } from "../src/core/state/subtask-view";
import { cut } from "./cut";
import { planLayout, type PlanLayout, type PlanNode } from "./plan-layout";
import { useWidth } from "./use-width";
import { ICONS, STATUS } from "./words";

interface PlanPictureProps {
  readonly view: RunView;
  readonly selected: string | null;
  readonly actions: Actions;
}

/** The plan as a picture. The queue says the same in words, so the keyboard and screen readers go there. */
export const PlanPicture = memo(({ view, selected, actions }: PlanPictureProps) => {
  const { element, width } = useWidth();
  const layout = planLayout(view, { room: width });
  const label = l10n.t("The plan: {0}", planSize(layout.nodes.length, view.waves.length));
  const choose = (event: MouseEvent) => {
    const id = event.target instanceof Element ? event.target.closest("[data-node]")?.getAttribute("data-node") : null;
    if (id !== null && id !== undefined) actions.select(id);
  };
  return (
    <div class="picture" ref={element}>
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
        <text class="node-name" x={NAME_X} y={middle}>
          {cut(id, Math.floor((layout.nodeWidth - NAME_X) / CHAR_WIDTH))}
        </text>
      )}
    </g>
  );
}

const NAME_X = 24;
/** At the panel's font size, in pixels; about what most letters take. */
const CHAR_WIDTH = 6.8;
