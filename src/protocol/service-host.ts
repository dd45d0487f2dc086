import type { SubtaskView } from "../core/state/subtask-view";
import type { ReviewSource } from "./review-source";

/** What the answers need of the service they are part of. */
export interface ServiceHost {
  readonly source: ReviewSource;
  /** The subtask of this id. Throws where there is none. */
  readonly known: (id: string) => SubtaskView;
  /** Throws where the subtask's result is another one than was shown. */
  readonly current: (id: string, commit: string) => void;
  /** The id again. Throws where the subtask is at another attempt than was shown. */
  readonly atAttempt: (id: string, attempt: number) => string;
  /** Throws where another run than this one is on screen. */
  readonly onScreen: (run: string) => void;
  /** Tells the page what changed; the reply that means "done". */
  readonly done: () => null;
}
