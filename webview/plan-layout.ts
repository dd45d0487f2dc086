import type { RunView } from "../src/core/view";
import type { SubtaskView } from "../src/core/subtask-view";

/** A subtask's place in the picture; pixels from the top left corner. */
export interface PlanNode {
  readonly subtask: SubtaskView;
  readonly x: number;
  readonly y: number;
}

/** The picture of a plan: a column per wave, an edge per dependency. */
export interface PlanLayout {
  readonly width: number;
  readonly height: number;
  readonly nodeWidth: number;
  readonly nodeHeight: number;
  /** Nodes are glyphs without names: there are too many for more. */
  readonly compact: boolean;
  readonly nodes: readonly PlanNode[];
  readonly edges: readonly { readonly from: string; readonly to: string; readonly path: string }[];
}

/** The most subtasks that are drawn with their names. */
export const MAX_NAMED_NODES = 40;

const NAMED = { nodeWidth: 148, nodeHeight: 24, gapX: 40, gapY: 6 };
const COMPACT = { nodeWidth: 20, nodeHeight: 20, gapX: 48, gapY: 2 };
const MARGIN = 2;

/** Lays the plan out. Within a wave a subtask stands at the height of what it depends on, so that edges cross little. */
export function planLayout(view: RunView): PlanLayout {
  const total = view.waves.reduce((sum, wave) => sum + wave.subtasks.length, 0);
  const compact = total > MAX_NAMED_NODES;
  const { nodeWidth, nodeHeight, gapX, gapY } = compact ? COMPACT : NAMED;
  const tallest = Math.max(0, ...view.waves.map((wave) => wave.subtasks.length));
  const height = Math.max(0, tallest * (nodeHeight + gapY) - gapY);
  const places = new Map<string, PlanNode>();
  for (const [column, wave] of view.waves.entries()) {
    const weighed = wave.subtasks.map((subtask, i) => ({ subtask, weight: meanHeight(subtask, places) ?? i }));
    const ordered = weighed.toSorted((a, b) => a.weight - b.weight);
    const top = (height - (ordered.length * (nodeHeight + gapY) - gapY)) / 2;
    for (const [row, { subtask }] of ordered.entries())
      places.set(subtask.id, {
        subtask,
        x: MARGIN + column * (nodeWidth + gapX),
        y: MARGIN + top + row * (nodeHeight + gapY),
      });
  }
  const nodes = [...places.values()];
  return {
    width: Math.max(0, view.waves.length * (nodeWidth + gapX) - gapX) + 2 * MARGIN,
    height: height + 2 * MARGIN,
    nodeWidth,
    nodeHeight,
    compact,
    nodes,
    edges: nodes.flatMap((to) =>
      to.subtask.dependencies.flatMap((id) => {
        const from = places.get(id);
        if (from === undefined) return [];
        const [x1, y1] = [from.x + nodeWidth, from.y + nodeHeight / 2];
        const [x2, y2] = [to.x, to.y + nodeHeight / 2];
        const bend = gapX / 2;
        return [
          { from: id, to: to.subtask.id, path: `M${x1} ${y1}C${x1 + bend} ${y1} ${x2 - bend} ${y2} ${x2} ${y2}` },
        ];
      }),
    ),
  };
}

function meanHeight(subtask: SubtaskView, places: ReadonlyMap<string, PlanNode>): number | undefined {
  const heights = subtask.dependencies.flatMap((id) => places.get(id)?.y ?? []);
  return heights.length === 0 ? undefined : heights.reduce((sum, y) => sum + y, 0) / heights.length;
}
