import { toFailure } from "../../core/failure";
import type { KnownOverlap } from "../../core/review/live-overlap";
import { isLive, overlapEvent, sharedFiles, toCompareWith } from "../../core/review/radar";
import { subtaskState } from "../../core/state/state";
import { applyResult } from "../../git/merge";
import { readRef } from "../../git/repository";
import type { AcceptHost } from "./prepare-accept";

/**
 * Merges a result that has just come in with each that waits as well, in memory, and says in the log where that is news. A
 * look that fails is only logged. Throws only when the log cannot be written.
 */
export async function lookForOverlaps(host: Pick<AcceptHost, "ports" | "state" | "record">, id: string): Promise<void> {
  for (const other of toCompareWith(host.state(), id)) {
    const found = await compare(host, id, other).catch((error: unknown) => {
      host.ports.log(`${id} and ${other} were not compared: ${toFailure(error).message}`);
      return undefined;
    });
    const event = found === undefined ? undefined : overlapEvent(host.state(), found);
    if (event !== undefined) await host.record(event);
  }
}

async function compare(
  { ports: { repo }, state }: Pick<AcceptHost, "ports" | "state">,
  a: string,
  b: string,
): Promise<KnownOverlap | undefined> {
  const { target, base: runBase } = state();
  const [left, right] = [subtaskState(state(), a), subtaskState(state(), b)];
  const onto = await readRef(repo, target);
  if (!isLive(left) || !isLive(right) || left.result === null || right.result === null || onto === undefined) return;
  // One that rests on others brings their changes along until they are decided.
  const baseOf = (s: { readonly base: string; readonly restsOn: readonly string[] }) =>
    s.restsOn.length === 0 ? s.base : runBase;
  const pair = { a, b, commits: [left.result.commit, right.result.commit] as const };
  const first = await applyResult(repo, { base: baseOf(left), result: left.result.commit, target: onto });
  const alone = await applyResult(repo, { base: baseOf(right), result: right.result.commit, target: onto });
  // One that conflicts with the branch itself is a conflict of its own.
  if (first.kind === "conflict" || alone.kind === "conflict") return;
  const both = await applyResult(repo, { base: baseOf(right), result: right.result.commit, target: first.tree });
  if (both.kind === "conflict") return { ...pair, kind: "conflict", files: both.files };
  const files = sharedFiles(left, right);
  return { ...pair, kind: files.length === 0 ? "none" : "same files", files };
}
