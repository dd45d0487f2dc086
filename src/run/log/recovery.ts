import { valuesOf } from "../../core/state/chunked";
import { access, lstat } from "node:fs/promises";
import { basename, dirname } from "node:path";
import { roleOf, type Role } from "../../agent/roles";
import { endOrphans } from "../../agent/sandbox-orphans";
import { isAskingPlanner } from "../../core/amendment/amendment-due";
import type { Result, RunEvent } from "../../core/state/events";
import { failure, toFailure, type Failure } from "../../core/failure";
import { toRole } from "../../core/role";
import type { UserRoles } from "../attempt/user-roles";
import type { RunState } from "../../core/state/state";
import type { SubtaskState } from "../../core/state/subtask-state";
import { describeUnkept, refuseLost } from "../../git/add-all";
import { commitResult, resultAt } from "../../git/commit";
import { isRealFolder } from "../../git/plain-folder";
import { requireFreeIndex, undoLanding } from "../../git/land";
import { resultRef } from "../../git/refs";
import { dropBegun } from "../../git/register-worktree";
import { removeTree } from "../../git/remove-tree";
import { isAncestor, readRef, type Repository } from "../../git/repository";
import { settleUnstaging, whereIsStaged } from "../../git/stage";
import { findCheckedOut, listWorktrees, removeWorktree, snapshotOf, type ListedWorktree } from "../../git/worktree";
import { sleep } from "../../util/abort";
import { isLeftByHand } from "./by-hand-left";
import { withWorktreeLock } from "./worktree-lock";
import type { RunPorts } from "../ports";

/** How long a git process may live on after its parent was killed, and how often its lock is looked for. */
const ORPHANS_MS = 5_000;
const LOCK_LOOK_MS = 100;

/**
 * What has to be said so that the log of a run whose process went away agrees with git again: planning and attempts
 * that were under way are interrupted, with what the attempts had done; an accept cut in half is either there or undone.
 * Removes the run's leftover worktrees, but for one whose work could not be kept.
 */
export async function reconcile(
  ports: RunPorts,
  state: RunState,
  userRoles: UserRoles = new Map(),
): Promise<readonly RunEvent[]> {
  const events: RunEvent[] = [];
  const worktrees = await worktreesOf(ports.repo, state.id);
  // What is kept of their files is looked at while nobody writes.
  await endOrphans(worktrees.map(({ dir }) => dir));
  if (state.plan === undefined && state.planFailure === undefined && !state.approved)
    events.push({
      type: "plan.failed",
      failure: failure("run.interrupted", "Braid was closed while it was planning.", {
        hint: "Resume the run: planning goes on.",
      }),
    });
  for (const subtask of valuesOf(state.subtasks)) {
    const id = subtask.subtask.id;
    if (subtask.status === "running")
      events.push({
        type: "subtask.failed",
        subtask: id,
        attempt: subtask.attempt,
        ...(await keepWork(ports, state, subtask, { worktrees, userRoles })),
      });
  }
  events.push(...(await settleMoves(ports, state)));
  if (isAskingPlanner(state))
    events.push({
      type: "amendment.failed",
      failure: failure("run.interrupted", "Braid was closed while the planner looked at the plan again.", {
        hint: "Resume the run to have it asked again.",
      }),
    });
  if (state.queue.length > 0) events.push({ type: "queue.ended" });
  // Whoever asked is gone with their process.
  for (const { key, answer } of state.approvals) if (answer === null) events.push({ type: "approval.withdrawn", key });
  if (state.synthesis.kind === "running")
    events.push({
      type: "synthesis.failed",
      failure: failure("run.interrupted", "Braid was closed while the reports were being brought together.", {
        hint: "Resume the run to have it done.",
      }),
    });
  const kept = [...events, ...valuesOf(state.subtasks)].flatMap((one) =>
    "failure" in one && one.failure?.code === "run.interrupted" ? [one.failure.detail] : [],
  );
  // An attempt that ended without a commit may have had work that could not be committed: its failure names the folder.
  const uncommitted = valuesOf(state.subtasks).filter(
    (s) =>
      s.result === null &&
      (s.status === "failed" || s.status === "cancelled") &&
      roleFor(s.subtask.agent, userRoles)?.writes !== false,
  );
  await withWorktreeLock(ports.repo, () => dropBegun(ports.repo, `${state.id}-`));
  for (const worktree of worktrees) {
    if (kept.includes(worktree.dir)) continue;
    // Somebody is at it, in this process or none.
    if (valuesOf(state.subtasks).some((s) => s.byHand?.worktree === basename(dirname(worktree.dir)))) continue;
    if (await isLeftByHand(ports.repo, state, worktree.dir)) continue;
    const home = dirname(worktree.dir);
    const mayHaveWork = uncommitted.some((s) => s.worktree === basename(home));
    // What is out of sight was being taken away, for nothing in it was worth keeping; on a disk that is away it is all out of sight.
    if (mayHaveWork && ((await isThere(worktree.dir)) || !(await isThere(home)))) continue;
    await withWorktreeLock(ports.repo, async () => {
      await removeWorktree(ports.repo, worktree);
      await removeTree(home);
    });
  }
  return events;
}

/**
 * Worktrees of a run that its folders say are ours. What git lists may have come with an archive: one that is reached through a link
 * would have somebody else's folder deleted.
 */
async function worktreesOf(repo: Repository, run: string): Promise<readonly ListedWorktree[]> {
  const named = (await listWorktrees(repo)).filter(
    ({ dir }) => basename(dir) === "tree" && basename(dirname(dir)).startsWith(`${run}-`),
  );
  const ours = await Promise.all(
    named.map(async ({ dir }) => {
      const home = dirname(dir);
      const isGone = (await lstat(home).catch(() => undefined)) === undefined;
      return isGone || isRealFolder(home);
    }),
  );
  return named.filter((_, i) => ours[i]);
}

/** The role of this name; undefined where there is none. */
function roleFor(agent: string, userRoles: UserRoles): Role | undefined {
  const name = toRole(agent);
  return name === undefined ? userRoles.get(agent)?.role : roleOf(name);
}

/** Commits what an interrupted attempt left in its worktree. Where that fails the folder stays, named in `detail`. */
async function keepWork(
  ports: RunPorts,
  state: RunState,
  { subtask, attempt, base, worktree: folder }: SubtaskState,
  { worktrees, userRoles }: { readonly worktrees: readonly ListedWorktree[]; readonly userRoles: UserRoles },
): Promise<{ readonly failure: Failure; readonly result: Result | null }> {
  const message = "Braid was closed while this was running.";
  const interrupted = failure("run.interrupted", message, { hint: "Resume the run to try it again." });
  const role = roleFor(subtask.agent, userRoles);
  const dir = worktrees.find((worktree) => basename(dirname(worktree.dir)) === folder)?.dir;
  const position = state.positions.get(subtask.id);
  if (base === null || position === undefined || role?.writes !== true) return { failure: interrupted, result: null };
  // What is taken away was kept before, unless somebody else did it; half of it is out of sight.
  if (dir === undefined || !(await isThere(dir)))
    return { failure: interrupted, result: await committedBefore(ports, base, resultRef(state.id, position, attempt)) };
  try {
    const worktree = await findCheckedOut(ports.repo, dir);
    if (worktree === undefined) return { failure: interrupted, result: null };
    return await afterOrphans(async () => {
      const { tree, unkept } = await snapshotOf(ports.repo, worktree);
      refuseLost(unkept);
      const result = await commitResult(ports.repo, worktree, {
        tree,
        base,
        ref: resultRef(state.id, position, attempt),
        message: `${subtask.id}: ${message}\n\nBraid-Run: ${state.id}\nBraid-Subtask: ${subtask.id}\nBraid-Attempt: ${attempt}`,
      });
      const hint = `${interrupted.hint ?? ""} ${describeUnkept(unkept)}`.trim();
      return { failure: unkept.length === 0 ? interrupted : { ...interrupted, hint }, result };
    });
  } catch (error) {
    const why = toFailure(error).message;
    ports.log(`${state.id}/${subtask.id}: work in ${dir} not committed: ${why}`);
    const hint = `Its files are still in ${dir} (${why}). Resume the run to try it again.`;
    return { failure: failure("run.interrupted", message, { hint, detail: dir }), result: null };
  }
}

/** What an attempt had made a commit of when its process went away; null where it had not come so far. */
async function committedBefore({ repo, log }: RunPorts, base: string, ref: string): Promise<Result | null> {
  const commit = await readRef(repo, ref);
  if (commit === undefined) return null;
  return resultAt(repo, base, commit).catch((error: unknown) => {
    log(`${ref}: ${toFailure(error).message}`);
    return null;
  });
}

async function isThere(dir: string): Promise<boolean> {
  return access(dir).then(
    () => true,
    () => false,
  );
}

/** Tries again while a git process that outlived its Braid may still hold a lock; work it keeps us from would be paid for twice. */
async function afterOrphans<T>(action: () => Promise<T>): Promise<T> {
  const until = performance.now() + ORPHANS_MS;
  for (;;) {
    try {
      return await action();
    } catch (error) {
      if (toFailure(error).code !== "repo.busy" || performance.now() > until) throw error;
      await sleep(LOCK_LOOK_MS);
    }
  }
}

/** What became of moves of the target that were begun and whose end is not in the log. Not to be called while one is under way. */
export async function settleMoves(ports: RunPorts, state: RunState): Promise<readonly RunEvent[]> {
  const events: RunEvent[] = [];
  for (const { subtask, decision } of valuesOf(state.subtasks))
    if (decision.kind === "accepting" || decision.kind === "undoing")
      events.push(await settleMove(ports, state.target, subtask.id, decision));
  return events;
}

/** Whether a move of the target that was begun is there; where it is not, what it left is taken back. */
async function settleMove(
  ports: RunPorts,
  target: string,
  subtask: string,
  move: Extract<SubtaskState["decision"], { readonly kind: "accepting" | "undoing" }>,
): Promise<RunEvent> {
  const { seen, commit } = move;
  // Half of a move that an orphan goes on with cannot be taken back; once it has let go there is a whole one. What is still in
  // the way then is named by what follows.
  await afterOrphans(() => requireFreeIndex(ports.repo, target)).catch(() => undefined);
  const [what, again] = move.kind === "accepting" ? (["accept", "Accept"] as const) : (["undo", "Undo"] as const);
  if (move.kind === "accepting" && move.how === "stage" && (await isStaged(ports, target, move)))
    return { type: "accept.completed", subtask, commit };
  if (move.kind === "undoing" && move.how === "stage") return settleUndoOfStaged(ports, target, subtask, move);
  const tip = await readRef(ports.repo, target);
  if (tip !== undefined && (await isAncestor(ports.repo, commit, tip)))
    return { type: `${what}.completed`, subtask, commit };
  try {
    await undoLanding(ports.repo, { target, seen, commit: move.kind === "accepting" ? move.tip : commit });
  } catch (error) {
    ports.log(`${subtask}: ${toFailure(error).message}`);
    return { type: `${what}.abandoned`, subtask, failure: toFailure(error) };
  }
  const doing = what === "accept" ? "this was being accepted" : "this accept was being undone";
  return {
    type: `${what}.abandoned`,
    subtask,
    failure: failure("run.interrupted", `Braid was closed while ${doing}; the branch did not move.`, {
      hint: `${again} it again.`,
    }),
  };
}

async function settleUndoOfStaged(
  { repo, log }: RunPorts,
  target: string,
  subtask: string,
  { seen, commit }: { readonly seen: string; readonly commit: string },
): Promise<RunEvent> {
  try {
    // The undo's way back: what it started from was staged on what it goes to.
    if (await settleUnstaging(repo, { target, seen: commit, commit: seen }))
      return { type: "undo.completed", subtask, commit };
  } catch (error) {
    log(`${subtask}: ${toFailure(error).message}`);
    return { type: "undo.abandoned", subtask, failure: toFailure(error) };
  }
  const why = failure("run.interrupted", "Braid was closed while what was staged was being taken back.", {
    hint: "Undo it again.",
  });
  return { type: "undo.abandoned", subtask, failure: why };
}

/** Whether index and files had moved when the process went away; what else there is to undo is found out the usual way. */
async function isStaged(
  { repo }: RunPorts,
  target: string,
  { seen, tip }: { readonly seen: string; readonly tip: string },
): Promise<boolean> {
  const where = await whereIsStaged(repo, { target, seen, commit: tip }).catch(() => "gone");
  return where === "staged" || where === "committed";
}
