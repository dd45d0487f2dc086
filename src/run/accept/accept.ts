import { acceptRefusal, undecidedDependencies } from "../../core/review/decide-accept";
import { BraidError, failure } from "../../core/failure";
import { alongRefusal, type Along, type TakenAlong } from "../../core/review/along";
import { subtaskState, type RunState } from "../../core/state/state";
import type { MergeKind } from "../../core/review/merge-kind";
import { readAlong } from "./read-along";
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
  /** What of that was shown, with what speaks against it: nothing goes along that would not pass, unless it is named here. */
  readonly dependencies?: readonly TakenAlong[] | undefined;
}

/**
 * Puts one subtask's result on the target as one commit: merged in memory, checked, then the branch, index and files
 * moved together. Throws a BraidError when it does not land; the branch is then where it was, or has what it rests on,
 * and the log says why.
 */
export async function acceptResult(
  host: AcceptHost,
  id: string,
  { target, withDependencies, dependencies = [], merge, ...options }: AcceptOptions,
  signal: AbortSignal,
): Promise<readonly AcceptOutcome[]> {
  const before = withDependencies === true ? undecidedDependencies(host.state(), id) : [];
  const why = acceptRefusal(host.state(), { ...options, subtask: id, after: before });
  if (why !== undefined) throw new BraidError(why);
  const state = host.state();
  const along = before.length === 0 ? [] : await readAlong(host.ports.repo, state, id);
  const alone = alongRefusal(id, along, dependencies);
  if (alone !== undefined) throw new BraidError(alone);
  const first = along.map((each): AcceptWish => wishAlong(state, each, dependencies));
  const wishes = [...first, { ...options, subtask: id }];
  const outcomes = await acceptQueue(host, wishes, { target, merge: mergeKind(host, merge), signal });
  const own = outcomes.find((outcome) => outcome.subtask === id);
  const refused = outcomes.find((outcome) => outcome.kind === "refused");
  // What keeps a dependency out is the reason that helps.
  if (refused !== undefined) throw new BraidError(refused.failure);
  if (own === undefined) throw new BraidError(failure("internal", `"${id}" was not gone through.`));
  return outcomes;
}

/** A result that goes in first: the one that was judged, and of it what was ticked where it was looked at. */
function wishAlong(state: RunState, { subtask, commit }: Along, shown: readonly TakenAlong[]): AcceptWish {
  const files = shown.find((each) => each.subtask === subtask)?.files;
  const base = subtaskState(state, subtask)?.base ?? "";
  return { subtask, shown: commit, ...(files === undefined ? {} : { selection: { base, commit, files } }) };
}

/** How results go in: as the decision says, else the run, else the front end. */
export function mergeKind(host: AcceptHost, asked: MergeKind | undefined): MergeKind {
  return asked ?? host.state().options.merge ?? host.ports.mergeKind?.() ?? "squash";
}
