import { valueAt, valuesOf } from "./state/chunked";
import { parallelMs } from "./gate/timing";
import type { Subtask } from "./plan/plan";
import { concurrencyOf, estimateMs, type Hindrance } from "./plan/schedule";
import { questionOf } from "./question";
import { toRole } from "./role";
import { workOf } from "./state/history";
import type { RunState } from "./state/state";
import type { TimeLeft } from "./time-left-text";

/**
 * The time until the last worker is done, from what the gate took each subtask to take, corrected by what those that are finished
 * took, and played through as the scheduler would. Null while nobody works, and while there is a subtask nothing is known
 * of: neither its plan nor its repository nor this run has said how long such a one takes.
 */
export function timeLeftOf(state: RunState, hindrances: ReadonlyMap<string, Hindrance>): TimeLeft | null {
  if (!state.approved || state.paused || state.cancelled) return null;
  const left = valuesOf(state.subtasks).filter(
    ({ status, subtask }) =>
      status === "running" || (status === "pending" && hindrances.get(subtask.id)?.kind !== "blocked"),
  );
  if (left.length === 0) return null;
  const spent = workedBySubtask(state);
  const guess = guessFrom(state, spent);
  const atWork = new Set(left.filter(({ status }) => status === "running").map(({ subtask }) => subtask.id));
  const ids = new Set(left.map(({ subtask }) => subtask.id));
  const ms = new Map<string, number>();
  for (const { subtask } of left) {
    const whole = guess(subtask);
    if (whole === undefined) return null;
    const done = atWork.has(subtask.id) ? (spent.now.get(subtask.id) ?? 0) : 0;
    ms.set(subtask.id, Math.max(whole - done, done * OVERRUN_SHARE));
  }
  const subtasks = left.map(({ subtask }) => ({
    ...subtask,
    dependencies: subtask.dependencies.filter((id) => ids.has(id)),
  }));
  return {
    ms: parallelMs(subtasks, { msOf: (s) => ms.get(s.id) ?? 0, workers: concurrencyOf(state), atWork }),
    at: state.updatedAt,
    waits:
      left.some(({ subtask }) => questionOf(state.questions, subtask.id) !== undefined) ||
      state.approvals.some(({ answer }) => answer === null),
  };
}

/** One that takes longer than was thought is taken to need this share of its time once more. */
const OVERRUN_SHARE = 0.25;

/** Milliseconds at work, waiting for answers not counted. */
interface Worked {
  /** In all attempts. */
  readonly all: ReadonlyMap<string, number>;
  /** In the attempt that goes on. */
  readonly now: ReadonlyMap<string, number>;
}

function workedBySubtask({ history, updatedAt, subtasks, positions }: RunState): Worked {
  const all = new Map<string, number>();
  const now = new Map<string, number>();
  for (const stretch of valuesOf(history)) {
    const { subtask: id, attempt } = stretch;
    if (id === null) continue;
    const ms = workOf(stretch, updatedAt).reduce((sum, { from, to }) => sum + to - from, 0);
    all.set(id, (all.get(id) ?? 0) + ms);
    if (valueAt(subtasks, positions.get(id) ?? -1)?.attempt === attempt) now.set(id, (now.get(id) ?? 0) + ms);
  }
  return { all, now };
}

/** What a subtask takes: its estimate times how far estimates were out so far, else the mean of its role, else of all. */
function guessFrom(state: RunState, { all }: Worked): (subtask: Subtask) => number | undefined {
  const estimated = (subtask: Subtask): number | undefined =>
    state.estimates.get(subtask.id) ?? (subtask.estimated_time === undefined ? undefined : estimateMs(subtask));
  const roleOf = ({ agent }: Subtask): string => toRole(agent) ?? agent;
  let took = 0;
  let thought = 0;
  const byRole = new Map<string, { readonly ms: number; readonly count: number }>();
  const add = (role: string, ms: number): void => {
    const { ms: sum, count } = byRole.get(role) ?? { ms: 0, count: 0 };
    byRole.set(role, { ms: sum + ms, count: count + 1 });
  };
  for (const { status, subtask } of valuesOf(state.subtasks)) {
    const ms = all.get(subtask.id);
    if (status !== "finished" || ms === undefined) continue;
    const estimate = estimated(subtask);
    if (estimate !== undefined) {
      took += ms;
      thought += estimate;
    }
    add(roleOf(subtask), ms);
    add(ANY_ROLE, ms);
  }
  const factor = thought === 0 ? 1 : took / thought;
  return (subtask) => {
    const estimate = estimated(subtask);
    if (estimate !== undefined) return estimate * factor;
    const like = byRole.get(roleOf(subtask)) ?? byRole.get(ANY_ROLE);
    return like === undefined ? undefined : like.ms / like.count;
  };
}

/** No role has this name. */
const ANY_ROLE = "";
