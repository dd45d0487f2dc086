import { acceptRefusal, undecidedDependencies } from "../../core/review/decide-accept";
import type { CheckResult } from "../../core/state/events";
import { BraidError, failure, toFailure, type Failure } from "../../core/failure";
import { landCommit, refuseBlocked } from "../../git/land";
import { readRef } from "../../git/repository";
import { requireCheckout, stageCommit } from "../../git/stage";
import type { MergeKind } from "../../core/review/merge-kind";
import { combinedChecksOf, redFailure, runCombinedChecks } from "./combined-checks";
import { hookGate, type HookGate } from "./hook-approval";
import { refuseUnsaved } from "../unsaved";
import { prepareAccept, type AcceptHost, type AcceptWish, type PreparedAccept } from "./prepare-accept";

/** How one wish of a queue ended. */
export type AcceptOutcome =
  | { readonly subtask: string; readonly kind: "accepted"; readonly commit: string }
  | { readonly subtask: string; readonly kind: "refused"; readonly failure: Failure };

/** How the queue is gone through. */
export interface QueueOptions {
  /** The commit of the target the decision was made on. */
  readonly target?: string | undefined;
  readonly merge: MergeKind;
  readonly signal: AbortSignal;
}

/**
 * Puts results on the target, one commit each, all in one move: merged in memory one on the other, checked together, and
 * only a green tip moves the branch. A red one is searched for by halves, named with its output and left out; what is
 * green without it lands. What the user's own changes are in the way of is left out, and only that with what rests on it.
 * The wishes come in an order in which each stands behind what it rests on.
 *
 * Resolves with how each ended; throws only when the log cannot be written.
 */
export async function acceptQueue(
  host: AcceptHost,
  wishes: readonly AcceptWish[],
  options: QueueOptions,
): Promise<readonly AcceptOutcome[]> {
  const outcomes = new Map<string, AcceptOutcome>();
  const hooks = hookGate(host);
  const shown = wishes.length > 1 || combinedChecksOf(host).length > 0;
  if (shown) await host.record({ type: "queue.started", subtasks: wishes.map((wish) => wish.subtask) });
  const refuse = (subtask: string, why: Failure) =>
    void outcomes.set(subtask, { subtask, kind: "refused", failure: why });
  const abandon = async (subtask: string, why: Failure): Promise<void> => {
    await host.record({ type: "accept.abandoned", subtask, failure: why });
    refuse(subtask, why);
  };
  try {
    let left = wishes;
    let expected = options.target;
    let isBlocked = false;
    while (left.length > 0) {
      const { signal, merge } = options;
      const seen = await seeTarget(host, merge, expected);
      if (typeof seen !== "string") {
        for (const wish of left) refuse(wish.subtask, seen);
        break;
      }
      const tell = { merge, hooks, alone: wishes.length === 1, outcomes, refuse, abandon, signal };
      const chain = await makeChain(host, left, seen, { ...tell, blockedFrom: isBlocked ? seen : undefined });
      const judged = await judge(host, chain, seen, signal).catch((error: unknown) => toFailure(error));
      if (judged === "blocked") {
        isBlocked = true;
        left = left.filter((wish) => !outcomes.has(wish.subtask));
        continue;
      }
      if ("code" in judged) {
        for (const { subtask } of left) if (!outcomes.has(subtask)) await abandon(subtask, judged);
        break;
      }
      const green = chain.slice(0, judged.green);
      const landed = green.length === 0 ? "done" : await landChain(host, green, seen, tell);
      if (landed === "again" || landed === "blocked") {
        isBlocked ||= landed === "blocked";
        left = left.filter((wish) => !outcomes.has(wish.subtask));
        continue;
      }
      expected = undefined;
      const culprit = chain[judged.green];
      if (culprit !== undefined && judged.red !== undefined) await abandon(culprit.subtask, judged.red);
      left = left.filter((wish) => !outcomes.has(wish.subtask));
      if (landed === "done") continue;
      for (const { subtask } of left) await abandon(subtask, landed);
      break;
    }
  } finally {
    if (shown) await host.record({ type: "queue.ended" });
  }
  return wishes.map((wish) => outcomes.get(wish.subtask)).filter((outcome) => outcome !== undefined);
}

interface Tell {
  readonly merge: MergeKind;
  readonly hooks: HookGate;
  readonly signal: AbortSignal;
  refuse(subtask: string, why: Failure): void;
  abandon(subtask: string, why: Failure): Promise<void>;
}

async function seeTarget(host: AcceptHost, merge: MergeKind, expected: string | undefined): Promise<string | Failure> {
  const { target } = host.state();
  const name = target.replace(/^refs\/heads\//u, "");
  const seen = await readRef(host.ports.repo, target);
  if (seen === undefined)
    return failure("target.missing", `The branch ${name} is gone.`, { hint: "Create it again, then accept." });
  if (expected !== undefined && expected !== seen)
    return failure("target.moved", `${name} moved while you were looking.`, {
      hint: "Look at the refreshed review, then decide again.",
    });
  try {
    if (merge === "stage") await requireCheckout(host.ports.repo, target);
  } catch (error) {
    return toFailure(error);
  }
  return seen;
}

/**
 * Each wish as a commit on the one before; those that may not go in or do not merge are told and left out. One that does not merge
 * behind others is not told yet, and nor is what rests on it: it may well go in once it is known which of them did.
 */
async function makeChain(
  host: AcceptHost,
  wishes: readonly AcceptWish[],
  seen: string,
  { blockedFrom, ...tell }: Tell & { readonly blockedFrom: string | undefined },
): Promise<readonly PreparedAccept[]> {
  const chain: PreparedAccept[] = [];
  const later = new Set<string>();
  for (const wish of wishes) {
    if (undecidedDependencies(host.state(), wish.subtask).some((each) => later.has(each))) {
      later.add(wish.subtask);
      continue;
    }
    const why = acceptRefusal(host.state(), { ...wish, after: chain.map((each) => each.subtask) });
    if (why !== undefined) {
      tell.refuse(wish.subtask, why);
      continue;
    }
    const { merge, hooks } = tell;
    const inPart = chain.filter(({ taken }) => taken !== undefined).map((each) => each.subtask);
    const onto = chain.at(-1)?.commit ?? seen;
    try {
      chain.push(await prepareAccept(host, wish, { onto, merge, hooks, inPart, blockedFrom }, tell.signal));
    } catch (error) {
      const failed = toFailure(error);
      // A choice that makes no sense is the caller's mistake, not something that happened to the result.
      if (failed.code === "selection.invalid") tell.refuse(wish.subtask, failed);
      else if (failed.code === "merge.conflict" && onto !== seen) later.add(wish.subtask);
      else await tell.abandon(wish.subtask, failed);
    }
  }
  return chain;
}

/** How many of a chain may land, and why the next one may not. */
interface Judged {
  readonly green: number;
  readonly red?: Failure;
}

/** Checks the tip, and where it is red looks for the first one that makes it so. Nothing is run on what is blocked. */
async function judge(
  host: AcceptHost,
  chain: readonly PreparedAccept[],
  seen: string,
  signal: AbortSignal,
): Promise<Judged | "blocked"> {
  const check = (count: number): Promise<readonly CheckResult[]> =>
    runCombinedChecks(
      host,
      chain[count - 1]?.commit ?? seen,
      chain.slice(0, count).map((each) => each.subtask),
      signal,
    );
  if (chain.length === 0) return { green: 0 };
  const hasChecks = combinedChecksOf(host).length > 0;
  if (hasChecks && (await blockOf(host, seen, chain.at(-1)?.commit ?? seen, "files")) === "blocked") return "blocked";
  let red = await check(chain.length);
  signal.throwIfAborted();
  if (isGreen(red)) return { green: chain.length };
  let good = 0;
  let bad = chain.length;
  while (bad - good > 1) {
    const middle = Math.floor((good + bad) / 2);
    const checks = await check(middle);
    signal.throwIfAborted();
    if (isGreen(checks)) good = middle;
    else [bad, red] = [middle, checks];
  }
  if (good === 0) {
    // Nobody is to blame for a branch that is red by itself.
    const without = redFailure("nothing merged", await check(0), "Make the branch green first, then accept.");
    if (without !== undefined)
      throw new BraidError({ ...without, message: `The branch itself is red. ${without.message}` });
  }
  const culprit = chain[bad - 1]?.subtask ?? "";
  const why = redFailure(`"${culprit}" merged`, red, "Retry the subtask with this output as a note, or reject it.");
  return why === undefined ? { green: bad } : { green: good, red: why };
}

function isGreen(checks: readonly CheckResult[]): boolean {
  return checks.every((check) => check.passed);
}

/** Whether the user's own changes are in the way of one of a chain at least; a failure where that cannot be told. */
async function blockOf(
  host: AcceptHost,
  seen: string,
  tip: string,
  where: "editors" | "files",
): Promise<"blocked" | "free" | Failure> {
  const { target } = host.state();
  try {
    await refuseUnsaved(host.ports, target, seen, tip);
    if (where === "files") await refuseBlocked(host.ports.repo, { target, seen, commit: tip });
    return "free";
  } catch (error) {
    const failed = toFailure(error);
    return failed.code === "tree.dirty" || failed.code === "tree.in-the-way" ? "blocked" : failed;
  }
}

/**
 * Moves the target to the end of the chain; the log has the intent of each before, and its end after. "again" where one may not
 * go in any more, so that the rest needs a chain of its own, and "blocked" where the user's changes are in the way of one; nothing
 * has moved then. A failure is told of each in the chain. Of one `alone` the move itself tells what is in its way.
 */
async function landChain(
  host: AcceptHost,
  chain: readonly PreparedAccept[],
  seen: string,
  o: { readonly alone: boolean; readonly outcomes: Map<string, AcceptOutcome> } & Tell,
): Promise<"done" | "again" | "blocked" | Failure> {
  const tip = chain.at(-1)?.commit ?? seen;
  const { target } = host.state();
  const abandonAll = async (why: Failure): Promise<Failure> => {
    for (const { subtask } of chain) await o.abandon(subtask, why);
    return why;
  };
  // Checks take their time, and somebody may have typed meanwhile.
  const block = await blockOf(host, seen, tip, o.alone ? "editors" : "files");
  if (block === "blocked") return "blocked";
  if (block !== "free") return abandonAll(block);
  const start = { seen, tip, merge: o.merge };
  // People decide while the checks run, too.
  if (!(await host.decideInTurn(() => startAccepts(host, chain, start, o)))) return "again";
  try {
    o.signal.throwIfAborted();
    const reason = `braid: accept ${chain.map((each) => each.subtask).join(", ")}`;
    const landing = { target, seen, commit: tip, reason, fence: host.fence };
    if (tip !== seen) await (o.merge === "stage" ? stageCommit : landCommit)(host.ports.repo, landing);
  } catch (error) {
    return abandonAll(toFailure(error));
  }
  for (const { subtask, commit } of chain) {
    await host.record({ type: "accept.completed", subtask, commit });
    o.outcomes.set(subtask, { subtask, kind: "accepted", commit });
  }
  return "done";
}

/** Writes down that each of a chain goes in; false, and nothing written, where what was decided meanwhile keeps one out. */
async function startAccepts(
  host: AcceptHost,
  chain: readonly PreparedAccept[],
  { seen, tip, merge }: { readonly seen: string; readonly tip: string; readonly merge: MergeKind },
  { refuse }: Pick<Tell, "refuse">,
): Promise<boolean> {
  const names = chain.map((each) => each.subtask);
  const outdated = chain.flatMap(({ wish, result }, i) => {
    const why = acceptRefusal(host.state(), { ...wish, shown: result, after: names.slice(0, i) });
    return why === undefined ? [] : [{ subtask: wish.subtask, why }];
  });
  for (const { subtask, why } of outdated) refuse(subtask, why);
  if (outdated.length > 0) return false;
  for (const { subtask, commit, onto, taken, leftOut, config } of chain)
    await host.record({
      type: "accept.started",
      subtask,
      seen,
      commit,
      ...(onto === seen ? {} : { onto }),
      ...(tip === commit ? {} : { tip }),
      ...(merge === "squash" ? {} : { how: merge }),
      ...(taken === undefined ? {} : { taken }),
      leftOut,
      ...(config.length === 0 ? {} : { config }),
    });
  return true;
}
