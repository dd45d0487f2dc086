import { subtaskState, type RunState } from "../../core/state/state";
import { isInterrupted } from "../../core/state/subtask-state";
import { toFailure } from "../../core/failure";
import { dropRef, hasObject, keepTree, turnRef } from "../../git/refs";
import { takenOver } from "../log/ownership";
import { turnPath } from "../log/places";
import type { RunPorts } from "../ports";
import { openTurnLog, resumable, type TurnLog } from "./turn-log";
import type { WorkPlace } from "./work-place";

/** One attempt of a run, by numbers. */
export interface AttemptName {
  readonly run: string;
  readonly position: number;
  readonly attempt: number;
}

/**
 * Whether a subtask that is to be retried can go on after its last complete turn: it was interrupted, and nothing is to be
 * otherwise. Where the record is of no use the log says so.
 */
export async function canContinue(
  run: { readonly ports: RunPorts; state(): RunState },
  { subtask: id, ...otherwise }: { readonly subtask: string; readonly [change: string]: unknown },
): Promise<boolean> {
  const { ports } = run;
  const state = run.state();
  const position = state.positions.get(id);
  const subtask = subtaskState(state, id);
  if (subtask === undefined || position === undefined || !isInterrupted(subtask)) return false;
  if (Object.values(otherwise).some((change) => change !== undefined)) return false;
  // A failure with a detail names a folder in which work still lies: that attempt's worktree.
  if (subtask.failure?.detail !== undefined || subtask.base === null || subtask.decision.kind !== "open") return false;
  const name = { run: state.id, position, attempt: subtask.attempt };
  try {
    return (await filesToContinue(ports, name)) !== undefined;
  } catch (error) {
    ports.log(`${state.id}/${subtask.subtask.id}: attempt ${subtask.attempt} starts anew: ${toFailure(error).message}`);
    return false;
  }
}

/** The tree an interrupted attempt goes on with, null for its base; undefined where it cannot go on. */
export async function filesToContinue(ports: RunPorts, name: AttemptName): Promise<string | null | undefined> {
  const path = turnPath(ports.repo, name);
  const found = await resumable(path);
  if (found === "damaged") throw new Error(`its record ${path} is damaged`);
  if (found === undefined || found.tree === null) return found?.tree;
  if (!(await hasObject(ports.repo, found.tree))) throw new Error(`git has lost the files of its last turn`);
  return found.tree;
}

/** The record of an attempt's worker; `place` is where it works. Files are kept only for who may change them. */
export function openWorkerTurns(
  ports: RunPorts,
  name: AttemptName,
  place: WorkPlace,
  o: {
    readonly writes: boolean;
    readonly isOurs?: () => Promise<boolean>;
    readonly onTree?: (tree: string) => void;
  },
): Promise<TurnLog> {
  const mayWrite = requireOurs(ports, name.run, o.isOurs);
  const snapshot = async (): Promise<string> => {
    await mayWrite();
    const tree = await place.snapshot();
    await keepTree(ports.repo, turnRef(name.run, name.position, name.attempt), tree);
    o.onTree?.(tree);
    return tree;
  };
  return openTurnLog(turnPath(ports.repo, name), { mayWrite, ...(o.writes ? { snapshot } : {}) });
}

/** Throws `run.busy` once the run is another process's. */
export function requireOurs(
  { repo }: Pick<RunPorts, "repo">,
  run: string,
  isOurs: () => Promise<boolean> = async () => true,
): () => Promise<void> {
  return async () => {
    if (!(await isOurs())) throw takenOver(repo, run);
  };
}

/** Lets git clean up what an attempt would have been gone on with. */
export async function forgetTurns(ports: RunPorts, name: AttemptName): Promise<void> {
  await dropRef(ports.repo, turnRef(name.run, name.position, name.attempt)).catch((error: unknown) =>
    ports.log(`${name.run}: ${toFailure(error).message}`),
  );
}
