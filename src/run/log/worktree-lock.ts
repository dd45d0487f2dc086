import type { Repository } from "../../git/repository";
import { withLock } from "./lock";
import { repositoryLock } from "./places";

/**
 * Runs a git call that writes worktree metadata under the lock all of them are made under: git's own races with itself. It is taken
 * from a process that has gone silent with it (stopped, asleep): git's files are whole whatever that one does when it wakes up, and a
 * run taken over from it could not go on otherwise. Throws `repo.busy` as {@link withLock} does.
 */
export function withWorktreeLock<T>(repo: Repository, action: () => Promise<T>, signal?: AbortSignal): Promise<T> {
  return withLock(repositoryLock(repo), "Braid", action, { fromSilent: true, signal });
}
