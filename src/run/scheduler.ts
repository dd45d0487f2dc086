import pLimit, { type LimitFunction } from "p-limit";
import { MAX_LEVELS } from "../core/amendment/amendment-policy";
import { amendmentDue, type DueAmendment } from "../core/amendment/amendment-due";
import { BraidError, failure, toFailure, type FailureCode } from "../core/failure";
import { concurrencyOf, readySubtasks } from "../core/plan/schedule";
import { subtaskState } from "../core/state/state";
import { isComparisonDue } from "../core/tree-state";
import { isSynthesisDue } from "../core/synthesis";
import { unlessAborted } from "../util/abort";
import { proposeAmendment } from "./planning/amending";
import { attemptSubtask } from "./attempt/attempt";
import type { Run } from "./run";
import { takeSlot, type Slot } from "./attempt/slot";
import { synthesise } from "./planning/synthesis";

/** Failures another attempt may well not have; the rest waits for the user. */
const WORTH_ANOTHER_ATTEMPT: ReadonlySet<FailureCode> = new Set([
  "checks.failed",
  "result.empty",
  "limit.turns",
  "model.max-tokens",
  "model.cut",
  "worktree.failed",
  "run.record",
]);

/** An attempt that has a place, or waits for its place again. */
interface Attempt {
  slot: Slot;
  readonly stop: AbortController;
  readonly ended: Promise<void>;
}

/**
 * Keeps a run's slots full: a subtask starts the moment its own dependencies are done and a slot is free, the longest
 * remaining path first.
 */
export class Scheduler {
  readonly #run: Run;
  /** Subtasks that have a slot but whose start is not in the log yet, or whose end is not. */
  readonly #claimed = new Set<string>();
  readonly #attempts = new Map<string, Attempt>();
  #slots: LimitFunction | undefined;
  /** Works on the run as a whole that are under way: the planner's, the synthesizer's. */
  #asides = 0;
  /** Who had worked when the user's tree was last looked at. */
  #looked: readonly string[] | undefined;
  #stopped = false;
  #waiting: (() => void)[] = [];
  #crashed: Error | undefined;

  constructor(run: Run) {
    this.#run = run;
  }

  /** Starts what can start now. Called whenever something may have changed. */
  pump(): void {
    const state = this.#run.state();
    this.#slots ??= pLimit(state.options.concurrency);
    const slots = this.#slots;
    // An amendment may allow one worker at a time; who comes back from a question counts as well.
    slots.concurrency = concurrencyOf(state);
    if (!this.#stopped && !this.#run.signal.aborted) {
      for (const { subtask } of readySubtasks(state, this.#claimed)) {
        if (slots.activeCount + slots.pendingCount >= slots.concurrency) break;
        this.#claimed.add(subtask.id);
        this.#begin(subtask.id, slots);
      }
    }
    if (!this.#stopped && !this.#run.signal.aborted && this.#claimed.size === 0 && this.#asides === 0) {
      const due = state.paused ? undefined : amendmentDue(state);
      if (due !== undefined) void this.#aside(() => this.#amend(due));
      else if (isSynthesisDue(state)) void this.#aside(() => synthesise(this.#run.hostFor(null), this.#run.signal));
    }
    if (this.#isLookDue()) this.#look();
    // What could start has been started by now: nobody is about to need one, also where the rest is held by a pause.
    else if (this.#run.ground.pool.size > 0 && this.#claimed.size === 0 && this.#asides === 0)
      void this.#aside(() => this.#run.ground.pool.drain());
    if (this.#isIdle()) for (const resolve of this.#waiting.splice(0)) resolve();
  }

  /** Resolves when nothing runs and nothing can start; rejects when the log could not be written. */
  async idle(): Promise<void> {
    if (!this.#isIdle()) await new Promise<void>((resolve) => this.#waiting.push(resolve));
    await this.#run.ground.before.known();
    const error = this.#crashed;
    this.#crashed = undefined;
    if (error !== undefined) throw error;
  }

  /** Undoes {@link stop} and starts what can start. */
  start(): void {
    this.#stopped = false;
    this.pump();
  }

  /** Starts nothing more; what runs is left to its signal. */
  stop(): void {
    this.#stopped = true;
  }

  /** Ends one attempt; its siblings go on. Resolves when the log says how it ended. */
  async stopOne(id: string): Promise<void> {
    const attempt = this.#attempts.get(id);
    attempt?.stop.abort(
      new BraidError(
        failure("cancelled", "Stopped by the user.", { hint: "What it did until then is kept. Retry it to go on." }),
      ),
    );
    await attempt?.ended;
  }

  /** Frees the place of a worker that waits for the user; the returned function waits for a place again. */
  stepAside(id: string): (signal: AbortSignal) => Promise<void> {
    const attempt = this.#attempts.get(id);
    const slots = this.#slots;
    if (attempt === undefined || slots === undefined) return async () => undefined;
    void attempt.slot.giveBack().then(() => this.pump());
    return async (signal) => {
      attempt.slot = takeSlot(slots);
      await unlessAborted(attempt.slot.held, signal);
    };
  }

  #begin(id: string, slots: LimitFunction): void {
    const slot = takeSlot(slots);
    const stop = new AbortController();
    const work = async (): Promise<void> => {
      await slot.held;
      const rest = await this.#attempt(id, stop.signal).catch((error: unknown) => this.#crash(error));
      // One that still waits for its place again gives it up when it comes; nobody waits for that.
      void this.#attempts
        .get(id)
        ?.slot.giveBack()
        .then(() => this.pump());
      this.#attempts.delete(id);
      await rest?.().catch((error: unknown) => this.#crash(error));
    };
    const ended = work();
    this.#attempts.set(id, { slot, stop, ended });
    void ended.then(() => this.#released(id));
  }

  /** Lets the planner answer the request that is in the log; resolves when it has. Never rejects. */
  amend(): Promise<void> {
    return this.#aside(() => this.#answer());
  }

  async #amend(due: DueAmendment): Promise<void> {
    if (due === "last-level")
      return this.#run.record({
        type: "amendment.unneeded",
        reason: `The plan has ${MAX_LEVELS} levels, which is the most; the planner is not asked for another.`,
      });
    await this.#run.record({ type: "amendment.requested", occasion: due });
    return this.#answer();
  }

  async #answer(): Promise<void> {
    await proposeAmendment(this.#run.hostFor(null), this.#run.signal);
    await this.#run.amendments.applyBySetting();
  }

  /** Whether the workers are done and the user's tree has not been looked at since; a look that failed was one. */
  #isLookDue(): boolean {
    const state = this.#run.state();
    // Not of worktrees that are being put away: they are no part of it.
    return (
      !this.#stopped && isComparisonDue(state) && state.tree.worked !== this.#looked && this.#isAtRest(this.#attempts)
    );
  }

  #look(): void {
    this.#looked = this.#run.state().tree.worked;
    void this.#aside(async () => {
      await this.#run.ground.before.known();
      await this.#run.ground.look("end");
    });
  }

  async #aside(work: () => Promise<void>): Promise<void> {
    this.#asides += 1;
    try {
      await work();
    } catch (error) {
      this.#crashed ??= error instanceof Error ? error : new BraidError(toFailure(error));
      this.#stopped = true;
    } finally {
      this.#asides -= 1;
    }
    this.pump();
  }

  #isIdle(): boolean {
    return this.#isAtRest(this.#claimed);
  }

  /** Whether nothing can start, and nothing is under way: no work on the whole, and none of `these`. */
  #isAtRest(these: { readonly size: number }): boolean {
    if (this.#asides > 0) return false;
    return (
      these.size === 0 &&
      (this.#stopped ||
        this.#run.signal.aborted ||
        // A pause ends some day; until then what is left is not done.
        readySubtasks({ ...this.#run.state(), paused: false }).length === 0)
    );
  }

  #released(id: string): void {
    this.#claimed.delete(id);
    // A log that cannot be written ends the run's progress; trying the next subtask would only fail again.
    if (this.#crashed !== undefined) this.#stopped = true;
    this.pump();
  }

  /** Comes back with what is left to be done once its place is free. */
  async #attempt(id: string, stopped: AbortSignal): Promise<() => Promise<void>> {
    const signal = AbortSignal.any([this.#run.signal, stopped]);
    const rest = await attemptSubtask(this.#run.hostFor(id), id, signal);
    const subtask = subtaskState(this.#run.state(), id);
    if (subtask?.status !== "failed" || subtask.failure === null || this.#stopped) return rest;
    if (subtask.attempt < this.#run.state().options.attempts && WORTH_ANOTHER_ATTEMPT.has(subtask.failure.code))
      await this.#run.retry(id, undefined, "policy").catch(unlessRefused);
    return rest;
  }

  #crash(error: unknown): undefined {
    this.#crashed = error instanceof Error ? error : new BraidError(toFailure(error));
    this.#run.fail(this.#crashed);
  }
}

/** While it waited for its turn somebody else decided about the subtask, or cancelled the run. */
function unlessRefused(error: unknown): void {
  const { code } = toFailure(error);
  if (code !== "run.state" && code !== "cancelled") throw error;
}
