import { existsSync } from "node:fs";
import { join } from "node:path";
import type { RecordedEvent } from "../../core/state/events";
import type { RunState } from "../../core/state/state";
import { BraidError, failure } from "../../core/failure";
import { refuseAllButFiles } from "../../git/plain-folder";
import type { Fence } from "../../git/ref-transaction";
import type { Repository } from "../../git/repository";
import { moveFence, newFence, readFence } from "./fence";
import { describeDamage, Journal } from "./journal";
import { readHolder, tryLock, type Holder, type Lock } from "./lock";
import { journalPath, runDir } from "./places";
import { keepSummary } from "./summary";
import type { RunPorts } from "../ports";

/** A run's log, open for writing, and the lock that makes this process its only writer. */
export interface OwnedRun {
  readonly journal: Journal;
  readonly lock: Lock;
  readonly events: readonly RecordedEvent[];
  readonly fence: Fence;
  /** Keeps a summary beside the log once it is closed. */
  readonly summarise: (state: RunState) => Promise<void>;
}

/** How a run is taken: `takeOver` takes it even from an owner that has not been heard of for long. */
export interface Taking {
  readonly takeOver?: boolean;
}

/**
 * Takes a run for this process. Throws `run.busy` while another one has it, `repo.missing` where its folder has something else than files in it, and `journal.*`. `takeOver` takes it from an owner
 * that has not been heard of for long; should that one wake up, it writes into a log nobody reads any more, and is told.
 */
export async function takeRun(ports: RunPorts, id: string, { takeOver = false }: Taking = {}): Promise<OwnedRun> {
  await refuseAllButFiles(runDir(ports.repo, id));
  const lock = await tryLock(ownerLock(ports.repo, id), "Braid", { fromSilent: takeOver });
  if (!("release" in lock)) throw new BraidError(busy(id, lock));
  try {
    const path = journalPath(ports.repo, id);
    const how = {
      renew: takeOver,
      refusal: async () => ((await lock.isHeld()) ? undefined : takenOver(ports.repo, id)),
    };
    const fence = await fenceOf(ports.repo, id, takeOver);
    const opened = await Journal.open(path, ports.now, how);
    if (opened.damage.length > 0) ports.log(`${path} is damaged: ${describeDamage(opened.damage)}.`);
    // What is damaged is read from the log itself each time, which tells so.
    const summarise = async (state: RunState): Promise<void> => {
      if (opened.damage.length === 0 && (await lock.isHeld())) await keepSummary(ports.repo, id, state);
    };
    return { lock, summarise, fence, ...opened };
  } catch (error) {
    await lock.release();
    throw error;
  }
}

/** Taken over, the run is fenced off from whoever had it, also where that one has said already that it moves the branch. */
function fenceOf(repo: Repository, id: string, takeOver: boolean): Promise<Fence> | Fence {
  if (takeOver) return moveFence(repo, id);
  return existsSync(journalPath(repo, id)) ? readFence(repo, id) : newFence(id);
}

/** The process that has a run, if one has. `id` has passed `isRunId`. */
export function ownerOf(repo: Repository, id: string): Promise<Holder | undefined> {
  return readHolder(ownerLock(repo, id));
}

/** Stops a run that somebody takes from this process, which sat still for so long: nothing of ours may follow. */
export function stopWhenTaken(
  run: { readonly id: string; readonly ports: RunPorts; holdWorkers(): void; abort(): void; fail(error: Error): void },
  { lost }: Lock,
): void {
  lost.addEventListener("abort", () => {
    run.holdWorkers();
    run.abort();
    run.fail(takenOver(run.ports.repo, run.id));
  });
}

/** Why nothing may be done about a run any more: another process has it, or somebody deleted it. */
export function takenOver(repo: Repository, id: string): BraidError {
  // Folders in it may have been made anew.
  if (!existsSync(journalPath(repo, id)))
    return new BraidError(
      failure("run.unknown", `The folder of run ${id} was deleted while it was under way.`, {
        hint: `What its workers finished is in git under refs/braid/${id}. Start a new run; braid clean removes what is left.`,
      }),
    );
  return new BraidError(
    failure("run.busy", `Run ${id} was taken over by another process.`, { hint: "Use it there; here it has stopped." }),
  );
}

/** The owner in words: `process 4711 on build-3`. */
export function describeHolder({ pid, host }: Pick<Holder, "pid" | "host">): string {
  return `process ${pid}${host === "" ? "" : ` on ${host}`}`;
}

/** Why a run cannot be had: who has it, and what can be done. */
export function busy(id: string, holder: Holder) {
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

/** The lock file of a run's owner. */
export function ownerLock(repo: Repository, id: string): string {
  return join(runDir(repo, id), "owner.lock");
}
