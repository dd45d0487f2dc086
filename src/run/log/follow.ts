import { watch } from "node:fs";
import type { RecordedEvent } from "../../core/state/events";
import { foldAll } from "../../core/state/fold";
import { initialState, type RunState } from "../../core/state/state";
import type { Repository } from "../../git/repository";
import { sleep } from "../../util/abort";
import { readOn, type Place } from "./journal-tail";
import type { Holder } from "./lock";
import { ownerOf } from "./ownership";
import { journalPath, runDir } from "./places";

/** Looks at a run at least this often, in milliseconds: not every file system tells of changes, and a dead owner tells nothing. */
const LOOK_MS = 1_000;
/** Pause between two looks, so that a busy run is read in pieces. */
const PAUSE_MS = 100;

/** A run somebody else owns, as it stands, and what has happened since the last look. */
export interface Followed {
  readonly state: RunState;
  readonly events: readonly RecordedEvent[];
  /** Who has it; null when nobody has. */
  readonly owner: Holder | null;
}

/**
 * Follows the log of a run without taking it: yields at once, and then whenever something happened or its owner came or went,
 * until `signal` aborts. Throws `journal.*`.
 */
export async function* followRun(
  repo: Repository,
  id: string,
  signal: AbortSignal,
): AsyncGenerator<Followed, void, undefined> {
  const changes = watchFolder(runDir(repo, id));
  try {
    yield* look(repo, id, changes, signal);
  } finally {
    changes.close();
  }
}

async function* look(
  repo: Repository,
  id: string,
  changes: ReturnType<typeof watchFolder>,
  signal: AbortSignal,
): AsyncGenerator<Followed, void, undefined> {
  let place: Place | undefined;
  let state = initialState();
  let standing: string | undefined;
  while (!signal.aborted) {
    changes.forget();
    const read = await readOn(journalPath(repo, id), place);
    const owner = (await ownerOf(repo, id)) ?? null;
    const now = owner === null ? "nobody" : `${owner.pid} ${owner.standing}`;
    const seen = place?.seq ?? 0;
    const events = read.isWhole ? read.events.filter(({ seq }) => seq > seen) : read.events;
    if (events.length > 0 || read.isWhole) state = foldAll(read.events, read.isWhole ? initialState() : state);
    // A log that was cut or replaced tells something else, which is news as well.
    const isOther = place !== undefined && (read.place.seq < seen || !read.place.before.equals(place.before));
    if (events.length > 0 || isOther || now !== standing) {
      yield { state, events, owner };
      standing = now;
    }
    place = read.place;
    await sleep(PAUSE_MS, signal).catch(() => undefined);
    await changes.next(signal);
  }
}

/** A folder's next change since {@link forget}, or {@link LOOK_MS}, whichever comes first. */
function watchFolder(dir: string) {
  let changed = false;
  let wake = (): void => undefined;
  const note = (): void => {
    changed = true;
    wake();
  };
  const watcher = (() => {
    try {
      // The folder, not the file: a log that is put in the place of another is a new file.
      return watch(dir, { persistent: false }, note).on("error", () => undefined);
    } catch {
      return undefined;
    }
  })();
  return {
    forget(): void {
      changed = false;
    },
    async next(signal: AbortSignal): Promise<void> {
      if (changed) return;
      const stop = new AbortController();
      wake = () => stop.abort();
      await sleep(LOOK_MS, AbortSignal.any([signal, stop.signal])).catch(() => undefined);
    },
    close(): void {
      watcher?.close();
    },
  };
}
