import pLimit from "p-limit";
import { BraidError, failure, toFailure } from "../../core/failure";
import { figuresOf } from "../../core/gate/estimate";
import { outcomesOf, phaseAtRest, toPastRun, type PastRun } from "../../core/history/past-run";
import type { RunSummary } from "../../core/history/run-summary";
import type { RecordedEvent } from "../../core/state/events";
import { foldAll } from "../../core/state/fold";
import type { RunState } from "../../core/state/state";
import { withPlainFile } from "../../git/plain-file";
import type { Repository } from "../../git/repository";
import { describeDamage, readJournal } from "./journal";
import { readLines } from "./journal-lines";
import type { Holder } from "./lock";
import { ownerOf } from "./ownership";
import { isRunId, journalPath, listRunIds } from "./places";
import { keepSummary, markOf, readSummary } from "./summary";
import { hasCode } from "../../util/system-error";

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

/** A run in short, for lists of many; `problem` where its log cannot be read. */
export type ListedRun =
  | ({ readonly id: string; readonly owner: Holder | null } & RunSummary)
  | { readonly id: string; readonly problem: string };

/** Logs read at the same time: a long one takes a hundred megabytes while it is read. */
const AT_ONCE = 4;

/** All runs of a repository, or the latest `most`, the latest first. Reads their logs whole. */
export async function listRuns(repo: Repository, most?: number): Promise<readonly StoredRun[]> {
  return readRuns(repo, (await latestFirst(repo)).slice(0, most));
}

/** Those runs, in the order of their ids. Reads their logs whole. */
export async function readRuns(repo: Repository, ids: readonly string[]): Promise<readonly StoredRun[]> {
  const reading = pLimit(AT_ONCE);
  const runs = await Promise.all(ids.map((id) => reading(() => storedRun(repo, id))));
  return runs.filter((run) => run !== undefined);
}

/**
 * All runs of a repository in short, or the latest `most`, the latest first; `now` is milliseconds since the epoch. A log is read only
 * where the summary beside it is not of this very log; nothing is believed that the log would not say.
 */
export async function listRunsInShort(repo: Repository, now: number, most?: number): Promise<readonly ListedRun[]> {
  const reading = pLimit(AT_ONCE);
  const ids = await latestFirst(repo);
  const runs = await Promise.all(
    ids.slice(0, most).map(async (id): Promise<ListedRun | undefined> => {
      const summary = await readSummary(repo, id);
      if (summary !== undefined) {
        const owner = await ownerIfAny(repo, id);
        return { id, owner, ...summary, past: ownedBy(owner, summary.past) };
      }
      const [mark, run] = await reading(async () => [await markOf(repo, id), await storedRun(repo, id)] as const);
      if (run === undefined || !("state" in run)) return run;
      if (run.owner === null && run.damage === "" && mark !== undefined) await keepSummary(repo, id, run.state, mark);
      const { owner, state } = run;
      const outcomes = [...outcomesOf(state)];
      // Where nobody has it nobody works, whatever the last event was.
      const past = toPastRun(state, owner === null ? state.updatedAt : now);
      return { id, owner, past: ownedBy(owner, past), outcomes, figures: [...figuresOf(state)] };
    }),
  );
  return runs.filter((run) => run !== undefined);
}

function ownedBy(owner: Holder | null, past: PastRun): PastRun {
  return owner === null ? { ...past, phase: phaseAtRest(past.phase) } : past;
}

async function storedRun(repo: Repository, id: string): Promise<StoredRun | undefined> {
  try {
    const { events, damage } = await readJournal(journalPath(repo, id));
    // A folder without a first event is a run that never began.
    if (events.length === 0) return undefined;
    const owner = await ownerIfAny(repo, id);
    return { id, state: foldAll(events), owner, damage: describeDamage(damage) };
  } catch (error) {
    return { id, problem: toFailure(error).message };
  }
}

async function ownerIfAny(repo: Repository, id: string): Promise<Holder | null> {
  return (await ownerOf(repo, id).catch(() => undefined)) ?? null;
}

/** Ids of the runs that began, the latest first, and of those whose beginning cannot be read, which come last. */
export async function latestFirst(repo: Repository): Promise<readonly string[]> {
  const reading = pLimit(AT_ONCE * AT_ONCE);
  const ids = await listRunIds(repo);
  const begun = await Promise.all(ids.map((id) => reading(async () => ({ id, at: await beginning(repo, id) }))));
  return begun
    .flatMap(({ id, at }) => (at === undefined ? [] : [{ id, at }]))
    .toSorted((a, b) => b.at - a.at)
    .map(({ id }) => id);
}

/** When a run began, from the first line of its log: 0 where that cannot be read, undefined where there is none. */
async function beginning(repo: Repository, id: string): Promise<number | undefined> {
  return withPlainFile(journalPath(repo, id), async (file) => {
    let head = Buffer.alloc(0);
    for (let end = -1; end < 0 && head.length < MOST_HEAD_BYTES; end = head.indexOf(10)) {
      const { buffer, bytesRead } = await file.read(Buffer.alloc(HEAD_BYTES), 0, HEAD_BYTES, head.length);
      if (bytesRead === 0) break;
      head = Buffer.concat([head, buffer.subarray(0, bytesRead)]);
    }
    if (head.length === 0) return undefined;
    const [first] = readLines(head.subarray(0, head.indexOf(10) + 1)).events;
    return first?.seq === 1 ? first.at : 0;
  }).catch((error: unknown) => (hasCode(error, "ENOENT") ? undefined : 0));
}

/** The first event of most runs is shorter. */
const HEAD_BYTES = 16_384;
/** One that is longer is told as it is read. */
const MOST_HEAD_BYTES = 256 * HEAD_BYTES;

/** The state of one run. Throws `run.unknown`, `journal.corrupt`, `journal.newer`. */
export async function readRun(repo: Repository, id: string): Promise<RunState> {
  return foldAll(await readEvents(repo, id));
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
  const [latest] = await listRuns(repo, 1);
  if (latest === undefined)
    throw new BraidError(
      failure("run.unknown", "There are no runs in this repository.", { hint: 'Start one: braid run --goal "…".' }),
    );
  return latest.id;
}

/** The failure that says so. */
export function unknownRun(id: string): BraidError {
  return new BraidError(
    failure("run.unknown", `There is no run "${id}" in this repository.`, {
      hint: "See `braid status` for the runs there are.",
    }),
  );
}
