import pLimit, { type LimitFunction } from "p-limit";
import { BraidError, toFailure, type FailureCode } from "../core/failure";
import { readySubtasks } from "../core/schedule";
import { subtaskState } from "../core/state";
import { isSynthesisDue } from "../core/synthesis";
import { attemptSubtask } from "./attempt";
import type { Run } from "./run";
import { synthesise } from "./synthesis";

/** Failures another attempt may well not have; the rest waits for the user. */
const WORTH_ANOTHER_ATTEMPT: ReadonlySet<FailureCode> = new Set([
  "checks.failed",
  "result.empty",
  "limit.turns",
  "model.max-tokens",
  "model.cut",
  "worktree.failed",
]);

/**
 * Keeps a run's slots full: a subtask starts the moment its own dependencies are done and a slot is free, the longest
 * remaining path first.
 */
export class Scheduler {
  readonly #run: Run;
  /** Subtasks that have a slot but whose start is not in the log yet, or whose end is not. */
  readonly #claimed = new Set<string>();
  #slots: LimitFunction | undefined;
  #synthesising = false;
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
    if (!this.#stopped && !this.#run.signal.aborted) {
      for (const { subtask } of readySubtasks(state, this.#claimed)) {
        if (slots.activeCount + slots.pendingCount >= state.options.concurrency) break;
        this.#claimed.add(subtask.id);
        void slots(() => this.#attempt(subtask.id)).then(
          () => this.#released(subtask.id),
          (error: unknown) => {
            this.#crashed = error instanceof Error ? error : new BraidError(toFailure(error));
            this.#run.fail(this.#crashed);
            this.#released(subtask.id);
          },
        );
      }
    }
    if (!this.#stopped && !this.#run.signal.aborted && this.#claimed.size === 0 && !this.#synthesising)
      if (isSynthesisDue(state)) this.#synthesise();
    if (this.#isIdle()) for (const resolve of this.#waiting.splice(0)) resolve();
  }

  /** Resolves when nothing runs and nothing can start; rejects when the log could not be written. */
  async idle(): Promise<void> {
    if (!this.#isIdle()) await new Promise<void>((resolve) => this.#waiting.push(resolve));
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

  #synthesise(): void {
    this.#synthesising = true;
    const end = (crashed?: Error): void => {
      this.#synthesising = false;
      this.#crashed ??= crashed;
      if (crashed !== undefined) this.#stopped = true;
      this.pump();
    };
    void synthesise(this.#run.hostFor(null), this.#run.signal).then(
      () => end(),
      (error: unknown) => end(error instanceof Error ? error : new BraidError(toFailure(error))),
    );
  }

  #isIdle(): boolean {
    if (this.#synthesising) return false;
    return (
      this.#claimed.size === 0 &&
      (this.#stopped || this.#run.signal.aborted || readySubtasks(this.#run.state()).length === 0)
    );
  }

  #released(id: string): void {
    this.#claimed.delete(id);
    // A log that cannot be written ends the run's progress; trying the next subtask would only fail again.
    if (this.#crashed !== undefined) this.#stopped = true;
    this.pump();
  }

  async #attempt(id: string): Promise<void> {
    const over = this.#run.overBudget();
    if (over !== undefined) {
      const attempt = (subtaskState(this.#run.state(), id)?.attempt ?? 0) + 1;
      return this.#run.record({ type: "subtask.failed", subtask: id, attempt, failure: over, result: null });
    }
    await attemptSubtask(this.#run.hostFor(id), id, this.#run.signal);
    const subtask = subtaskState(this.#run.state(), id);
    if (subtask?.status !== "failed" || subtask.failure === null || this.#stopped) return;
    if (subtask.attempt < this.#run.state().options.attempts && WORTH_ANOTHER_ATTEMPT.has(subtask.failure.code))
      await this.#run.retry(id, undefined, "policy");
  }
}
