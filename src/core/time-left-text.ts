import { timeText } from "./gate/gate-text";

/** How long a run's workers will probably take from `at` on; milliseconds, `at` since the epoch. */
export interface TimeLeft {
  readonly ms: number;
  readonly at: number;
  /** Somebody waits for the user's word, and time stands still for them. */
  readonly waits: boolean;
}

/** `about 4 min left`; null where nobody can know any more. `now` is milliseconds since the epoch. */
export function timeLeftText(left: TimeLeft, now: number): string | null {
  const ms = msLeft(left, now);
  if (ms === null) return null;
  const time = ms < SOON_MS ? "less than a minute left" : `about ${timeText(ms)} left`;
  return left.waits ? `${time} once you have answered` : time;
}

/** What is left of it by `now`, in milliseconds; null where nothing has been heard of the run for so long that it may be dead. */
export function msLeft({ ms, at, waits }: TimeLeft, now: number): number | null {
  if (now - at > SILENT_MS && !waits) return null;
  return waits ? ms : Math.max(0, ms - Math.max(0, now - at));
}

/** Nobody can say it more exactly than this, in milliseconds. */
export const SOON_MS = 60_000;

/** No turn, tool or check takes longer without a word in the log, in milliseconds: the limits on standing still see to that. */
const SILENT_MS = 20 * 60_000;
