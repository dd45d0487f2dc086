import { lstat, readdir } from "node:fs/promises";
import { join } from "node:path";
import { BraidError, failure, toFailure, type Failure } from "../core/failure";
import { rawChanges, type RawChange } from "./diff";
import { git, gitError, type GitOutput, type GitPlace } from "./git";
import type { Repository } from "./repository";
import { restoreFiles } from "./restore-files";
import { heldLock } from "./held-lock";
import { isAsListed } from "./as-listed";

/**
 * Moves index and files of the work tree at `dir` from one commit to another. Throws `tree.in-the-way`, `tree.dirty`,
 * `repo.busy` before anything is touched; `disk.full` and `git.failed` when it broke off half-way, with the files put
 * back.
 */
export async function moveFiles(repo: Repository, dir: string, from: string, to: string): Promise<void> {
  const changes = await rawChanges(repo, from, to);
  await refuseInTheWay(dir, changes);
  const place = { dir };
  if (await isAsListed(place, changes)) {
    const broken = await moveOnce(place, from, to);
    if (broken === undefined) return;
    // What has other times than its entry git takes for changed, and somebody may have changed something in the very moment.
    if (broken.code !== "git.failed") throw new BraidError(broken);
  }
  await refuseDirty(place, from, to);
  const broken = await moveOnce(place, from, to);
  if (broken !== undefined) throw new BraidError(broken);
}

/** Throws what {@link moveFiles} would refuse the move for now, and touches no file. `to` may be a tree. */
export async function refuseBlockedMove(repo: Repository, dir: string, from: string, to: string): Promise<void> {
  const changes = await rawChanges(repo, from, to);
  await refuseInTheWay(dir, changes);
  if (!(await isAsListed({ dir }, changes))) await refuseDirty({ dir }, from, to);
}

/**
 * Moves what is known to be as `from` has it. Resolves with why git broke it off, the files being as they were; throws where they
 * could not be put back.
 */
async function moveOnce(place: GitPlace, from: string, to: string): Promise<Failure | undefined> {
  const broken = await breakOf(place, ["read-tree", "-m", "-u", from, to]);
  if (broken === undefined || !broken.mayHaveBegun) return broken?.why;
  const { why } = broken;
  try {
    await restoreFiles(place, from, to);
    return why;
  } catch (error) {
    const hint = `Then put back what git could not: git -C ${place.dir} status, git restore. ${why.hint ?? ""}`;
    throw new BraidError({ ...why, hint }, { cause: error });
  }
}

/** Why a move was broken off, and whether anything may have been written by then; undefined where it came to its end. */
async function breakOf(
  place: GitPlace,
  args: readonly string[],
): Promise<{ readonly why: Failure; readonly mayHaveBegun: boolean } | undefined> {
  try {
    const output = await git(place, args, { expect: [0, 1, 128] });
    if (output.exitCode === 0) return undefined;
    const why = brokenOff(args, output);
    // What git refuses it has not begun: what is otherwise there by now is somebody else's, and none of our leavings.
    return { why, mayHaveBegun: why.code !== "repo.busy" && !REFUSED.test(output.stderr) };
  } catch (error) {
    // One that was ended from outside may have been half-way.
    const why = toFailure(error);
    if (why.code !== "git.failed") throw error;
    return { why, mayHaveBegun: true };
  }
}

/** Git's words for what it finds in its way before it writes anything. */
const REFUSED = /not uptodate|would be (?:overwritten|removed) by merge|would lose untracked files|overlaps with/u;

/** Has git judge the whole move, once its index knows which files only look changed. Throws `tree.dirty`, `repo.busy`. */
async function refuseDirty(place: GitPlace, from: string, to: string): Promise<void> {
  await git(place, ["update-index", "-q", "--refresh"], { expect: [0, 1, 128] });
  const dryRun = await git(place, ["read-tree", "-n", "-m", "-u", from, to], { expect: [0, 1, 128] });
  if (dryRun.exitCode !== 0) throw dirty(place.dir, dryRun.stderr);
}

/** Git says "unable to write" for a full disk without saying why. */
function brokenOff(args: readonly string[], output: GitOutput): Failure {
  const { stderr } = output;
  if (/No space left|quota exceeded|unable to write/iu.test(stderr))
    return failure("disk.full", "The disk is full; the files could not be written.", {
      hint: "Free some space, then accept again.",
      detail: stderr.trim(),
    });
  return gitError(args, output).failure;
}

/** `read-tree` overwrites an ignored file without a word, so every path that is new is looked at first. */
async function refuseInTheWay(dir: string, changes: readonly RawChange[]): Promise<void> {
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

function dirty(dir: string, stderr: string): BraidError {
  const paths = [...stderr.matchAll(/Entry '(.+?)' (?:not uptodate|would be overwritten|overlaps)/gu)].map(
    (m) => m[1] ?? "",
  );
  const held = heldLock(stderr);
  if (held !== undefined) return held;
  if (/resolve your current index/u.test(stderr))
    return new BraidError(
      failure("tree.dirty", `A conflict stands unresolved in ${dir}.`, {
        hint: "Resolve it and `git add` it (see `git status`), then accept again.",
        detail: stderr.trim(),
      }),
    );
  return new BraidError(
    failure("tree.dirty", `${paths.length === 0 ? "Local changes" : list(paths)} would be overwritten by this merge.`, {
      hint: "Commit or set aside your changes to it, then accept again.",
      // Where the file is named git's own words add nothing.
      ...(paths.length === 0 ? { detail: stderr.trim() } : {}),
    }),
  );
}

function list(paths: readonly string[]): string {
  return paths.length <= 3 ? paths.join(", ") : `${paths.slice(0, 3).join(", ")} and ${paths.length - 3} more`;
}
