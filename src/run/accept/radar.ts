import { toFailure } from "../../core/failure";
import { liveKey, type KnownOverlap } from "../../core/review/live-overlap";
import { isLive, overlapEvent, pathsOf, toCompareLive, toCompareWith } from "../../core/review/radar";
import { subtaskState } from "../../core/state/state";
import { changedFiles } from "../../git/diff";
import { applyResults } from "../../git/merge";
import { readRef, treeOf, type Repository } from "../../git/repository";
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

interface Pending {
  readonly host: RadarHost;
  readonly now: Omit<Working, "files">;
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
  const compared: Compared = new Map();
  const queue = inTurn();
  const pending = new Map<string, Pending>();
  let timer: NodeJS.Timeout | undefined;
  const touched = () => new Map([...trees].map(([id, { files }]) => [id, files]));
  /** Takes one's files as they are now; the others it has to be compared with. */
  const takeIn = async (host: RadarHost, id: string, now: Omit<Working, "files">): Promise<readonly string[]> => {
    const s = subtaskState(host.state(), id);
    if (host.signal.aborted || s?.status !== "running" || s.attempt !== now.attempt) return [];
    const files = pathsOf({
      result: { commit: "", tree: "", files: await changedFiles(host.ports.repo, now.base, now.tree) },
    });
    const before = trees.get(id);
    trees.set(id, { ...now, files });
    // What overlapped and is put back overlaps no more.
    const gone = (before?.files ?? []).filter((path) => !files.includes(path));
    return [files, gone].flatMap((paths) => toCompareLive(host.state(), id, new Map([...touched(), [id, paths]])));
  };
  const look = async (each: readonly (readonly [id: string, Pending])[]): Promise<void> => {
    const pairs: Pair[] = [];
    for (const [id, { host, now }] of each) {
      const others = await takeIn(host, id, now).catch((error: unknown) => {
        host.ports.log(`${id}: overlaps not looked for: ${toFailure(error).message}`);
        return [];
      });
      pairs.push(...others.map((other) => [id, other] as const));
    }
    const [, first] = each[0] ?? [];
    if (first !== undefined) await compareAndTell(first.host, { working: trees, compared }, pairs);
  };
  const lookAtAll = (): void => {
    timer = undefined;
    const each = [...pending];
    pending.clear();
    queue(() => look(each)).catch((error: unknown) =>
      each[0]?.[1].host.ports.log(`overlaps not told: ${toFailure(error).message}`),
    );
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
        const others = toCompareLive(host.state(), id, touched().set(id, pathsOf(own)));
        await compareAndTell(
          host,
          { working: trees, compared },
          others.map((other) => [id, other]),
        );
      }),
  };
}

/**
 * Merges a result that has just come in with each that waits as well, in memory, and says in the log where that is news. A
 * look that fails is only logged. Throws only when the log cannot be written.
 */
export async function lookForOverlaps(host: RadarHost, id: string): Promise<void> {
  const nobody = { working: new Map<string, Working>(), compared: new Map() };
  await compareAndTell(
    host,
    nobody,
    toCompareWith(host.state(), id).map((other) => [id, other]),
  );
}

type Pair = readonly [string, string];

/** What was found of two subtasks the last time, by their names, and what of. */
type Compared = Map<string, { readonly of: string; readonly found: Found }>;

/** Pairs that are merged by one process: a run that is stopped waits for it. */
const AT_ONCE = 50;

/** Pairs whose last comparison is kept; more are compared anew. */
const MAX_COMPARED = 5_000;

/** How two go together; undefined where one of them conflicts with the branch, which is a conflict of its own. */
type Found = Pick<KnownOverlap, "kind" | "files"> | undefined;

interface Known {
  readonly working: ReadonlyMap<string, Working>;
  readonly compared: Compared;
}

async function compareAndTell(host: RadarHost, known: Known, pairs: readonly Pair[]): Promise<void> {
  if (pairs.length > AT_ONCE) {
    for (let from = 0; from < pairs.length; from += AT_ONCE)
      await compareAndTell(host, known, pairs.slice(from, from + AT_ONCE));
    return;
  }
  if (host.signal.aborted || pairs.length === 0) return;
  let found: readonly KnownOverlap[] = [];
  try {
    found = await compare(host, known, pairs);
  } catch (error) {
    // One that cannot be merged keeps nobody from being told of the others.
    if (pairs.length > 1) for (const pair of pairs) await compareAndTell(host, known, [pair]);
    else host.ports.log(`${pairs.join().replace(",", " and ")} were not compared: ${toFailure(error).message}`);
  }
  // Each is about a pair of its own, and all go into one write.
  const events = found.flatMap((one) => overlapEvent(host.state(), one) ?? []);
  await Promise.all(events.map((event) => host.record(event)));
}

/** One of two that are compared. */
interface Side {
  readonly id: string;
  /** Trees. */
  readonly base: string;
  readonly result: string;
  readonly files: readonly string[];
  /** See {@link KnownOverlap}. */
  readonly key: string;
}

/** Two that are compared, and by what trees. */
interface Comparison {
  readonly left: Side;
  readonly right: Side;
  readonly of: string;
}

async function compare(
  host: RadarHost,
  { working, compared }: Known,
  pairs: readonly Pair[],
): Promise<readonly KnownOverlap[]> {
  const { repo } = host.ports;
  const commit = await readRef(repo, host.state().target);
  if (commit === undefined) return [];
  const onto = await treeOf(repo, commit);
  const sides = new Map<string, Side | undefined>();
  for (const id of new Set(pairs.flat())) sides.set(id, await sideOf(host, working, id));
  const all = new Map<string, Comparison>();
  for (const pair of pairs) {
    // Always the same one first: each is looked at from both sides.
    const sorted = pair.toSorted();
    const [left, right] = sorted.map((id) => sides.get(id));
    if (left === undefined || right === undefined) continue;
    const of = [onto, left.base, left.result, right.base, right.result].join();
    all.set(sorted.join("\0"), { left, right, of });
  }
  const fresh = [...all].filter(([key, { of }]) => compared.get(key)?.of !== of);
  const found = await mergePairs(
    repo,
    onto,
    fresh.map(([, each]) => each),
  );
  for (const [i, [key, { of }]] of fresh.entries()) {
    compared.delete(key);
    compared.set(key, { of, found: found[i] });
  }
  const result = [...all].flatMap(([key, { left, right }]) => {
    const known = compared.get(key)?.found;
    return known === undefined ? [] : [{ a: left.id, b: right.id, commits: [left.key, right.key] as const, ...known }];
  });
  for (const key of [...compared.keys()].slice(0, -MAX_COMPARED)) compared.delete(key);
  return result;
}

/** A worker at work, or a result that waits; undefined where a subtask is neither. */
async function sideOf(
  { ports: { repo }, state }: RadarHost,
  working: ReadonlyMap<string, Working>,
  id: string,
): Promise<Side | undefined> {
  const s = subtaskState(state(), id);
  const live = working.get(id);
  // One that rests on others brings their changes along until they are decided.
  const from = (base: string) => treeOf(repo, (s?.restsOn.length ?? 0) === 0 ? base : state().base);
  if (s?.status === "running")
    return live?.attempt === s.attempt
      ? { id, base: await from(live.base), result: live.tree, files: live.files, key: liveKey(s.attempt) }
      : undefined;
  if (!isLive(s) || s.result === null) return undefined;
  const result = await treeOf(repo, s.result.commit);
  return { id, base: await from(s.base), result, files: pathsOf(s), key: s.result.commit };
}

/** Puts one on the branch and then the other, in memory. */
async function mergePairs(repo: Repository, onto: string, pairs: readonly Comparison[]): Promise<readonly Found[]> {
  const sides = [...new Set(pairs.flatMap(({ left, right }) => [left, right]))];
  const merged = await applyResults(
    repo,
    sides.map(({ base, result }) => ({ base, result, target: onto })),
  );
  const alone = new Map(sides.map((side, i) => [side, merged[i]]));
  const open = pairs.flatMap((pair) => {
    const [first, second] = [alone.get(pair.left), alone.get(pair.right)];
    return first?.kind === "clean" && second?.kind === "clean" ? [{ pair, onFirst: first.tree }] : [];
  });
  const both = await applyResults(
    repo,
    open.map(({ pair: { right }, onFirst }) => ({ base: right.base, result: right.result, target: onFirst })),
  );
  const found = new Map(open.map(({ pair }, i) => [pair, both[i]]));
  return pairs.map((pair) => {
    const outcome = found.get(pair);
    if (outcome === undefined) return undefined;
    if (outcome.kind === "conflict") return { kind: "conflict", files: outcome.files };
    const files = [...new Set(pair.left.files)].filter((path) => pair.right.files.includes(path)).toSorted();
    return { kind: files.length === 0 ? "none" : "same files", files };
  });
}
