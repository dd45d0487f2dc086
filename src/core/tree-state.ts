import { type Chunked, valuesOf } from "./state/chunked";
import type { RunEvent } from "./state/events";
import type { SubtaskState } from "./state/subtask-state";
import { KEPT_DIFFERENCES, type TreeEvent, type TreeWatch } from "./main-tree";

/** What the log knows about the user's own tree. */
export interface TreeState {
  /** Null before the first look. */
  readonly watch: TreeWatch | null;
  /** Subtasks that were at work since the last look, and the accepts and undos that were begun since. */
  readonly worked: readonly string[];
  readonly landed: readonly {
    readonly what: "accept" | "undo";
    readonly subtask: string;
    readonly seen: string;
    readonly commit: string;
  }[];
}

export const NOT_LOOKED_AT: TreeState = { watch: null, worked: [], landed: [] };

/** Folds a look at the tree; what happened before it is accounted for, but for what those who are at work do yet. */
export function foldTree(
  { watch, worked }: TreeState,
  event: TreeEvent,
  { at, subtasks }: { readonly at: number; readonly subtasks: readonly SubtaskState[] },
): TreeState {
  const { braid, you, unknown } = event.counts;
  const before = watch?.counts ?? { braid: 0, you: 0, unknown: 0 };
  return {
    watch: {
      digests: event.digests,
      since: watch?.since ?? at,
      at,
      // What is worth a look is never pushed out by what is not.
      differences: keep([...(watch?.differences ?? []), ...event.differences]),
      counts: { braid: before.braid + braid, you: before.you + you, unknown: before.unknown + unknown },
    },
    worked: worked.filter((id) => subtasks.some((s) => s.subtask.id === id && s.status === "running")),
    landed: [],
  };
}

function keep(all: TreeWatch["differences"]): TreeWatch["differences"] {
  if (all.length <= KEPT_DIFFERENCES) return all;
  const unknown = all.filter((one) => one.by === "unknown").slice(-KEPT_DIFFERENCES);
  const rest = all.filter((one) => one.by !== "unknown");
  return [...unknown, ...rest.slice(Math.min(rest.length, rest.length - (KEPT_DIFFERENCES - unknown.length)))];
}

/** Whether workers have worked since the last look and none does now. */
export function isComparisonDue(state: {
  readonly tree: TreeState;
  readonly subtasks: Chunked<{ readonly status: string }>;
}): boolean {
  return state.tree.worked.length > 0 && !valuesOf(state.subtasks).some((s) => s.status === "running");
}

/** What an event about a subtask means for the next look. */
export function treeAfter(tree: TreeState, subtask: string, event: RunEvent): TreeState {
  if (event.type === "subtask.started")
    return tree.worked.includes(subtask) ? tree : { ...tree, worked: [...tree.worked, subtask] };
  // One that did not land explains nothing, as nothing equals its commit.
  if (event.type !== "accept.started" && event.type !== "undo.started") return tree;
  const [what, onto] =
    event.type === "undo.started" ? (["undo", undefined] as const) : (["accept", event.onto] as const);
  return { ...tree, landed: [...tree.landed, { what, subtask, seen: onto ?? event.seen, commit: event.commit }] };
}
