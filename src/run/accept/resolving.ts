import { lstat, readFile } from "node:fs/promises";
import { join } from "node:path";
import {
  addsConflictMarkers,
  describeConflict,
  hasConflictMarkers,
  parseConflictHunks,
  type Conflict,
  type ConflictHunk,
} from "../../core/review/conflict";
import { undecidedDependencies } from "../../core/review/decide-accept";
import type { CheckResult, Resolving } from "../../core/state/events";
import { BraidError, failure } from "../../core/failure";
import type { LeftOut } from "../../core/review/left-out";
import { beneath } from "../../core/plan/schedule";
import { subtaskState, type RunState } from "../../core/state/state";
import type { SubtaskState } from "../../core/state/subtask-state";
import { applyResult, type Merged } from "../../git/merge";
import { readBlob, readRef, type Repository } from "../../git/repository";
import { checkTree } from "../../git/tree-check";
import { putTree, type Worktree } from "../../git/worktree";

/** What merging a result into the target as it stands would come to. */
export interface MergePreview {
  /** Where the target is. */
  readonly target: string;
  readonly merged: Merged;
  /** The conflicting places of files that could be merged in part. */
  readonly files: readonly { readonly path: string; readonly hunks: readonly ConflictHunk[] }[];
}

/** Longest file whose conflicts are shown, in bytes. */
const MAX_SHOWN_BYTES = 2 * 1024 ** 2;

/** Merges a result into the target in memory, to see how that would go. Throws `target.missing`, `result.missing`. */
export async function previewMerge(repo: Repository, state: RunState, id: string): Promise<MergePreview> {
  const subtask = subtaskState(state, id);
  if (subtask?.base == null || subtask.result === null)
    throw new BraidError(failure("result.missing", `"${id}" has no result to merge.`));
  const target = await readRef(repo, state.target);
  if (target === undefined)
    throw new BraidError(
      failure("target.missing", `The branch ${state.target.replace(/^refs\/heads\//u, "")} is gone.`, {
        hint: "Create it again, then look again.",
      }),
    );
  const merged = await applyResult(repo, { base: subtask.base, result: subtask.result.commit, target });
  if (merged.kind === "clean") return { target, merged, files: [] };
  const files = await Promise.all(
    merged.files.map(async (path) => {
      const blob = await readBlob(repo, merged.tree, path);
      const text = blob === undefined || blob.length > MAX_SHOWN_BYTES ? "" : blob.toString("utf8");
      return { path, hunks: parseConflictHunks(text) };
    }),
  );
  return { target, merged, files: files.filter((file) => file.hunks.length > 0) };
}

/**
 * The conflict an agent is to resolve so that a result can go in. Throws `run.state` where there is none,
 * `merge.dependency` while what it rests on is not decided, `tree.unsafe`.
 */
export async function conflictToResolve(repo: Repository, state: RunState, id: string): Promise<Resolving> {
  const open = undecidedDependencies(state, id);
  if (open.length > 0)
    throw new BraidError(
      failure("merge.dependency", `"${id}" rests on ${open.join(", ")}, not decided yet.`, {
        hint: `Accept or reject ${open.join(", ")} first.`,
      }),
    );
  const { target, merged } = await previewMerge(repo, state, id);
  const left = await conflictsLeft(repo, subtaskState(state, id));
  if (merged.kind === "clean" && left.length === 0)
    throw new BraidError(failure("run.state", `"${id}" merges without a conflict.`, { hint: "Accept it." }));
  await checkTree(repo, target, merged.tree);
  const files = merged.kind === "clean" ? [] : merged.files;
  const conflicts = merged.kind === "clean" ? [] : merged.conflicts;
  return {
    onto: target,
    tree: merged.tree,
    files: [...new Set([...files, ...left.flatMap(({ paths }) => paths)])],
    conflicts: [...new Set([...conflicts, ...left].map(describeConflict))],
  };
}

/** Where an attempt to resolve a result's conflict has left markers in `commit`, the result where it is not said. */
export async function conflictsLeft(
  repo: Repository,
  subtask: SubtaskState | undefined,
  commit = subtask?.result?.commit,
): Promise<readonly Conflict[]> {
  if (subtask?.base == null || commit === undefined) return [];
  const { base, conflicted } = subtask;
  const left = await Promise.all(
    conflicted.map(async (path) => {
      const text = await textOf(repo, commit, path);
      return hasConflictMarkers(text) && addsConflictMarkers(text, await textOf(repo, base, path));
    }),
  );
  return conflicted
    .filter((_, i) => left[i] === true)
    .map((path) => ({ kind: "markers", paths: [path], message: `${path} still holds conflict markers.` }));
}

/** Keeps markers that an attempt has left in `commit` from the branch, but for files that are `named`. Throws `merge.conflict`. */
export async function refuseMarkers(
  repo: Repository,
  subtask: SubtaskState,
  { commit, named }: { readonly commit: string; readonly named: readonly string[] },
): Promise<void> {
  const left = (await conflictsLeft(repo, subtask, commit)).flatMap(({ paths }) => paths);
  const unnamed = left.filter((path) => !named.includes(path));
  if (unnamed.length === 0) return;
  throw new BraidError(
    failure(
      "merge.conflict",
      `"${subtask.subtask.id}" still holds the markers of its conflict in ${unnamed.join(", ")}.`,
      {
        hint:
          "Resolve it by hand (braid resolve --by-hand, or Braid: Resolve Conflict by Hand), request changes, or leave the file out. " +
          "One that is to hold them goes in by its name (braid accept --only PATH).",
      },
    ),
  );
}

async function textOf(repo: Repository, commit: string, path: string): Promise<string> {
  return (await readBlob(repo, commit, path))?.toString("utf8") ?? "";
}

/** Puts the half-merged files into a worktree that stands at the target. */
export async function checkOutConflict(worktree: Worktree, { tree }: Resolving): Promise<void> {
  await putTree(worktree, tree);
}

/** Whether markers that `base` has not are left in `files`, which had a conflict; none where there was no conflict. */
export async function markerChecks(
  root: string,
  { repo, base, files }: { readonly repo: Repository; readonly base: string; readonly files: readonly string[] },
): Promise<readonly CheckResult[]> {
  if (files.length === 0) return [];
  const started = performance.now();
  const left: string[] = [];
  for (const path of files) {
    const file = join(root, path);
    // A link is read as what it is, never followed.
    const stats = await lstat(file).catch(() => undefined);
    if (stats?.isFile() !== true) continue;
    const text = await readFile(file, "utf8");
    if (hasConflictMarkers(text) && addsConflictMarkers(text, await textOf(repo, base, path))) left.push(path);
  }
  return [
    {
      command: "no conflict markers",
      passed: left.length === 0,
      exitCode: left.length === 0 ? 0 : 1,
      durationMs: performance.now() - started,
      output: left.map((path) => `${path} still holds conflict markers.\n`).join(""),
    },
  ];
}

/** What the user turned down of a subtask and of all it rests on; its next attempt is told. */
export function leftOutFor(
  state: RunState,
  subtask: SubtaskState,
): readonly (LeftOut & { readonly subtask: string })[] {
  const { id, dependencies } = subtask.subtask;
  const ids = new Set([id, ...dependencies, ...beneath(state, ...dependencies)]);
  return [...ids].flatMap((each) =>
    (subtaskState(state, each)?.leftOut ?? []).map((part) => ({ ...part, subtask: each })),
  );
}
