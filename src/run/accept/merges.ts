import { inTurn, type InTurn } from "../../util/in-turn";
import { BraidError, toFailure } from "../../core/failure";
import type { MergeKind } from "../../core/review/merge-kind";
import { acceptResult, mergeKind, type AcceptOptions } from "./accept";
import { redoAccept, undoAccept, type UndoOptions } from "./undo";
import { openByHand, takeByHand, type OpenConflict } from "./by-hand";
import { acceptQueue, type AcceptOutcome } from "./accept-queue";
import { rebaseResult } from "./rebase";
import type { AcceptHost, AcceptWish } from "./prepare-accept";
import type { Ground } from "../ground";
import { settleMoves } from "../log/recovery";

/** What moves a run's target, one after the other. Checks may take long, so other decisions do not wait for it. */
export interface Merges {
  /** Merges one result; see {@link acceptResult}. */
  accept(subtask: string, options?: AcceptOptions): Promise<void>;
  /** Merges several in one move; see {@link acceptQueue}. How each ended is told, and nothing thrown for it. */
  acceptAll(wishes: readonly AcceptWish[], target?: string, kind?: MergeKind): Promise<readonly AcceptOutcome[]>;
  /** Takes an accept back with a commit of its own; see {@link undoAccept}. */
  undo(subtask: string, options?: UndoOptions): Promise<void>;
  /** Brings again what the last undo took back; see {@link redoAccept}. */
  redo(subtask: string, customs?: "on" | "off"): Promise<void>;
  /** Puts the conflict that keeps a result out into a folder; see {@link openByHand}. */
  openByHand(subtask: string): Promise<OpenConflict>;
  /** Takes what stands there as a new result; see {@link takeByHand}. */
  takeByHand(subtask: string): Promise<void>;
  /** Puts a result on a base without what was rejected beneath it; see {@link rebaseResult}. */
  rebase(subtask: string, shown?: string): Promise<void>;
  /** Stops the merge that is under way; the branch stays where it is. */
  cancel(): void;
  /** Resolves when all that was asked for so far has ended, and the user's tree was looked at behind it. */
  settled(): Promise<unknown>;
}

/**
 * The merges of a run, whose `signal` stops them; what makes a new result is decided `decideInTurn` with all else. `after` is
 * called when one has ended.
 */
export function mergesOf(
  run: {
    readonly signal: AbortSignal;
    readonly ground: Pick<Ground, "before" | "look">;
    hostFor(subtask: string | null): AcceptHost;
    fail(error: Error): void;
  },
  decideInTurn: InTurn,
  after: () => void,
): Merges {
  const queue = inTurn();
  let current: AbortController | undefined;
  const look = async (): Promise<void> => {
    await run.ground.before.known().catch(() => undefined);
    await run.ground.look("accept");
  };
  /** One whose end could not be written, as where the disk was full, would be under way for ever. */
  const settle = async (): Promise<void> => {
    const host = run.hostFor(null);
    for (const event of await settleMoves(host.ports, host.state())) await host.record(event);
  };
  const merge = <T>(action: (signal: AbortSignal) => Promise<T>): Promise<T> => {
    const merged = queue(async () => {
      const own = new AbortController();
      current = own;
      try {
        await settle();
        return await action(AbortSignal.any([run.signal, own.signal]));
      } finally {
        current = undefined;
        after();
      }
    });
    // Who asked does not wait for it: the next merge does, and whoever gives the run up.
    queue(look).catch((error: unknown) => run.fail(error instanceof Error ? error : new BraidError(toFailure(error))));
    return merged;
  };
  return {
    accept: (subtask, options = {}) =>
      merge(async (signal) => void (await acceptResult(run.hostFor(subtask), subtask, options, signal))),
    acceptAll: (wishes, target, kind) =>
      merge((signal) => {
        const host = run.hostFor(null);
        return acceptQueue(host, wishes, { target, merge: mergeKind(host, kind), signal });
      }),
    undo: (subtask, options = {}) => merge((signal) => undoAccept(run.hostFor(subtask), subtask, options, signal)),
    redo: (subtask, customs = "on") => merge((signal) => redoAccept(run.hostFor(subtask), subtask, customs, signal)),
    openByHand: (subtask) => merge((signal) => decideInTurn(() => openByHand(run.hostFor(subtask), subtask, signal))),
    takeByHand: (subtask) => merge(() => decideInTurn(() => takeByHand(run.hostFor(subtask), subtask))),
    rebase: (subtask, shown) => merge((signal) => rebaseResult(run.hostFor(subtask), subtask, shown, signal)),
    cancel: () => current?.abort(),
    settled: () => queue.settled(),
  };
}
