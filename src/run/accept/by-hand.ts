import { lstat, realpath } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { refusal } from "../../core/review/decide-accept";
import { BraidError, failure } from "../../core/failure";
import type { Report } from "../../core/report";
import { subtaskState } from "../../core/state/state";
import type { SubtaskState } from "../../core/state/subtask-state";
import { commitResult } from "../../git/commit";
import { isHalfMerged, putHalfMerged } from "../../git/half-merged";
import { resultRef } from "../../git/refs";
import { removeTree } from "../../git/remove-tree";
import { addWorktree, checkOut, findCheckedOut, removeWorktree } from "../../git/worktree";
import { withWorktreeLock } from "../log/worktree-lock";
import type { AcceptHost } from "./prepare-accept";
import type { RunPorts } from "../ports";
import { lookForOverlaps } from "./radar";
import { conflictToResolve, markerChecks } from "./resolving";

/** A conflict that stands in a folder for somebody to resolve. */
export interface OpenConflict {
  readonly dir: string;
  /** Paths that conflict, from the folder's top. */
  readonly files: readonly string[];
}

/**
 * Puts the conflict that keeps a result out into a worktree of its own, as a merge that waits to be finished. One that
 * stands there already is given again as it is. Throws what {@link conflictToResolve} and a worktree throw.
 */
export async function openByHand(host: AcceptHost, id: string, signal: AbortSignal): Promise<OpenConflict> {
  const { repo, worktreeRoot } = host.ports;
  const state = host.state();
  const subtask = subtaskState(state, id);
  if (subtask?.byHand != null) {
    const dir = treeOf(host.ports, subtask.byHand.worktree);
    const there = await findCheckedOut(repo, dir);
    const { resolving } = subtask.byHand;
    if (there !== undefined && (await isHalfMerged(repo, there, resolving))) return { dir, files: resolving.files };
  }
  const resolving = await conflictToResolve(repo, state, id);
  if (subtask?.base == null || subtask.result === null) throw new BraidError(refusal(`"${id}" has no result.`));
  // What stands of an earlier result's conflict is somebody's work, and stays beside it.
  const worktree = `${state.id}-${(state.positions.get(id) ?? 0) + 1}-hand-${subtask.attempt}`;
  const dir = treeOf({ worktreeRoot }, worktree);
  await host.record({ type: "conflict.opened", subtask: id, worktree, resolving });
  try {
    const made = await withWorktreeLock(
      repo,
      async () => {
        await removeWorktree(repo, { dir });
        return addWorktree(repo, dir, resolving.onto);
      },
      signal,
    );
    await checkOut(made, signal);
    const { onto, tree, files } = resolving;
    await putHalfMerged(made, { base: subtask.base, onto, result: subtask.result.commit, tree, files });
  } catch (error) {
    await removePlace(host.ports, dir).catch((why: unknown) => host.ports.log(`${dir} not removed: ${String(why)}`));
    throw error;
  }
  return { dir, files: resolving.files };
}

/**
 * Takes what stands in that worktree as the result of a new attempt, to be reviewed like any, and removes the folder. Throws
 * `run.state` where nothing was opened, `merge.conflict` while markers are left, `tree.dirty` while an editor holds unsaved
 * words, `result.missing` where nothing differs from the branch, `tree.unsafe`; the folder stays as it is then.
 */
export async function takeByHand(host: AcceptHost, id: string): Promise<void> {
  const { repo } = host.ports;
  const state = host.state();
  const subtask = subtaskState(state, id);
  const open = subtask?.byHand;
  if (subtask === undefined || open == null)
    throw new BraidError(refusal(`No conflict of "${id}" stands to be resolved.`, "Open it by hand first."));
  if (subtask.decision.kind !== "open") throw new BraidError(refusal(`"${id}" is decided.`));
  const dir = treeOf(host.ports, open.worktree);
  const worktree = await findCheckedOut(repo, dir);
  if (worktree === undefined || (await lstat(dir).catch(() => undefined)) === undefined)
    throw new BraidError(failure("worktree.failed", `${dir} is gone.`, { hint: "Open the conflict by hand again." }));
  await refuseUnsavedIn(host.ports, dir);
  const checks = await markerChecks(dir, { repo, base: open.resolving.onto, files: open.resolving.files });
  const red = checks.find((check) => !check.passed);
  if (red !== undefined)
    throw new BraidError(
      failure("merge.conflict", `Not resolved yet: ${red.output.trim().replaceAll("\n", " ")}`, {
        hint: `Go on in ${dir}, then take it again.`,
      }),
    );
  const attempt = subtask.attempt + 1;
  const words = `Conflict with ${state.target.replace(/^refs\/heads\//u, "")} resolved by hand in ${open.resolving.files.join(", ")}.`;
  const result = await commitResult(repo, worktree, {
    base: open.resolving.onto,
    ref: resultRef(state.id, state.positions.get(id) ?? 0, attempt),
    message: `${words.replaceAll(/[\u0000-\u001f\u007f]/gu, " ")}\n\nBraid-Run: ${state.id}\nBraid-Subtask: ${id}\nBraid-Attempt: ${attempt}`,
  });
  if (result === null)
    throw new BraidError(
      failure("result.missing", `What stands in ${dir} is what the branch has already.`, {
        hint: `Keep something of the result, or reject "${id}".`,
      }),
    );
  const changed = new Set(result.files.flatMap(({ path, from }) => (from === undefined ? [path] : [path, from])));
  // A file without markers may be what git could not merge, or a side somebody took: whoever reviews it should know.
  const kept = open.resolving.files.filter((path) => !changed.has(path));
  const report = reportOf(subtask, words, { files: result.files.map(({ path }) => path), kept });
  await host.record({
    type: "conflict.resolved",
    subtask: id,
    attempt,
    base: open.resolving.onto,
    result,
    report,
    checks,
  });
  await removePlace(host.ports, dir).catch((error: unknown) => host.ports.log(`${dir} not removed: ${String(error)}`));
  await lookForOverlaps(host, id);
}

/** What the worker said of its work, and that somebody else finished it. */
function reportOf(
  { report }: SubtaskState,
  words: string,
  { files, kept }: { readonly files: readonly string[]; readonly kept: readonly string[] },
): Report {
  const points = kept.map((path) => `${path} is as the branch has it: nothing of the result was kept there.`);
  if (report === null) return { summary: words, files: [...files], findings: [], decisions: [], open_points: points };
  return {
    ...report,
    files: [...files],
    decisions: [...report.decisions, words],
    open_points: [...report.open_points, ...points],
  };
}

async function refuseUnsavedIn({ unsavedFiles }: RunPorts, dir: string): Promise<void> {
  const root = `${await realpath(dir)}/`;
  const folders = await Promise.all(
    (unsavedFiles?.() ?? []).map(async (file) =>
      join(await realpath(dirname(file)).catch(() => dirname(file)), basename(file)),
    ),
  );
  const unsaved = folders.filter((file) => file.startsWith(root));
  if (unsaved.length > 0)
    throw new BraidError(
      failure("tree.dirty", `${unsaved.map((file) => file.slice(root.length)).join(", ")} is not saved yet.`, {
        hint: "Save it, then take it again.",
      }),
    );
}

/** A log can come with an archive: a name in it that is none of ours would lead out of the folder of worktrees, which is deleted. */
function treeOf({ worktreeRoot }: Pick<RunPorts, "worktreeRoot">, name: string): string {
  if (!/^r[0-9a-z]{7}-\d+-hand(?:-\d+)?$/u.test(name))
    throw new BraidError(
      failure("journal.corrupt", "The log names a folder that Braid did not make for this conflict."),
    );
  return join(worktreeRoot, name, "tree");
}

async function removePlace({ repo }: RunPorts, dir: string): Promise<void> {
  await removeTree(dir);
  await withWorktreeLock(repo, () => removeWorktree(repo, { dir }));
  await removeTree(dirname(dir));
}
