import type { AnsweredComment } from "../../core/review/comment-fate";
import { toFailure } from "../../core/failure";
import { subtaskState } from "../../core/state/state";
import { readReview } from "../../run/accept/read-review";
import type { Run } from "../../run/run";

/** The comments a result answers, by the result's commit: read once, and told of when they are there. */
export class AnsweredComments {
  readonly #known = new Map<string, readonly AnsweredComment[]>();
  readonly #onRead: () => void;

  constructor(onRead: () => void) {
    this.#onRead = onRead;
  }

  /** What is known by now; none while it is being read. */
  of(run: Run, id: string, commit: string): readonly AnsweredComment[] {
    const known = this.#known.get(commit);
    if (known !== undefined) return known;
    this.#known.set(commit, []);
    if ((subtaskState(run.state(), id)?.request?.comments.length ?? 0) === 0) return [];
    void this.#read(run, id);
    return [];
  }

  async #read(run: Run, id: string): Promise<void> {
    try {
      const { commit, since } = await readReview(run.ports.repo, run.state(), id);
      this.#known.set(commit, since?.comments ?? []);
      this.#onRead();
    } catch (error) {
      // They are a help beside the diff: what keeps them from being read, the review itself says.
      run.ports.log(`${id}: comments not read: ${toFailure(error).message}`);
    }
  }
}
