import { join } from "node:path";
import type { RecordedEvent } from "../core/events";
import { BraidError, failure } from "../core/failure";
import type { Repository } from "../git/repository";
import { Journal } from "./journal";
import { readHolder, tryLock, type Holder, type Lock } from "./lock";
import { journalPath, runDir } from "./places";
import type { RunPorts } from "./ports";

/** A run's log, open for writing, and the lock that makes this process its only writer. */
export interface OwnedRun {
  readonly journal: Journal;
  readonly lock: Lock;
  readonly events: readonly RecordedEvent[];
}

/**
 * Takes a run for this process. Throws `run.busy` while another one has it, and `journal.*`. `takeOver` takes it from an owner
 * that has not been heard of for long; should that one wake up, it writes into a log nobody reads any more, and is told.
 */
export async function takeRun(
  ports: RunPorts,
  id: string,
  { takeOver = false }: { readonly takeOver?: boolean } = {},
): Promise<OwnedRun> {
  const lock = await tryLock(ownerLock(ports.repo, id), "Braid", { fromSilent: takeOver });
  if (!("release" in lock)) throw new BraidError(busy(id, lock));
  try {
    return { lock, ...(await Journal.open(journalPath(ports.repo, id), ports.now, { renew: takeOver })) };
  } catch (error) {
    await lock.release();
    throw error;
  }
}

/** The process that has a run, if one has. `id` has passed `isRunId`. */
export function ownerOf(repo: Repository, id: string): Promise<Holder | undefined> {
  return readHolder(ownerLock(repo, id));
}

/** What a run says that was taken from this process. */
export function takenOver(id: string): BraidError {
  return new BraidError(
    failure("run.busy", `Run ${id} was taken over by another process.`, { hint: "Use it there; here it has stopped." }),
  );
}

/** The owner in words: `process 4711 on build-3`. */
export function describeHolder({ pid, host }: Pick<Holder, "pid" | "host">): string {
  return `process ${pid}${host === "" ? "" : ` on ${host}`}`;
}

function busy(id: string, holder: Holder) {
  if (holder.standing !== "silent")
    return failure("run.busy", `Run ${id} belongs to ${describeHolder(holder)}.`, {
      hint: `Use it there, or end that process first; \`braid status ${id}\` shows it meanwhile.`,
    });
  const seconds = Math.round(holder.heardMs / 1000);
  return failure(
    "run.busy",
    `Run ${id} belongs to ${describeHolder(holder)}, which has not been heard of for ${seconds} s.`,
    { hint: `If it will not go on, take the run over: braid resume ${id} --take-over.` },
  );
}

function ownerLock(repo: Repository, id: string): string {
  return join(runDir(repo, id), "owner.lock");
}
