import type { RunEvent } from "../../core/state/events";

/** Events that are decided and on their way to the disk: the state does not know of them yet. */
export interface BeingWritten {
  /** Keeps an event until `write` has it on disk and folded in. */
  track(event: RunEvent, write: () => Promise<void>): Promise<void>;
  /** Resolves when the first event of a type is in the state, or could not be written; undefined where none is on its way. */
  first(type: RunEvent["type"]): Promise<unknown> | undefined;
}

/** Nothing on its way. */
export function beingWritten(): BeingWritten {
  const all = new Map<RunEvent, Promise<unknown>>();
  return {
    track(event, write) {
      const written = write();
      all.set(
        event,
        written.catch(() => undefined).finally(() => all.delete(event)),
      );
      return written;
    },
    first(type) {
      for (const [event, ended] of all) if (event.type === type) return ended;
      return undefined;
    },
  };
}
