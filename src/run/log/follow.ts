import { watch } from "node:fs";
import type { RecordedEvent } from "../../core/state/events";
import { evolve, initialState, type RunState } from "../../core/state/state";
import type { Repository } from "../../git/repository";
import { sleep } from "../../util/abort";
import { readJournal } from "./journal";
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
  let seen = 0;
  let standing: string | undefined;
  while (!signal.aborted) {
    changes.forget();
    const { events } = await readJournal(journalPath(repo, id));
    const owner = (await ownerOf(repo, id)) ?? null;
    const fresh = events.filter(({ seq }) => seq > seen);
    const now = owner === null ? "nobody" : `${owner.pid} ${owner.standing}`;
    if (fresh.length > 0 || now !== standing) {
      yield { state: events.reduce(evolve, initialState()), events: fresh, owner };
      seen = events.at(-1)?.seq ?? 0;
      standing = now;
    }
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
