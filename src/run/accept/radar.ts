import { toFailure } from "../../core/failure";
import { liveKey, type KnownOverlap } from "../../core/review/live-overlap";
import { isLive, overlapEvent, pathsOf, toCompareLive, toCompareWith } from "../../core/review/radar";
import { subtaskState } from "../../core/state/state";
import { changedFiles } from "../../git/diff";
import { applyResult } from "../../git/merge";
import { readRef } from "../../git/repository";
import { inTurn } from "../../util/in-turn";
import type { AcceptHost } from "./prepare-accept";

/** A look ends with its run's `signal`: what was done by then is found out when it is accepted. */
type RadarHost = Pick<AcceptHost, "ports" | "state" | "record"> & { readonly signal: AbortSignal };

/** What a worker's files are like at the moment. */
interface Working {
  readonly attempt: number;
  /** What it began from, and a tree of what stands there now. */
  readonly base: string;
  readonly tree: string;
  readonly files: readonly string[];
}

/** The files of the workers of a run as they work; nothing of it outlives the process. */
export interface WorkingTrees {
  /** Takes a worker's files as they are after a turn, and looks whether they overlap with what others do. */
  saw(host: RadarHost, id: string, now: Omit<Working, "files">): void;
  /** Forgets an attempt that has ended; resolves once no look is under way. */
  ended(id: string): Promise<unknown>;
  /** Compares a result that has just come in with all the others. Throws only when the log cannot be written. */
  finished(host: RadarHost, id: string): Promise<void>;
}

/** Files that change within this time are looked at together, in milliseconds: nobody acts on an overlap sooner. */
const LOOK_MS = 1_000;

/**
 * Compares the files of each worker, soon after a turn of its has changed some, with those of the others and with the results that
 * wait, and says in the log where that is news. Nothing waits for it but the end of an attempt.
 */
export function workingTrees(): WorkingTrees {
  const trees = new Map<string, Working>();
  const queue = inTurn();
  const pending = new Map<string, { readonly host: RadarHost; readonly now: Omit<Working, "files"> }>();
  let timer: NodeJS.Timeout | undefined;
  const look = async (host: RadarHost, id: string, now: Omit<Working, "files">): Promise<void> => {
    const s = subtaskState(host.state(), id);
    if (host.signal.aborted || s?.status !== "running" || s.attempt !== now.attempt) return;
    const files = pathsOf({
      result: { commit: "", tree: "", files: await changedFiles(host.ports.repo, now.base, now.tree) },
    });
    const before = trees.get(id);
    trees.set(id, { ...now, files });
    const touched = new Map([...trees].map(([each, { files: paths }]) => [each, paths]));
    const gone = (before?.files ?? []).filter((path) => !files.includes(path));
    const others = new Set(toCompareLive(host.state(), id, touched));
    // What overlapped and is put back overlaps no more.
    if (gone.length > 0)
      for (const each of toCompareLive(host.state(), id, new Map([...touched, [id, gone]]))) others.add(each);
    for (const other of others) await compareAndTell(host, trees, id, other);
  };
  const lookAtAll = (): void => {
    timer = undefined;
    for (const [id, { host, now }] of pending)
      queue(() => look(host, id, now)).catch((error: unknown) =>
        host.ports.log(`${id}: overlaps not looked for: ${toFailure(error).message}`),
      );
    pending.clear();
  };
  return {
    saw(host, id, now) {
      pending.set(id, { host, now });
      timer ??= setTimeout(lookAtAll, LOOK_MS).unref();
    },
    ended(id) {
      pending.delete(id);
      return queue(async () => {
        trees.delete(id);
      });
    },
    finished: (host, id) =>
      queue(async () => {
        const own = subtaskState(host.state(), id);
        if (!isLive(own)) return;
        const touched = new Map([...trees].map(([each, { files }]) => [each, files]));
        for (const other of toCompareLive(host.state(), id, touched.set(id, pathsOf(own))))
          await compareAndTell(host, trees, id, other);
      }),
  };
}

/**
 * Merges a result that has just come in with each that waits as well, in memory, and says in the log where that is news. A
 * look that fails is only logged. Throws only when the log cannot be written.
 */
export async function lookForOverlaps(host: RadarHost, id: string): Promise<void> {
  for (const other of toCompareWith(host.state(), id)) await compareAndTell(host, new Map(), id, other);
}

async function compareAndTell(
  host: RadarHost,
  working: ReadonlyMap<string, Working>,
  id: string,
  other: string,
): Promise<void> {
  if (host.signal.aborted) return;
  const found = await compare(host, working, id, other).catch((error: unknown) => {
    host.ports.log(`${id} and ${other} were not compared: ${toFailure(error).message}`);
    return undefined;
  });
  const event = found === undefined ? undefined : overlapEvent(host.state(), found);
  if (event !== undefined) await host.record(event);
}

async function compare(
  { ports: { repo }, state }: RadarHost,
  working: ReadonlyMap<string, Working>,
  a: string,
  b: string,
): Promise<KnownOverlap | undefined> {
  const { target, base: runBase } = state();
  const onto = await readRef(repo, target);
  const sideOf = (id: string) => {
    const s = subtaskState(state(), id);
    const live = working.get(id);
    // One that rests on others brings their changes along until they are decided.
    const from = (base: string) => ((s?.restsOn.length ?? 0) === 0 ? base : runBase);
    if (s?.status === "running")
      return live?.attempt === s.attempt
        ? { base: from(live.base), result: live.tree, files: live.files, key: liveKey(s.attempt) }
        : undefined;
    if (!isLive(s) || s.result === null) return undefined;
    return { base: from(s.base), result: s.result.commit, files: pathsOf(s), key: s.result.commit };
  };
  const [left, right] = [sideOf(a), sideOf(b)];
  if (left === undefined || right === undefined || onto === undefined) return undefined;
  const pair = { a, b, commits: [left.key, right.key] as const };
  const apply = ({ base, result }: typeof left, target: string) => applyResult(repo, { base, result, target });
  const first = await apply(left, onto);
  const alone = await apply(right, onto);
  // One that conflicts with the branch itself is a conflict of its own.
  if (first.kind === "conflict" || alone.kind === "conflict") return undefined;
  const both = await apply(right, first.tree);
  if (both.kind === "conflict") return { ...pair, kind: "conflict", files: both.files };
  const files = [...new Set(left.files)].filter((path) => right.files.includes(path)).toSorted();
  return { ...pair, kind: files.length === 0 ? "none" : "same files", files };
}
