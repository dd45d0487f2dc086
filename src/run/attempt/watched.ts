import { toFailure } from "../../core/failure";
import { questionOf } from "../../core/question";
import { stallBudgets } from "../../core/stall";
import type { RunEvent } from "../../core/state/events";
import type { RunState } from "../../core/state/state";
import type { RunPorts } from "../ports";
import { firstLine, realTime, watchForStalls, type StallWatch } from "./stall-watch";

/** Whose getting on is watched, as the log names it; `subtask` null is the run as a whole. */
export interface Watched {
  readonly subtask: string | null;
  readonly attempt: number;
  readonly by?: "reviewer" | "synthesizer";
}

/** What a watch needs of its run. */
export interface WatchHost {
  readonly ports: RunPorts;
  state(): RunState;
  record(event: RunEvent): Promise<void>;
  /** Whether it waits for a place among the workers; absent for who never gives its place up. */
  waitsForPlace?(): boolean;
}

/** A watch whose findings go into the log, with the limits the user set. */
export function watchOf(host: WatchHost, { subtask, attempt, by }: Watched): StallWatch {
  const name = { subtask, attempt, ...(by === undefined ? {} : { by }) };
  return watchForStalls({
    budgets: stallBudgets(host.ports.stalls ?? {}),
    after: host.ports.after ?? realTime,
    isWaiting: () => host.waitsForPlace?.() === true || waitsForUser(host.state(), subtask),
    onStalled: (stall, ms) => tell(host, { type: "worker.stalled", ...name, ms, ...stall }),
    onMoved: () => tell(host, { type: "worker.moved", subtask, attempt }),
  });
}

/** How a command is to be run: it is stopped, with all it started, when `signal` aborts. */
export interface HowToRun {
  readonly signal: AbortSignal;
  /** The watch comes first; this is for one that does not hear it. */
  readonly timeoutMs: number;
}

/**
 * Runs a command of the plan's or the set-up's under a tool's limits: shown when it takes long, stopped when it takes too long.
 * `what` says what it is for. Rejects with `stall.tool`, which names it, and with `signal`'s reason.
 */
export async function runWatched<T>(
  host: WatchHost,
  { what, command, signal, ...who }: Watched & { what: string; command: string; signal: AbortSignal },
  run: (how: HowToRun) => Promise<T>,
): Promise<T> {
  const watch = watchOf(host, who);
  const stop = AbortSignal.any([signal, watch.stuck]);
  const timeoutMs = stallBudgets(host.ports.stalls ?? {}).tool.stopMs + GRACE_MS;
  try {
    return await watch.step(`${what} (${firstLine(command)})`, stop, () => run({ signal: stop, timeoutMs }));
  } catch (error) {
    if (watch.stuck.aborted) tell(host, { type: "worker.moved", subtask: who.subtask, attempt: who.attempt });
    throw error;
  }
}

/** Longer than it takes to end a command that does not hear. */
const GRACE_MS = 30_000;

/** Nobody waits for it: what cannot be written stops the run with the next event that counts. */
function tell(host: WatchHost, event: RunEvent): void {
  host.record(event).catch((error: unknown) => host.ports.log(toFailure(error).message));
}

/** Whether an agent waits for a person's word. */
function waitsForUser({ approvals, questions }: RunState, subtask: string | null): boolean {
  return (
    questionOf(questions, subtask) !== undefined ||
    approvals.some(
      (one) => one.answer === null && (subtask === null || one.subtask === null || one.subtask === subtask),
    )
  );
}
