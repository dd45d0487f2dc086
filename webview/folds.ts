import { MAX_FILE_LINES } from "../src/protocol/line-blocks";
import type { ShownFile } from "../src/protocol/review-messages";

/** How a file stands on the page. */
export interface Fold {
  /** Whether what is below its head is shown. */
  readonly open: boolean;
  /** Whether its lines are. */
  readonly lines: boolean;
}

/** Which files were opened and closed by hand. They stay so while they are out of view, and no longer than the page. */
export class Folds {
  readonly #byHand = new Map<string, Partial<Fold>>();

  /** How a file of this result stands. */
  of(commit: string, file: ShownFile): Fold {
    const { open = !file.viewed, lines = linesOf(file) <= MAX_FILE_LINES } =
      this.#byHand.get(`${commit} ${file.path}`) ?? {};
    return { open, lines };
  }

  /** Keeps what was done by hand. */
  set(commit: string, path: string, change: Partial<Fold>): void {
    const key = `${commit} ${path}`;
    this.#byHand.set(key, { ...this.#byHand.get(key), ...change });
  }
}

/** Lines of a file's diff, context included. */
export function linesOf(file: ShownFile): number {
  return file.hunks.reduce((sum, hunk) => sum + hunk.size, 0);
}
