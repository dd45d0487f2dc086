import { parseDiff } from "../../core/review/hunks";
import { defaultChoices } from "../../core/review/left-out";
import { extentOf, takesOf } from "../../core/review/selection";
import type { RunState } from "../../core/state/state";
import type { SubtaskState } from "../../core/state/subtask-state";
import { commitTree } from "../../git/commit";
import { diffText } from "../../git/diff";
import { BRAID } from "../../git/identity";
import { applyResult } from "../../git/merge";
import { partialTree } from "../../git/partial-tree";
import { fromRef, keepTree } from "../../git/refs";
import type { Repository } from "../../git/repository";

/** Where an attempt begins: its base, and the commit whose files it finds there; null for those of the base. */
export interface Beginning {
  readonly base: string;
  readonly restsOn: readonly string[];
  readonly from: string | null;
}

/**
 * Has an attempt that is to change a result begin with it, without what was turned down of it. What it rests on may have become
 * another meanwhile: the result is put on that, and where it does not fit there it stays on what it was made on. So nothing the
 * user looked at is lost; what was rejected beneath it does not go in either way, for an accept takes what differs from the base.
 */
export async function carryOver(
  repo: Repository,
  state: RunState,
  subtask: SubtaskState,
  now: { readonly base: string; readonly restsOn: readonly string[] },
): Promise<Beginning> {
  const { request } = subtask;
  if (request === null) return { ...now, from: null };
  const { restsOn } = request;
  const kept = await withoutTurnedDown(repo, subtask, request);
  const before = { base: request.base, restsOn, from: kept === request.base ? null : kept };
  // A result that resolved a conflict stands on the branch, and what it resolved would come back elsewhere.
  const isResolution = restsOn.length === 0 && request.base !== state.base;
  if (now.base === request.base || isResolution || before.from === null) return keep(before);
  const moved = await applyResult(repo, { base: request.base, result: kept, target: now.base });
  if (moved.kind === "conflict") return keep(before);
  return keep({ ...now, from: await begin(repo, moved.tree, now.base) });

  async function keep(beginning: Beginning): Promise<Beginning> {
    if (beginning.from !== null && beginning.from !== request?.commit) {
      const position = state.positions.get(subtask.subtask.id) ?? 0;
      await keepTree(
        repo,
        fromRef(state.id, position, subtask.continues ? subtask.attempt : subtask.attempt + 1),
        beginning.from,
      );
    }
    return beginning;
  }
}

async function withoutTurnedDown(
  repo: Repository,
  { leftOut }: SubtaskState,
  { base, commit }: { readonly base: string; readonly commit: string },
): Promise<string> {
  if (leftOut.length === 0) return commit;
  const files = parseDiff(await diffText(repo, base, commit));
  const takes = takesOf(files, { base, commit, files: defaultChoices(files, leftOut) });
  // What is left is no tree: a file where a folder is to be. The worker is told what was turned down in any case.
  if ("code" in takes) return commit;
  const extent = extentOf(takes);
  if (extent !== "some") return extent === "all" ? commit : base;
  return begin(repo, await partialTree(repo, { base, commit }, takes), base);
}

function begin(repo: Repository, tree: string, base: string): Promise<string> {
  return commitTree(repo, { tree, parents: [base], message: "braid: begins with the last result", by: BRAID, date: 0 });
}
