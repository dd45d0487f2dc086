import { existsSync } from "node:fs";
import { BraidError, failure } from "../core/failure";
import { hasCode } from "../util/system-error";
import type { Worktree } from "./worktree";

/** Says that git's own folder of a worktree, or what a checkout left there, is gone: pruned, or deleted by hand. */
export function forgotten({ dir }: Worktree, cause?: unknown): BraidError {
  return new BraidError(
    failure("git.failed", `git knows the worktree ${dir} no more: its index is gone.`, {
      hint: "Retry the subtask: it gets another.",
    }),
    { cause },
  );
}

/** Runs what needs git's folder of a worktree; where it fails because that folder is gone, the failure says so. */
export async function tellingForgotten<T>(worktree: Worktree, action: () => Promise<T>): Promise<T> {
  try {
    return await action();
  } catch (error) {
    const isAbout = hasCode(error, "ENOENT") || (error instanceof BraidError && error.failure.code === "git.failed");
    throw isAbout && !existsSync(worktree.gitDir) ? forgotten(worktree, error) : error;
  }
}
