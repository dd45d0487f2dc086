import { describeConflict } from "../../core/review/conflict";
import { refusal } from "../../core/review/decide-accept";
import { rebaseRefusal } from "../../core/review/decide-rebase";
import { restsOnRejected } from "../../core/review/rests-on-rejected";
import { BraidError, failure } from "../../core/failure";
import { subtaskState } from "../../core/state/state";
import { commitTree } from "../../git/commit";
import { changedFiles } from "../../git/diff";
import { executableChanges } from "../../git/executable-changes";
import { BRAID } from "../../git/identity";
import { applyResult } from "../../git/merge";
import { nameCommit, resultRef } from "../../git/refs";
import { treeOf } from "../../git/repository";
import { checkTree } from "../../git/tree-check";
import { resolveStart, startOf } from "../attempt/start";
import { checkResult } from "./check-result";
import type { AcceptHost } from "./prepare-accept";
import { lookForOverlaps } from "./radar";

/**
 * Puts a result on a base without what was rejected beneath it: what it changed itself, applied in memory, as the result of an
 * attempt of its own that waits for review. No worker is asked; its checks are run on it. `shown` is the commit that was looked at. Throws `run.state`,
 * `merge.conflict` naming where it cannot do without, `result.missing` where nothing is left of it, `tree.unsafe`; the result is
 * then as it was.
 */
export async function rebaseResult(
  host: AcceptHost,
  id: string,
  shown: string | undefined,
  signal: AbortSignal,
): Promise<void> {
  const state = host.state();
  const why = rebaseRefusal(state, id, shown);
  if (why !== undefined) throw new BraidError(why);
  const subtask = subtaskState(state, id);
  if (subtask?.base == null || subtask.result === null) return;
  const { repo } = host.ports;
  const without = restsOnRejected(state, id);
  const names = without.map((each) => `"${each}"`).join(", ");
  const start = startOf(
    state,
    subtask.restsOn.filter((each) => !without.includes(each)),
  );
  const base = await resolveStart(repo, state.base, start);
  signal.throwIfAborted();
  const merged = await applyResult(repo, { base: subtask.base, result: subtask.result.commit, target: base });
  if (merged.kind === "conflict")
    throw new BraidError(
      failure("merge.conflict", `"${id}" cannot do without ${names}: it conflicts in ${merged.files.join(", ")}.`, {
        hint: `Have it done again without: braid retry RUN ${id}${without.map((each) => ` --without ${each}`).join("")}.`,
        detail: merged.conflicts.map(describeConflict).join("\n"),
      }),
    );
  const before = await treeOf(repo, base);
  if (merged.tree === before)
    throw new BraidError(
      failure("result.missing", `Nothing is left of "${id}" without ${names}.`, { hint: `Reject it as well.` }),
    );
  await checkTree(repo, before, merged.tree);
  const attempt = subtask.attempt + 1;
  const commit = await commitTree(repo, {
    tree: merged.tree,
    parents: [base],
    message: `Rebased without what was rejected beneath it\n\nBraid-Run: ${state.id}\nBraid-Subtask: ${id}\nBraid-Attempt: ${attempt}\n`,
    by: BRAID,
  });
  const result = {
    commit,
    tree: merged.tree,
    files: await changedFiles(repo, base, commit),
    executable: await executableChanges(repo, base, commit),
  };
  const checks = await checkResult(host, id, commit, signal);
  signal.throwIfAborted();
  await host.decideInTurn(async () => {
    // People decide while the checks run, too.
    const late = rebaseRefusal(host.state(), id, subtask.result?.commit);
    if (late !== undefined)
      throw new BraidError(
        refusal(`"${id}" was not rebased, as it changed meanwhile: ${late.message}`, "Look at it as it is now."),
      );
    await nameCommit(repo, resultRef(state.id, state.positions.get(id) ?? 0, attempt), commit);
    await host.record({
      type: "subtask.rebased",
      subtask: id,
      attempt,
      base,
      restsOn: start.restsOn,
      without,
      result,
      ...(checks.length === 0 ? {} : { checks }),
    });
  });
  await lookForOverlaps(host, id);
}
