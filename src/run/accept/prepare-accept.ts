import type { ApprovalAnswer } from "../../core/approval";
import { describeConflict } from "../../core/review/conflict";
import { executableChangesOf, type AcceptRequest } from "../../core/review/decide-accept";
import type { ExecutableChange, RunEvent } from "../../core/state/events";
import { BraidError, failure } from "../../core/failure";
import type { MergeKind } from "../../core/review/merge-kind";
import { defaultChoices, leaveOut, type LeftOut, type Taken } from "../../core/review/left-out";
import { extentOf, takesOf, type TakenFile } from "../../core/review/selection";
import { subtaskState, type RunState } from "../../core/state/state";
import type { SubtaskState } from "../../core/state/subtask-state";
import { commitTree } from "../../git/commit";
import { executableChanges } from "../../git/executable-changes";
import { BRAID } from "../../git/identity";
import { refuseBlocked } from "../../git/land";
import { applyResult, type Merged } from "../../git/merge";
import { partialTree } from "../../git/partial-tree";
import { nameCommit, stagedRef, takenRef } from "../../git/refs";
import { treeOf } from "../../git/repository";
import { checkTree } from "../../git/tree-check";
import { acceptMessage } from "./accept-message";
import type { InTurn } from "../../util/in-turn";
import type { RunPorts } from "../ports";
import type { Fence } from "../../git/ref-transaction";
import type { HookGate } from "./hook-approval";
import type { SetupPlan } from "../set-up/setup-plan";
import { refuseUnsaved } from "../unsaved";
import { refuseTurnedDown } from "./merged-history";
import { refuseMarkers } from "./resolving";
import { resultDiff } from "./result-diff";
import { makeUserCommit } from "./user-commit";

/** What an accept needs of its run. */
export interface AcceptHost {
  readonly ports: RunPorts;
  state(): RunState;
  record(event: RunEvent): Promise<void>;
  /** Lets nothing be decided about the run while an action reads its state and writes what follows. */
  readonly decideInTurn: InTurn;
  setup(): Promise<SetupPlan>;
  /** Aborts when the run as a whole is stopped. */
  readonly signal: AbortSignal;
  /** Whether the run is still this process's. */
  readonly isOurs: () => Promise<boolean>;
  /** What a move of the target verifies along with it: it moves when the run is taken from this process. */
  readonly fence: Fence;
  answer(key: string, signal: AbortSignal): Promise<ApprovalAnswer>;
}

/** A wish to have a result on the target. */
export interface AcceptWish extends AcceptRequest {
  /** The commit's message, instead of the report's words. */
  readonly message?: string | undefined;
  /** Why what is not taken is not; told to whoever works on it next. */
  readonly reason?: string | undefined;
  /** Whether the user's hooks and signing have their say; "on" where it is not said. */
  readonly customs?: "on" | "off" | undefined;
}

/** What a result is merged onto, how, and which hooks may run for it. */
export interface Onto {
  readonly onto: string;
  readonly merge: MergeKind;
  readonly hooks: HookGate;
  /** What goes in before it in the same move, and only in part. */
  readonly inPart: readonly string[];
  /** Where the move begins; said where the user's own changes are known to be in the way of one of those in it. */
  readonly blockedFrom?: string | undefined;
}

/** One result as a commit on what was there before it; nothing has moved yet. */
export interface PreparedAccept {
  readonly subtask: string;
  readonly wish: AcceptWish;
  /** The result's commit it was made of. */
  readonly result: string;
  readonly onto: string;
  /** `onto` itself where there was nothing left to change. */
  readonly commit: string;
  readonly taken: Taken | undefined;
  readonly leftOut: readonly LeftOut[];
  readonly config: readonly ExecutableChange[];
}

/**
 * Merges what is wanted of a result onto a commit, in memory. Throws `merge.conflict`, `tree.unsafe`,
 * `selection.invalid`, `result.missing`, `hook.unapproved`, `hook.failed`, `hook.changed`, and what is in the way of it.
 */
export async function prepareAccept(
  host: AcceptHost,
  wish: AcceptWish,
  { onto, merge, hooks, inPart, blockedFrom }: Onto,
  signal: AbortSignal,
): Promise<PreparedAccept> {
  const { repo } = host.ports;
  const state = host.state();
  const subtask = subtaskState(state, wish.subtask);
  if (subtask?.base == null || subtask.result === null)
    throw new BraidError(failure("result.missing", `"${wish.subtask}" has no result.`));
  const { base, result } = subtask;
  const chosen = await choose(host, subtask, base, wish);
  const source = chosen.taken?.commit ?? result.commit;
  await refuseMarkers(repo, subtask, { commit: source, named: wish.marked ?? [] });
  const merged = await applyResult(repo, { base, result: source, target: onto });
  if (merged.kind === "conflict") throw conflictOf(state, subtask, merged);
  const config = executableChangesOf(subtask).filter(({ path }) => wish.config?.some((each) => each.path === path));
  const prepared = { subtask: wish.subtask, wish, result: result.commit, onto, ...chosen, config };
  const before = await treeOf(repo, onto);
  if (merged.tree === before) return { ...prepared, commit: onto };
  await checkTree(repo, before, merged.tree);
  await refuseUnsaved(host.ports, state.target, before, merged.tree);
  if (blockedFrom !== undefined)
    await refuseBlocked(repo, { target: state.target, seen: blockedFrom, commit: merged.tree });
  await refuseMovedConfig(host, { onto: before, tree: merged.tree }, wish, config);
  if (merge === "merge") await refuseTurnedDown(host, { subtask: wish.subtask, source, onto, inPart });
  const commit = await makeUserCommit(host, {
    subtask: wish.subtask,
    attempt: subtask.attempt,
    tree: merged.tree,
    onto,
    ...(merge === "merge" ? { merged: source } : {}),
    message: acceptMessage(state, subtask, wish.message),
    // What is only staged will be the user's own commit, with their customs.
    customs: merge === "stage" ? "off" : (wish.customs ?? "on"),
    hooks,
    signal,
  });
  if (merge === "stage")
    await nameCommit(repo, stagedRef(state.id, state.positions.get(wish.subtask) ?? 0, subtask.attempt), commit);
  return { ...prepared, commit };
}

/**
 * A merge may carry a result's change to another name, when the branch has renamed a folder: configuration that only came
 * to be executable that way was named by nobody.
 */
export async function refuseMovedConfig(
  host: AcceptHost,
  trees: { readonly onto: string; readonly tree: string },
  { subtask, config = [] }: AcceptWish,
  approved: readonly ExecutableChange[],
): Promise<void> {
  const unnamed = (await executableChanges(host.ports.repo, trees.onto, trees.tree)).filter(
    ({ path, blob }) =>
      !approved.some((each) => each.path === path) && !config.some((each) => each.path === path && each.blob === blob),
  );
  if (unnamed.length === 0) return;
  const names = unnamed.map(({ path, reason }) => `${path} (${reason})`).join(", ");
  throw new BraidError(
    failure("config.unconfirmed", `Merged into the branch, "${subtask}" changes ${names}.`, {
      hint: "Look at it, then merge it by hand, or leave that file out.",
    }),
  );
}

/** What is taken of the result; where that is not all, as a commit of its own on the subtask's base. */
async function choose(
  host: AcceptHost,
  subtask: SubtaskState,
  base: string,
  wish: AcceptWish,
): Promise<Pick<PreparedAccept, "taken" | "leftOut">> {
  const { selection } = wish;
  const commit = subtask.result?.commit ?? "";
  if (
    selection === undefined ? subtask.leftOut.length === 0 : selection.files === "all" && subtask.leftOut.length === 0
  )
    return { taken: undefined, leftOut: [] };
  const files = await resultDiff(host.ports.repo, base, commit);
  const wanted = selection ?? { base, commit, files: defaultChoices(files, subtask.leftOut) };
  const takes = takesOf(files, wanted);
  if ("code" in takes) throw new BraidError(takes);
  const leftOut = leaveOut(takes, wish.reason ?? "", subtask.leftOut);
  const extent = extentOf(takes);
  if (extent === "all") return { taken: undefined, leftOut };
  if (extent === "none")
    throw new BraidError(
      failure("result.missing", `Nothing of "${subtask.subtask.id}" is chosen.`, {
        hint: "Choose a file or a hunk, or reject the result.",
      }),
    );
  return { taken: await keepTaken(host, subtask, { base, commit }, takes), leftOut };
}

async function keepTaken(
  host: AcceptHost,
  { subtask: { id }, attempt }: SubtaskState,
  commits: { readonly base: string; readonly commit: string },
  takes: readonly TakenFile[],
): Promise<Taken> {
  const { repo } = host.ports;
  const state = host.state();
  const tree = await partialTree(repo, commits, takes);
  const commit = await commitTree(repo, {
    tree,
    parents: [commits.base],
    message: `${id}: what was taken of it\n\nBraid-Run: ${state.id}\nBraid-Subtask: ${id}\nBraid-Attempt: ${attempt}\n`,
    by: BRAID,
  });
  await nameCommit(repo, takenRef(state.id, state.positions.get(id) ?? 0, attempt), commit);
  return { files: takes.map(({ file, take }) => ({ path: file.path, take })), commit };
}

function conflictOf(
  state: RunState,
  { subtask: { id } }: SubtaskState,
  merged: Extract<Merged, { readonly kind: "conflict" }>,
): BraidError {
  const target = state.target.replace(/^refs\/heads\//u, "");
  return new BraidError(
    failure("merge.conflict", `"${id}" conflicts with ${target} in ${merged.files.join(", ")}.`, {
      hint:
        "Have an agent resolve it (braid resolve, or Braid: Resolve Conflict with an Agent), do it by hand " +
        "(braid resolve --by-hand, or Braid: Resolve Conflict by Hand), or reject it.",
      detail: (merged.conflicts.length > 0 ? merged.conflicts.map(describeConflict) : merged.messages).join("\n"),
    }),
  );
}
