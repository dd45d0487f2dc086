import { leaveOut } from "../../core/review/left-out";
import { staleRefusal } from "../../core/review/decide-accept";
import { remainder, type PartLeft } from "../../core/review/part-undone";
import { extentOf, takesOf, type Selection } from "../../core/review/selection";
import { BraidError, failure } from "../../core/failure";
import { subtaskState } from "../../core/state/state";
import { commitTree } from "../../git/commit";
import { gitText } from "../../git/git";
import { BRAID } from "../../git/identity";
import { applyResult } from "../../git/merge";
import { partialTree } from "../../git/partial-tree";
import { keptRef, nameCommit } from "../../git/refs";
import type { AcceptHost } from "./prepare-accept";
import { resultDiff } from "./result-diff";

/**
 * What is left of an accept without a part of it: of the result, and on the branch; "nothing" where the part is all that is there.
 * Throws `run.state` for a choice made on another result, `selection.invalid`, `merge.conflict` where the merge mixed the part with
 * what was there.
 */
export async function partLeft(
  host: AcceptHost,
  id: string,
  { base, commit, files: back, exact }: Selection & { readonly exact: boolean },
): Promise<PartLeft | "nothing"> {
  const { repo } = host.ports;
  const state = host.state();
  const subtask = subtaskState(state, id);
  if (subtask?.decision.kind !== "accepted" || subtask.result === null || subtask.base === null) return "nothing";
  if (subtask.base !== base || subtask.result.commit !== commit) throw new BraidError(staleRefusal(id));
  if (back === "all") return "nothing";
  const { taken, left, commit: accepted, onto } = subtask.decision;
  const files = await resultDiff(repo, base, commit);
  const stays = remainder(files, taken?.files ?? "all", back, { exact });
  if ("code" in stays) throw new BraidError(stays);
  const takes = takesOf(files, { base, commit, files: stays });
  if ("code" in takes) throw new BraidError(takes);
  if (extentOf(takes) === "none") return "nothing";
  const keep = async (tree: string, parent: string): Promise<string> => {
    const kept = await commitTree(repo, {
      tree,
      parents: [parent],
      message: `${id}: what is left of it\n\nBraid-Run: ${state.id}\nBraid-Subtask: ${id}\nBraid-Attempt: ${subtask.attempt}\n`,
      by: BRAID,
    });
    await nameCommit(repo, keptRef(state.id, state.positions.get(id) ?? 0, subtask.attempt, kept), kept);
    return kept;
  };
  const rest = await keep(await partialTree(repo, { base, commit }, takes), base);
  const now = left ?? accepted;
  const merged = await applyResult(repo, { base: taken?.commit ?? commit, result: rest, target: now });
  if (merged.kind === "conflict")
    throw new BraidError(
      failure("merge.conflict", `That part of "${id}" does not come out by itself: ${merged.files.join(", ")}.`, {
        hint: "It was merged with what was on the branch. Undo the accept whole, then accept what you want.",
      }),
    );
  const parent = onto ?? (await gitText(repo, ["rev-parse", `${accepted}^1`]));
  return {
    taken: { files: takes.map(({ file, take }) => ({ path: file.path, take })), commit: rest },
    leftOut: leaveOut(takes, "", subtask.leftOut),
    left: await keep(merged.tree, parent),
  };
}
