import { hostname } from "node:os";
import type { RecordedEvent } from "../core/events";
import { BraidError, failure } from "../core/failure";
import { Journal } from "./journal";
import { tryLock, type Lock } from "./lock";
import { journalPath, ownerLock } from "./places";
import type { RunPorts } from "./ports";

/** A run's log, open for writing, and the lock that makes this process its only writer. */
export interface OwnedRun {
  readonly journal: Journal;
  readonly lock: Lock;
  readonly events: readonly RecordedEvent[];
}

/** Takes a run for this process. Throws `run.busy` while another one has it, and `journal.*`. */
export async function takeRun(ports: RunPorts, id: string): Promise<OwnedRun> {
  const path = ownerLock(ports.repo, id);
  const lock = await tryLock(path, "Braid");
  if (!("release" in lock)) {
    const isElsewhere = lock.host !== "" && lock.host !== hostname();
    throw new BraidError(
      failure("run.busy", `Run ${id} belongs to process ${lock.pid}${lock.host === "" ? "" : ` on ${lock.host}`}.`, {
        hint: `Use it there, or end that process first${isElsewhere ? `; if it is gone, delete ${path}` : ""}.`,
      }),
    );
  }
  try {
    return { lock, ...(await Journal.open(journalPath(ports.repo, id), ports.now)) };
  } catch (error) {
    await lock.release();
    throw error;
  }
}
