import { refusal } from "../../core/review/decide-accept";
import { BraidError } from "../../core/failure";
import { valueAt } from "../../core/state/chunked";
import type { SubtaskState } from "../../core/state/subtask-state";
import { gitText } from "../../git/git";
import { listRefs } from "../../git/refs";
import type { AcceptHost } from "./prepare-accept";

/** A merge commit that would be made, and what goes in before it in the same move, of which only a part is taken. */
export interface MergeCommit {
  readonly subtask: string;
  readonly source: string;
  readonly onto: string;
  readonly inPart: readonly string[];
}

/**
 * Throws `run.state` where a second parent would bring results into the branch's history that were rejected, taken only in part or
 * followed by another: their files stay out, and whoever fetches the branch would have them all the same.
 */
export async function refuseTurnedDown(host: AcceptHost, merge: MergeCommit): Promise<void> {
  const { repo } = host.ports;
  const state = host.state();
  const list = await gitText(repo, ["rev-list", `${merge.onto}..${merge.source}`, "--"]);
  const brought = new Set(list.split("\n"));
  const results = await listRefs(repo, `refs/braid/${state.id}/`);
  const names = results.flatMap(({ ref, id: commit }) => {
    const position = brought.has(commit) ? /\/(\d+)\/\d+$/u.exec(ref)?.[1] : undefined;
    const subtask = valueAt(state.subtasks, Number(position ?? 0) - 1);
    if (subtask === undefined) return [];
    return isWhole(subtask, commit) && !merge.inPart.includes(subtask.subtask.id) ? [] : [`"${subtask.subtask.id}"`];
  });
  if (names.length === 0) return;
  const target = state.target.replace(/^refs\/heads\//u, "");
  const turnedDown = [...new Set(names)].join(", ");
  throw new BraidError(
    refusal(
      `As a merge commit "${merge.subtask}" would bring into the history of ${target} what was turned down of ${turnedDown}.`,
      "Accept it as one commit (--merge squash; the setting braid.review.merge).",
    ),
  );
}

function isWhole({ result, decision }: SubtaskState, commit: string): boolean {
  if (result?.commit !== commit || decision.kind === "rejected") return false;
  return decision.kind !== "accepted" || decision.taken === null;
}
