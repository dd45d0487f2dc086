import { compareRisks } from "../core/review/risk-order";
import type { RunView } from "../core/state/view";
import type { SubtaskView } from "../core/state/subtask-view";

/** Every subtask, wave by wave. The one in core/state/view would bring the plan's schemas along: 360 KB more to load. */
export function allSubtasks(view: RunView): readonly SubtaskView[] {
  return view.waves.flatMap((wave) => wave.subtasks);
}

/** A named part of the queue. */
export interface QueueGroup {
  readonly key: string;
  /** The number of the wave it is; null where it holds what waits for somebody. */
  readonly wave: number | null;
  readonly subtasks: readonly SubtaskView[];
}

/** What waits for an answer first, then what waits for a decision, the riskiest on top, then the rest wave by wave; empty groups are left out. */
export function queueGroups(view: RunView): readonly QueueGroup[] {
  const waiting = allSubtasks(view)
    .filter((s) => s.reviewable)
    .toSorted((a, b) => compareRisks(a.risks, b.risks));
  const asks = allSubtasks(view).filter((s) => s.status === "asks");
  const groups = [
    { key: "asks", wave: null, subtasks: asks },
    { key: "waiting", wave: null, subtasks: waiting },
    ...view.waves.map((wave) => ({
      key: `wave-${wave.number}`,
      wave: wave.number,
      subtasks: wave.subtasks.filter((s) => !s.reviewable && s.status !== "asks"),
    })),
  ];
  return groups.filter((group) => group.subtasks.length > 0);
}

/** All subtasks in the order they stand in the queue. */
export function queueOrder(view: RunView): readonly SubtaskView[] {
  return queueGroups(view).flatMap((group) => group.subtasks);
}

/** The subtask `step` places further in the queue; the ends hold. */
export function neighbour(view: RunView, selected: string | null, step: number): string | null {
  const order = queueOrder(view);
  const at = order.findIndex((s) => s.id === selected);
  const next = at === -1 ? 0 : Math.min(order.length - 1, Math.max(0, at + step));
  return order[next]?.id ?? null;
}

/** The wanted subtask while it exists, else what waits, else what runs, else the first. */
export function chooseSelected(view: RunView, wanted: string | null): string | null {
  const all = queueOrder(view);
  const chosen = all.find((s) => s.id === wanted) ?? all.find(needsUser) ?? all.find(isRunning) ?? all[0];
  return chosen?.id ?? null;
}

/**
 * What to show a reader who has chosen nothing: who needs them, else who is at work. The one on show stays as long as it is as good as
 * any other.
 */
export function follow(view: RunView, shown: string | null): string | null {
  const all = queueOrder(view);
  const now = all.find((s) => s.id === shown);
  for (const isGood of [needsUser, isRunning]) {
    if (now !== undefined && isGood(now)) return now.id;
    const other = all.find(isGood);
    if (other !== undefined) return other.id;
  }
  return (now ?? all[0])?.id ?? null;
}

function needsUser({ reviewable, status }: SubtaskView): boolean {
  return reviewable || status === "asks";
}

function isRunning({ status }: SubtaskView): boolean {
  return status === "running";
}
