import { BraidError, failure } from "../core/failure";
import { asReadOnly } from "../core/state/read-only-view";
import type { RunState } from "../core/state/state";
import { toRunView, type RunView } from "../core/state/view";
import type { Repository } from "../git/repository";
import { followRun } from "../run/log/follow";
import type { Holder } from "../run/log/lock";
import { describeHolder } from "../run/log/ownership";
import { Emitter } from "../util/emitter";

/** A run this window only looks at: its log is followed, whoever has it, and nothing is written. */
export class ShownRun {
  readonly id: string;
  readonly repo: Repository;
  readonly #changed = new Emitter<void>();
  readonly #stop = new AbortController();
  #state: RunState;
  #view: RunView | undefined;
  #holder: Holder | null;

  private constructor(repo: Repository, first: { readonly state: RunState; readonly owner: Holder | null }) {
    this.id = first.state.id;
    this.repo = repo;
    this.#state = first.state;
    this.#holder = first.owner;
  }

  /** Opens a run and follows it until it is disposed; `onFail` is told when it can no longer be read. Throws `run.unknown`, `journal.*`. */
  static async open(repo: Repository, id: string, onFail: (error: unknown) => void): Promise<ShownRun> {
    const stop = new AbortController();
    const looks = followRun(repo, id, stop.signal);
    const first = await looks.next();
    if (first.done === true || first.value.state.seq === 0) {
      stop.abort();
      throw new BraidError(failure("run.unknown", `There is no run "${id}" in this repository.`));
    }
    const shown = new ShownRun(repo, first.value);
    shown.#stop.signal.addEventListener("abort", () => stop.abort());
    void shown.#follow(looks).catch(onFail);
    return shown;
  }

  /** Fires when something happened in it, or its owner came or went. */
  readonly onDidChange = this.#changed.event;

  state(): RunState {
    return this.#state;
  }

  get view(): RunView {
    this.#view ??= asReadOnly(toRunView(this.#state));
    return this.#view;
  }

  /** Who has it now; null when nobody has. */
  get holder(): Holder | null {
    return this.#holder;
  }

  /** Why nothing can be decided about it here. */
  refusal(): BraidError {
    const who = this.#holder === null ? "" : ` It is open in ${describeHolder(this.#holder)}.`;
    const hint =
      this.#holder?.standing === "alive"
        ? "Decide about it there, or close it there and take it over here."
        : "Take it over first: `Braid: Take Over Run`.";
    return new BraidError(failure("run.busy", `Run ${this.id} is only shown here.${who}`, { hint }));
  }

  dispose(): void {
    this.#stop.abort();
    this.#changed.dispose();
  }

  async #follow(looks: ReturnType<typeof followRun>): Promise<void> {
    for await (const { state, owner } of looks) {
      this.#state = state;
      this.#holder = owner;
      this.#view = undefined;
      this.#changed.fire();
    }
  }
}
