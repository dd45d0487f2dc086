import { decide } from "../../core/state/decide";
import { executableChangesOf } from "../../core/review/decide-accept";
import { undoHint } from "../../core/review/undo-hint";
import type { PartLeft } from "../../core/review/part-undone";
import type { Selection } from "../../core/review/selection";
import { BraidError, failure, toFailure, type Failure } from "../../core/failure";
import { subtaskState } from "../../core/state/state";
import type { Accepted, SubtaskState } from "../../core/state/subtask-state";
import { gitText } from "../../git/git";
import { landCommit } from "../../git/land";
import { applyResult } from "../../git/merge";
import { isAncestor, readRef, treeOf } from "../../git/repository";
import { whereIsStaged } from "../../git/stage";
import { checkTree } from "../../git/tree-check";
import { redoMessage, undoMessage } from "./accept-message";
import { acceptResult } from "./accept";
import { redFailure, runCombinedChecks } from "./combined-checks";
import { hookGate } from "./hook-approval";
import { refuseMovedConfig, type AcceptHost } from "./prepare-accept";
import { partLeft } from "./undo-part";
import { isRewritten } from "./rewritten";
import { isStillStaged, undoStaged } from "./undo-staged";
import { refuseUnsaved } from "../unsaved";
import { makeUserCommit } from "./user-commit";

/** How an accept is to be taken back. */
export interface UndoOptions {
  /** The commit it put on the target, as it was shown. */
  readonly shown?: string | undefined;
  /** What of it goes back; all where it is not said. `exact` where each part was named, and has to be there. */
  readonly part?: (Selection & { readonly exact: boolean }) | undefined;
  /** Whether the user's hooks and signing have their say; "on" where it is not said. */
  readonly customs?: "on" | "off" | undefined;
}

type Customs = "on" | "off";

/**
 * Takes an accept back with a commit that undoes it, three-way in memory, so that what came after stays. The subtask is open again
 * then; of a part the rest stays accepted, and the part is left out from then on. Throws `merge.conflict` where what came after
 * changed the same lines, `selection.invalid`, `checks.failed`, and what landing throws; the accept stands then, and the log says
 * why.
 */
export async function undoAccept(
  host: AcceptHost,
  id: string,
  { shown, part, customs = "on" }: UndoOptions,
  signal: AbortSignal,
): Promise<void> {
  const decided = decide(host.state(), { type: "undo", subtask: id, shown });
  if (!decided.ok) throw new BraidError(decided.failure);
  // What makes no sense as a choice is the caller's mistake, and nothing that happened to the accept.
  const left = part === undefined ? "nothing" : await partLeft(host, id, part);
  try {
    await (left === "nothing" ? takeBack(host, id, customs, signal) : takePartBack(host, id, left, customs, signal));
  } catch (error) {
    await abandon(host, id, error);
    throw error;
  }
}

/**
 * Brings again what the last undo took back: the accept as it was, or the part of it. Throws `run.state` where nothing was undone
 * since the last decision, and what an accept and an undo throw.
 */
export async function redoAccept(host: AcceptHost, id: string, customs: Customs, signal: AbortSignal): Promise<void> {
  const state = host.state();
  const decided = decide(state, { type: "redo", subtask: id });
  if (!decided.ok) throw new BraidError(decided.failure);
  const subtask = subtaskState(state, id);
  if (subtask?.undone == null || subtask.base === null || subtask.result === null) return;
  const { accepted, leftOut } = subtask.undone;
  if (subtask.decision.kind === "accepted") {
    const part = { taken: accepted.taken, leftOut, left: accepted.left };
    try {
      await takePartBack(host, id, part, customs, signal, "again");
    } catch (error) {
      await abandon(host, id, error);
      throw error;
    }
    return;
  }
  const { base, result } = subtask;
  const files = accepted.taken?.files ?? "all";
  await acceptResult(
    host,
    id,
    {
      customs,
      merge: accepted.how,
      selection: { base, commit: result.commit, files },
      // The user let in this content when they accepted it first.
      config: executableChangesOf(subtask).filter(
        ({ path }) => files === "all" || files.some((choice) => choice.path === path && choice.take !== "none"),
      ),
    },
    signal,
  );
}

/** Says that an accept stands; not where only the end of its undo could not be written, which is found out before the next merge. */
async function abandon(host: AcceptHost, id: string, error: unknown): Promise<void> {
  const move = subtaskState(host.state(), id)?.decision;
  const hasMoved = move?.kind === "undoing" && move.commit !== move.seen && (await isAtItsEnd(host, move));
  if (!hasMoved) await host.record({ type: "undo.abandoned", subtask: id, failure: toFailure(error) });
}

/** What was staged is taken back in index and files, and the branch is where it was all the time. */
async function isAtItsEnd(
  host: AcceptHost,
  { how, seen, commit }: Extract<SubtaskState["decision"], { readonly kind: "undoing" }>,
): Promise<boolean> {
  const { repo } = host.ports;
  const { target } = host.state();
  if (how !== "stage") return (await readRef(repo, target)) === commit;
  return (await whereIsStaged(repo, { target, seen: commit, commit: seen }).catch(() => "staged")) === "gone";
}

async function takeBack(host: AcceptHost, id: string, customs: Customs, signal: AbortSignal): Promise<void> {
  const { repo } = host.ports;
  const state = host.state();
  const subtask = subtaskState(state, id);
  if (subtask?.decision.kind !== "accepted") return;
  const { commit: accepted, onto, left } = subtask.decision;
  const seen = await seeTarget(host);
  if (isStaged(subtask.decision) && onto !== null) {
    if (await undoStaged(host, subtask, { target: state.target, seen: onto, commit: accepted })) return;
  }
  const change = { from: left ?? accepted, to: `${accepted}^1` };
  const isThere =
    isStaged(subtask.decision) ||
    (await isAncestor(repo, accepted, seen)) ||
    (await isRewritten(host, id, subtask.decision, { ...change, seen }));
  // It changed nothing, or somebody has taken it off the branch already: there is nothing to revert.
  if (onto === accepted || !isThere) return land(host, id, { seen, commit: seen });
  const subject = await gitText(repo, ["log", "-1", "--format=%s", accepted]);
  await landChange(host, subtask, {
    seen,
    ...change,
    message: undoMessage(state, subtask, accepted, subject),
    customs,
    signal,
  });
}

/** Moves the branch from what is left of an accept now to what is to be left of it. */
async function takePartBack(
  host: AcceptHost,
  id: string,
  part: PartLeft,
  customs: Customs,
  signal: AbortSignal,
  again?: "again",
): Promise<void> {
  const { repo } = host.ports;
  const state = host.state();
  const subtask = subtaskState(state, id);
  if (subtask?.decision.kind !== "accepted") return;
  const { commit: accepted, onto, left } = subtask.decision;
  const seen = await seeTarget(host);
  const landing = { target: state.target, seen: onto ?? accepted, commit: accepted };
  if (isStaged(subtask.decision) && (await isStillStaged(repo, landing)))
    throw new BraidError(
      failure("run.state", `"${id}" is only staged.`, {
        hint: "Take the part back yourself (git restore --staged --worktree PATH), or commit it first.",
      }),
    );
  if (onto === accepted || (!isStaged(subtask.decision) && !(await isAncestor(repo, accepted, seen))))
    throw new BraidError(
      failure("run.state", `The accept of "${id}" is not on the branch any more.`, {
        hint: "Undo it whole, then accept what you want.",
      }),
    );
  const subject = await gitText(repo, ["log", "-1", "--format=%s", accepted]);
  const message = again === undefined ? undoMessage : redoMessage;
  await landChange(host, subtask, {
    seen,
    from: left ?? accepted,
    to: part.left ?? accepted,
    message: message(state, subtask, accepted, subject, "part"),
    part,
    ...(again === undefined ? {} : { redo: true }),
    customs,
    signal,
  });
}

/** Where a change goes, and what it is. */
interface Change {
  readonly seen: string;
  /** The branch gets what differs between these two. */
  readonly from: string;
  readonly to: string;
  readonly message: string;
  readonly part?: PartLeft;
  readonly redo?: true;
  readonly customs: Customs;
  readonly signal: AbortSignal;
}

/** Puts a change on the target as one commit: merged in memory, checked, then branch, index and files together. */
async function landChange(host: AcceptHost, subtask: SubtaskState, change: Change): Promise<void> {
  const { repo } = host.ports;
  const state = host.state();
  const { id } = subtask.subtask;
  const { seen, from, to, customs, signal, message } = change;
  const accepted = subtask.decision.kind === "accepted" ? subtask.decision.commit : "";
  const merged = await applyResult(repo, { base: from, result: to, target: seen });
  if (merged.kind === "conflict")
    throw new BraidError(
      failure(
        "merge.conflict",
        `"${id}" cannot be ${change.redo === true ? "redone" : "undone"}: ${merged.files.join(", ")} changed since.`,
        {
          hint: `Undo what came after first, or do it by hand: git revert ${accepted.slice(0, 12)}.`,
          detail: merged.messages.join("\n"),
        },
      ),
    );
  const before = await treeOf(repo, seen);
  if (merged.tree === before) return land(host, id, { ...change, commit: seen });
  await checkTree(repo, before, merged.tree);
  await refuseUnsaved(host.ports, state.target, before, merged.tree);
  if (change.redo === true)
    await refuseMovedConfig(host, { onto: before, tree: merged.tree }, { subtask: id }, executableChangesOf(subtask));
  const commit = await makeUserCommit(host, {
    subtask: id,
    attempt: subtask.attempt,
    tree: merged.tree,
    onto: seen,
    message,
    customs,
    hooks: hookGate(host),
    signal,
  });
  const red = redFailure(
    `"${id}" ${change.redo === true ? "redone" : "undone"}`,
    await runCombinedChecks(host, commit, [], signal),
    undoHint(host.state(), id, change.redo === true ? "redo" : change.part === undefined ? "undo" : "undo part"),
  );
  if (red !== undefined) throw new BraidError(await redWithout(host, accepted, change, red));
  signal.throwIfAborted();
  await refuseUnsaved(host.ports, state.target, seen, commit);
  await land(host, id, { ...change, commit });
}

/** Why the checks are red; where they are on the branch as it is, nothing that rests on the accept is to blame. */
async function redWithout(
  host: AcceptHost,
  accepted: string,
  { seen, signal, redo }: Change,
  red: Failure,
): Promise<Failure> {
  const without = redFailure("nothing undone", await runCombinedChecks(host, seen, [], signal), "");
  if (without === undefined) return red;
  const byHand =
    redo === true ? "" : ` Or take it back yourself (git revert ${accepted.slice(0, 12)}), then undo it here.`;
  const hint = `Make the branch green first, then try again.${byHand}`;
  return { ...red, message: `The branch itself is red. ${red.message}`, hint };
}

async function land(
  host: AcceptHost,
  subtask: string,
  { seen, commit, part, redo }: Pick<Change, "seen" | "part" | "redo"> & { readonly commit: string },
): Promise<void> {
  const { target } = host.state();
  await host.record({
    type: "undo.started",
    subtask,
    seen,
    commit,
    ...(part === undefined ? {} : { part }),
    ...(redo === undefined ? {} : { redo }),
  });
  const reason = `braid: ${redo === true ? "redo" : "undo"} ${subtask}`;
  if (commit !== seen) await landCommit(host.ports.repo, { target, seen, commit, reason, fence: host.fence });
  await host.record({ type: "undo.completed", subtask, commit });
}

async function seeTarget(host: AcceptHost): Promise<string> {
  const { target } = host.state();
  const seen = await readRef(host.ports.repo, target);
  if (seen !== undefined) return seen;
  throw new BraidError(
    failure("target.missing", `The branch ${target.replace(/^refs\/heads\//u, "")} is gone.`, {
      hint: "Create it again, then undo.",
    }),
  );
}

function isStaged({ how, onto, commit }: Accepted): boolean {
  return how === "stage" && onto !== null && onto !== commit;
}
