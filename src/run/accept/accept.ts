import { decide } from "../../core/state/decide";
import { acceptRefusal, undecidedDependencies } from "../../core/review/decide-accept";
import { BraidError, failure, toFailure } from "../../core/failure";
import { subtaskState } from "../../core/state/state";
import { gitText } from "../../git/git";
import { landCommit } from "../../git/land";
import type { MergeKind } from "../../core/review/merge-kind";
import { undoStaged } from "./undo-staged";
import { applyResult } from "../../git/merge";
import { isAncestor, readRef, treeOf } from "../../git/repository";
import { checkTree } from "../../git/tree-check";
import { undoMessage } from "./accept-message";
import { acceptQueue, type AcceptOutcome } from "./accept-queue";
import { hookGate } from "./hook-approval";
import { redFailure, runCombinedChecks } from "./combined-checks";
import type { AcceptHost, AcceptWish } from "./prepare-accept";
import { refuseUnsaved } from "../unsaved";
import { makeUserCommit } from "./user-commit";

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

/** How an accept is to be taken back. */
export interface UndoOptions {
  /** The commit it put on the target, as it was shown. */
  readonly shown?: string | undefined;
  /** Whether the user's hooks and signing have their say; "on" where it is not said. */
  readonly customs?: "on" | "off" | undefined;
}

/**
 * Takes an accept back with a commit that undoes it, three-way in memory, so that what came after stays. The subtask is
 * open again then. Throws `merge.conflict` where what came after changed the same lines, `checks.failed`, and what
 * landing throws; the accept stands then, and the log says why.
 */
export async function undoAccept(
  host: AcceptHost,
  id: string,
  { shown, customs = "on" }: UndoOptions,
  signal: AbortSignal,
): Promise<void> {
  const decided = decide(host.state(), { type: "undo", subtask: id, shown });
  if (!decided.ok) throw new BraidError(decided.failure);
  try {
    await takeBack(host, id, customs, signal);
  } catch (error) {
    await host.record({ type: "undo.abandoned", subtask: id, failure: toFailure(error) });
    throw error;
  }
}

async function takeBack(host: AcceptHost, id: string, customs: "on" | "off", signal: AbortSignal): Promise<void> {
  const { repo } = host.ports;
  const state = host.state();
  const subtask = subtaskState(state, id);
  if (subtask?.decision.kind !== "accepted") return;
  const { commit: accepted, onto, how } = subtask.decision;
  const name = state.target.replace(/^refs\/heads\//u, "");
  const seen = await readRef(repo, state.target);
  if (seen === undefined)
    throw new BraidError(
      failure("target.missing", `The branch ${name} is gone.`, { hint: "Create it again, then undo." }),
    );
  const finish = async (commit: string): Promise<void> => {
    await host.record({ type: "undo.started", subtask: id, seen, commit });
    if (commit !== seen) await landCommit(repo, { target: state.target, seen, commit, reason: `braid: undo ${id}` });
    await host.record({ type: "undo.completed", subtask: id, commit });
  };
  const staged = how === "stage" && onto !== null && onto !== accepted;
  if (staged && (await undoStaged(host, subtask, { target: state.target, seen: onto, commit: accepted }))) return;
  // It changed nothing, or somebody has taken it off the branch already: there is nothing to revert.
  if (onto === accepted || (!staged && !(await isAncestor(repo, accepted, seen)))) return finish(seen);
  const merged = await applyResult(repo, { base: accepted, result: `${accepted}^1`, target: seen });
  if (merged.kind === "conflict")
    throw new BraidError(
      failure("merge.conflict", `"${id}" cannot be undone: ${merged.files.join(", ")} changed since.`, {
        hint: `Undo what came after first, or do it by hand: git revert ${accepted.slice(0, 12)}.`,
        detail: merged.messages.join("\n"),
      }),
    );
  const before = await treeOf(repo, seen);
  if (merged.tree === before) return finish(seen);
  await checkTree(repo, before, merged.tree);
  await refuseUnsaved(host.ports, state.target, before, merged.tree);
  const subject = await gitText(repo, ["log", "-1", "--format=%s", accepted]);
  const commit = await makeUserCommit(host, {
    subtask: id,
    attempt: subtask.attempt,
    tree: merged.tree,
    onto: seen,
    message: undoMessage(state, subtask, accepted, subject),
    customs,
    hooks: hookGate(host),
    signal,
  });
  const red = redFailure(
    `"${id}" undone`,
    await runCombinedChecks(host, commit, [], signal),
    "Undo what rests on it first.",
  );
  if (red !== undefined) throw new BraidError(red);
  signal.throwIfAborted();
  await refuseUnsaved(host.ports, state.target, seen, commit);
  await finish(commit);
}
