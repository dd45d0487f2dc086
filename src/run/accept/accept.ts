import { acceptRefusal, undecidedDependencies } from "../../core/review/decide-accept";
import { BraidError, failure } from "../../core/failure";
import type { MergeKind } from "../../core/review/merge-kind";
import { acceptQueue, type AcceptOutcome } from "./accept-queue";
import type { AcceptHost, AcceptWish } from "./prepare-accept";

/** A single accept, as somebody asks for it. */
export interface AcceptOptions extends Omit<AcceptWish, "subtask" | "after"> {
  /** The commit of the target the decision was made on. */
  readonly target?: string | undefined;
  /** How it goes in; as the run or the front end has it where it is not said. */
  readonly merge?: MergeKind | undefined;
  /** What it rests on and is not decided goes in first, in the same move. */
  readonly withDependencies?: boolean | undefined;
}

/**
 * Puts one subtask's result on the target as one commit: merged in memory, checked, then the branch, index and files
 * moved together. Throws a BraidError when it does not land; the branch is then where it was, or has what it rests on,
 * and the log says why.
 */
export async function acceptResult(
  host: AcceptHost,
  id: string,
  { target, withDependencies, merge, ...options }: AcceptOptions,
  signal: AbortSignal,
): Promise<readonly AcceptOutcome[]> {
  const before = withDependencies === true ? undecidedDependencies(host.state(), id) : [];
  const why = acceptRefusal(host.state(), { ...options, subtask: id, after: before });
  if (why !== undefined) throw new BraidError(why);
  const wishes = [...before.map((subtask): AcceptWish => ({ subtask })), { ...options, subtask: id }];
  const outcomes = await acceptQueue(host, wishes, { target, merge: mergeKind(host, merge), signal });
  const own = outcomes.find((outcome) => outcome.subtask === id);
  const first = outcomes.find((outcome) => outcome.kind === "refused");
  // What keeps a dependency out is the reason that helps.
  if (first !== undefined) throw new BraidError(first.failure);
  if (own === undefined) throw new BraidError(failure("internal", `"${id}" was not gone through.`));
  return outcomes;
}

/** How results go in: as the decision says, else the run, else the front end. */
export function mergeKind(host: AcceptHost, asked: MergeKind | undefined): MergeKind {
  return asked ?? host.state().options.merge ?? host.ports.mergeKind?.() ?? "squash";
}
