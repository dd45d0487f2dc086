import type { RunEvent } from "../core/state/events";
import type { Run } from "../run/run";
import type { Terminal } from "./terminal";

/**
 * Asks a yes-or-no question about a run that others can steer as well; undefined where the run was cancelled, or one of the
 * events that `settle` the question came, before there was an answer.
 */
export async function confirmMeanwhile(
  run: Pick<Run, "onDidRecord">,
  question: string,
  terminal: Pick<Terminal, "confirm">,
  settle: readonly RunEvent["type"][],
): Promise<boolean | undefined> {
  const settled = new AbortController();
  const listener = run.onDidRecord(({ event }) => {
    if (event.type === "run.cancelled" || settle.includes(event.type)) settled.abort();
  });
  try {
    return await terminal.confirm(question, settled.signal);
  } catch (error) {
    if (settled.signal.aborted) return undefined;
    throw error;
  } finally {
    listener.dispose();
  }
}
