/** What the picture must know of a subtask. */
export interface LayoutSubtask {
  readonly id: string;
  readonly dependencies: readonly string[];
}

/** A plan as the picture takes it: the subtasks of each wave. */
export interface LayoutPlan<S extends LayoutSubtask> {
  readonly waves: readonly { readonly subtasks: readonly S[] }[];
}

/** A subtask's place in the picture; pixels from the top left corner. */
export interface PlanNode<S extends LayoutSubtask> {
  readonly subtask: S;
  readonly x: number;
  readonly y: number;
}

/** The picture of a plan: a column per wave, an edge per dependency. */
export interface PlanLayout<S extends LayoutSubtask> {
  readonly width: number;
  readonly height: number;
  readonly nodeWidth: number;
  readonly nodeHeight: number;
  /** Nodes are glyphs without names: there are too many for more. */
  readonly compact: boolean;
  /** Where the column of each wave begins. */
  readonly columns: readonly number[];
  readonly nodes: readonly PlanNode<S>[];
  readonly edges: readonly { readonly from: string; readonly to: string; readonly path: string }[];
}

/** The most subtasks that are drawn with their names. */
export const MAX_NAMED_NODES = 40;

const NAMED = { nodeWidth: 148, nodeHeight: 24, gapX: 40, gapY: 6, top: 0 };
const COMPACT = { nodeWidth: 20, nodeHeight: 20, gapX: 48, gapY: 2, top: 0 };
/** With a line for what a subtask takes, and one above for the wave's name. */
const DETAILED = { nodeWidth: 176, nodeHeight: 42, gapX: 40, gapY: 8, top: 24 };
const MARGIN = 2;

/** Columns draw together where there is little room, as far as names can still be told apart; from there on the picture scrolls. */
function fitted<S extends { readonly nodeWidth: number; readonly gapX: number }>(
  size: S,
  columns: number,
  room: number,
) {
  const free = room - 2 * MARGIN;
  if (columns * (size.nodeWidth + size.gapX) - size.gapX <= free) return size;
  const gapX = Math.max(MIN_GAP, Math.floor((free - columns * size.nodeWidth) / Math.max(1, columns - 1)));
  const nodeWidth = Math.floor((free - (columns - 1) * gapX) / columns);
  return { gapX, nodeWidth: Math.min(size.nodeWidth, Math.max(MIN_NODE, nodeWidth)) };
}

const MIN_GAP = 16;
const MIN_NODE = 92;

/** Lays the plan out, in `room` pixels where it can. Within a wave a subtask stands at the height of what it depends on, so that edges cross little. */
export function planLayout<S extends LayoutSubtask>(
  plan: LayoutPlan<S>,
  { detailed = false, room = Infinity }: { readonly detailed?: boolean; readonly room?: number | undefined } = {},
): PlanLayout<S> {
  const total = plan.waves.reduce((sum, wave) => sum + wave.subtasks.length, 0);
  const compact = total > MAX_NAMED_NODES;
  const size = compact ? { ...COMPACT, top: detailed ? DETAILED.top : 0 } : detailed ? DETAILED : NAMED;
  const { nodeHeight, gapY } = size;
  const { nodeWidth, gapX } = compact ? size : fitted(size, plan.waves.length, room);
  const tallest = Math.max(0, ...plan.waves.map((wave) => wave.subtasks.length));
  const height = Math.max(0, tallest * (nodeHeight + gapY) - gapY);
  const columns = plan.waves.map((_, column) => MARGIN + column * (nodeWidth + gapX));
  const places = new Map<string, PlanNode<S>>();
  for (const [column, wave] of plan.waves.entries()) {
    const weighed = wave.subtasks.map((subtask, i) => ({ subtask, weight: meanHeight(subtask, places) ?? i }));
    const ordered = weighed.toSorted((a, b) => a.weight - b.weight);
    const top = (height - (ordered.length * (nodeHeight + gapY) - gapY)) / 2;
    for (const [row, { subtask }] of ordered.entries())
      places.set(subtask.id, {
        subtask,
        x: columns[column] ?? MARGIN,
        y: MARGIN + size.top + top + row * (nodeHeight + gapY),
      });
  }
  const nodes = [...places.values()];
  return {
    width: Math.max(0, plan.waves.length * (nodeWidth + gapX) - gapX) + 2 * MARGIN,
    height: height + size.top + 2 * MARGIN,
    nodeWidth,
    nodeHeight,
    compact,
    columns,
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

/** The node an arrow key leads to: up and down in the wave, left and right to the nearest of the next. */
export function neighbourOf<S extends LayoutSubtask>(
  layout: PlanLayout<S>,
  id: string,
  key: "ArrowUp" | "ArrowDown" | "ArrowLeft" | "ArrowRight",
): string | undefined {
  const here = layout.nodes.find((node) => node.subtask.id === id);
  if (here === undefined) return undefined;
  const column = layout.columns.indexOf(here.x);
  const isSideways = key === "ArrowLeft" || key === "ArrowRight";
  const x = isSideways ? layout.columns[column + (key === "ArrowRight" ? 1 : -1)] : here.x;
  const candidates = layout.nodes.filter((node) => {
    if (node.x !== x) return false;
    if (isSideways) return true;
    return key === "ArrowDown" ? node.y > here.y : node.y < here.y;
  });
  return candidates.toSorted((a, b) => Math.abs(a.y - here.y) - Math.abs(b.y - here.y))[0]?.subtask.id;
}

function meanHeight<S extends LayoutSubtask>(subtask: S, places: ReadonlyMap<string, PlanNode<S>>): number | undefined {
  const heights = subtask.dependencies.flatMap((id) => places.get(id)?.y ?? []);
  return heights.length === 0 ? undefined : heights.reduce((sum, y) => sum + y, 0) / heights.length;
}
