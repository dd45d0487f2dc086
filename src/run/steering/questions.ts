import type { RunEvent } from "../../core/state/events";
import { answerTo } from "../../core/question";
import { subtaskState, type RunState } from "../../core/state/state";
import type { Answer, Ask } from "../../agent/ask";

/** What questions need of their run. */
interface Log {
  state(): RunState;
  record(event: RunEvent): Promise<void>;
}

/** Who gives out the places among the workers. */
interface Places {
  /** Gives the place among the workers to another one while this one waits; the returned function takes it back. */
  stepAside(subtask: string): (signal: AbortSignal) => Promise<void>;
}

/** The questions of a run's agents, each waiting until the log has its answer. */
export class Questions {
  readonly #log: Log;
  readonly #places: Places;
  readonly #waiting = new Map<number, (answer: Answer) => void>();
  /** Who has an answer and waits for a place among the workers again. */
  readonly #comingBack = new Set<string | null>();
  /** The last number given; the log may not have it yet. */
  #last = 0;

  constructor(log: Log, places: Places) {
    this.#log = log;
    this.#places = places;
  }

  /** How one worker (or, with null, the planner) asks. */
  askOf(subtask: string | null): Ask {
    return async ({ text, options, why }, signal) => {
      signal.throwIfAborted();
      const state = this.#log.state();
      const attempt = subtask === null ? 1 : (subtaskState(state, subtask)?.attempt ?? 1);
      // Braid may have been closed between the answer and the turn that would have had it.
      const known = answerTo(state.questions, { subtask, attempt, text });
      if (known !== undefined) return { answer: known, by: "user" };
      this.#last = Math.max(this.#last, state.questions.at(-1)?.number ?? 0) + 1;
      const question = this.#last;
      // Listens before anybody can answer.
      const answered = this.#answer(question, signal);
      answered.catch(ignore);
      await this.#log.record({
        type: "question.asked",
        question,
        subtask,
        attempt,
        text,
        options,
        ...(why === undefined ? {} : { why }),
      });
      const comeBack = subtask === null ? undefined : this.#places.stepAside(subtask);
      const answer = await answered;
      this.#comingBack.add(subtask);
      try {
        await comeBack?.(signal);
      } finally {
        this.#comingBack.delete(subtask);
      }
      return answer;
    };
  }

  /** Whether a worker has its answer and waits for its place again, which is as little its fault as that it asked. */
  isComingBack(subtask: string | null): boolean {
    return this.#comingBack.has(subtask);
  }

  /** Tells who waits. To be called after the event is folded in. */
  onRecorded(event: RunEvent): void {
    if (event.type !== "question.answered") return;
    this.#waiting.get(event.question)?.({ answer: event.answer, by: event.by });
  }

  #answer(question: number, signal: AbortSignal): Promise<Answer> {
    return new Promise((resolve, reject) => {
      const leave = (): void => {
        this.#waiting.delete(question);
        signal.removeEventListener("abort", onAbort);
      };
      const onAbort = (): void => {
        leave();
        reject(signal.reason);
      };
      this.#waiting.set(question, (answer) => {
        leave();
        resolve(answer);
      });
      signal.addEventListener("abort", onAbort, { once: true });
    });
  }
}

/** Who asked hears of it; until then nobody listens. */
function ignore(): void {}
