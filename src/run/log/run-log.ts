import type { RecordedEvent, RunEvent } from "../../core/state/events";
import { evolve, foldAll } from "../../core/state/fold";
import type { RunState } from "../../core/state/state";
import { toRunView, type RunView } from "../../core/state/view";
import { Emitter } from "../../util/emitter";
import { beingWritten } from "./being-written";
import type { Journal } from "./journal";
import type { Lock } from "./lock";
import type { OwnedRun } from "./ownership";

/** The log of a run this process owns, and the state folded from it: an event is on disk before anybody hears of it. */
export class RunLog {
  readonly writing = beingWritten();
  /** See `AcceptHost.fence`. */
  readonly fence: OwnedRun["fence"];
  readonly #journal: Journal;
  readonly #lock: Lock;
  readonly #summarise: OwnedRun["summarise"];
  readonly #recorded = new Emitter<RecordedEvent>();
  #state: RunState;
  #view: RunView | undefined;

  constructor({ journal, lock, events, summarise, fence }: OwnedRun) {
    this.fence = fence;
    this.#journal = journal;
    this.#lock = lock;
    this.#summarise = summarise;
    this.#state = foldAll(events);
  }

  /** Fires after each event is on disk and folded in; who listened first hears it first. */
  readonly onDidRecord = this.#recorded.event;

  get state(): RunState {
    return this.#state;
  }

  get view(): RunView {
    this.#view ??= toRunView(this.#state);
    return this.#view;
  }

  /** Resolves when the event is on disk and in the state. Throws `disk.*`, and `run.busy` once the run was taken over. */
  record(event: RunEvent): Promise<void> {
    return this.writing.track(event, async () => {
      const recorded = await this.#journal.append(event);
      this.#state = evolve(this.#state, recorded);
      this.#view = undefined;
      this.#recorded.fire(recorded);
    });
  }

  /** Whether the run is still this process's. */
  isOurs(): Promise<boolean> {
    return this.#lock.isHeld();
  }

  /** Ends the log and gives the run to whoever wants it next. */
  async close(): Promise<void> {
    try {
      await this.#journal.close();
      await this.#summarise(this.#state);
    } finally {
      await this.#lock.release();
      this.#recorded.dispose();
    }
  }
}
