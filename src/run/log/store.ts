import { BraidError, failure, toFailure } from "../../core/failure";
import type { RecordedEvent } from "../../core/state/events";
import { evolve, initialState, type RunState } from "../../core/state/state";
import type { Repository } from "../../git/repository";
import { describeDamage, readJournal } from "./journal";
import type { Holder } from "./lock";
import { ownerOf } from "./ownership";
import { isRunId, journalPath, listRunIds } from "./places";

/** A run as its log tells it, read without taking it over; `problem` where the log cannot be read. */
export type StoredRun =
  | {
      readonly id: string;
      readonly state: RunState;
      /** The process that has the run now. */
      readonly owner: Holder | null;
      /** What is damaged in the log, in words; "" where nothing is. */
      readonly damage: string;
    }
  | { readonly id: string; readonly problem: string };

/** All runs of a repository, the latest first. */
export async function listRuns(repo: Repository): Promise<readonly StoredRun[]> {
  const runs = await Promise.all(
    (await listRunIds(repo)).map(async (id): Promise<readonly StoredRun[]> => {
      try {
        const { events, damage } = await readJournal(journalPath(repo, id));
        // A folder without a first event is a run that never began.
        if (events.length === 0) return [];
        const owner = (await ownerOf(repo, id).catch(() => undefined)) ?? null;
        return [{ id, state: events.reduce(evolve, initialState()), owner, damage: describeDamage(damage) }];
      } catch (error) {
        return [{ id, problem: toFailure(error).message }];
      }
    }),
  );
  return runs.flat().toSorted((a, b) => createdAt(b) - createdAt(a));
}

/** The state of one run. Throws `run.unknown`, `journal.corrupt`, `journal.newer`. */
export async function readRun(repo: Repository, id: string): Promise<RunState> {
  return (await readEvents(repo, id)).reduce(evolve, initialState());
}

/** The log of one run. Throws as {@link readRun} does. */
export async function readEvents(repo: Repository, id: string): Promise<readonly RecordedEvent[]> {
  if (!isRunId(id)) throw unknownRun(id);
  const { events } = await readJournal(journalPath(repo, id));
  if (events.length === 0) throw unknownRun(id);
  return events;
}

/** `id` as given, or the latest run's. Throws `run.unknown`. */
export async function chooseRun(repo: Repository, id: string | undefined): Promise<string> {
  if (id !== undefined) {
    if (!isRunId(id) || !(await listRunIds(repo)).includes(id)) throw unknownRun(id);
    return id;
  }
  const latest = (await listRuns(repo))[0];
  if (latest === undefined)
    throw new BraidError(
      failure("run.unknown", "There are no runs in this repository.", { hint: 'Start one: braid run --goal "…".' }),
    );
  return latest.id;
}

function createdAt(run: StoredRun): number {
  return "state" in run ? run.state.createdAt : 0;
}

/** The failure that says so. */
export function unknownRun(id: string): BraidError {
  return new BraidError(
    failure("run.unknown", `There is no run "${id}" in this repository.`, {
      hint: "See `braid status` for the runs there are.",
    }),
  );
}
