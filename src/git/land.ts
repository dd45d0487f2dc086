import { lstat, readdir } from "node:fs/promises";
import { join } from "node:path";
import { BraidError, failure } from "../core/failure";
import { rawChanges } from "./diff";
import { git } from "./git";
import { refuseHalfDone, refuseHalfMoved } from "./half-done";
import { moveRef } from "./ref-transaction";
import type { Repository } from "./repository";
import { listWorktrees } from "./worktree";

/**
 * Moves a branch to `commit`, and with it the files of the work tree that has it checked out, if one does. The user's
 * own changes are respected: whatever is dirty, staged or merely in the way refuses the move before anything happened.
 *
 * Throws `target.moved`, `repo.busy`, `tree.dirty`, `tree.in-the-way`; after any of them branch, index and files
 * are what they were.
 */
export async function landCommit(
  repo: Repository,
  landing: { readonly target: string; readonly seen: string; readonly commit: string; readonly reason: string },
): Promise<void> {
  const move = { ref: landing.target, seen: landing.seen, commit: landing.commit, reason: landing.reason };
  await refuseHalfMoved(repo, landing.target);
  const checkout = (await listWorktrees(repo)).find((worktree) => worktree.branch === landing.target);
  if (checkout === undefined) return moveRef(repo, move, async () => undefined);
  const place = { dir: checkout.dir };
  await refuseHalfDone(place.dir);
  await git(place, ["update-index", "-q", "--refresh"], { expect: [0, 1, 128] });
  await moveRef(repo, move, async () => {
    await refuseInTheWay(repo, place.dir, landing.seen, landing.commit);
    const output = await git(place, ["read-tree", "-m", "-u", landing.seen, landing.commit], { expect: [0, 1, 128] });
    if (output.exitCode !== 0) throw dirty(output.stderr);
  });
}

/** `read-tree` overwrites an ignored file without a word, so every path that is new is looked at first. */
async function refuseInTheWay(repo: Repository, dir: string, seen: string, commit: string): Promise<void> {
  const changes = await rawChanges(repo, seen, commit);
  const gone = new Set(changes.flatMap((c) => (c.letter === "D" ? [c.path] : c.from === undefined ? [] : [c.from])));
  const inTheWay: string[] = [];
  for (const change of changes) {
    if (change.letter !== "A" && change.letter !== "R" && change.letter !== "C") continue;
    const blocker = await findBlocker(dir, change.path, gone);
    if (blocker !== undefined) inTheWay.push(blocker);
  }
  if (inTheWay.length > 0)
    throw new BraidError(
      failure("tree.in-the-way", `${list(inTheWay)} would be overwritten and git does not track it.`, {
        hint: "Move or delete it, then accept again.",
        detail: inTheWay.join("\n"),
      }),
    );
}

/**
 * The first thing on the way to a new path that is not a plain folder, or what stands at the path itself. A folder
 * there may go when everything in it does.
 */
async function findBlocker(dir: string, path: string, gone: ReadonlySet<string>): Promise<string | undefined> {
  const parts = path.split("/");
  for (let depth = 1; depth <= parts.length; depth += 1) {
    const prefix = parts.slice(0, depth).join("/");
    const stats = await lstat(join(dir, prefix)).catch(() => undefined);
    if (stats === undefined) return undefined;
    if (!stats.isDirectory()) return gone.has(prefix) ? undefined : prefix;
  }
  return findKept(dir, path, gone);
}

/** A path below `folder` that is not `gone`. */
async function findKept(dir: string, folder: string, gone: ReadonlySet<string>): Promise<string | undefined> {
  for (const entry of await readdir(join(dir, folder), { withFileTypes: true })) {
    const path = `${folder}/${entry.name}`;
    const kept = entry.isDirectory() ? await findKept(dir, path, gone) : path;
    if (kept !== undefined && !gone.has(kept)) return kept;
  }
  return undefined;
}

function dirty(stderr: string): BraidError {
  const paths = [...stderr.matchAll(/Entry '(.+?)' (?:not uptodate|would be overwritten|overlaps)/gu)].map(
    (m) => m[1] ?? "",
  );
  if (/index\.lock/u.test(stderr))
    return new BraidError(
      failure("repo.busy", "The index is locked by another git process.", {
        hint: "Wait for it to end, then accept again.",
        detail: stderr,
      }),
    );
  return new BraidError(
    failure("tree.dirty", `${paths.length === 0 ? "Local changes" : list(paths)} would be overwritten by this merge.`, {
      hint: "Commit or set aside your changes to it, then accept again.",
      detail: stderr.trim(),
    }),
  );
}

function list(paths: readonly string[]): string {
  return paths.length <= 3 ? paths.join(", ") : `${paths.slice(0, 3).join(", ")} and ${paths.length - 3} more`;
}
