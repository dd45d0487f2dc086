import type { SetupStep } from "../../core/setup";
import { git } from "../../git/git";
import { splitNul } from "../../git/split-nul";
import type { Repository } from "../../git/repository";
import { fillSubmodule, listSubmodules } from "../../git/submodules";
import { lfsPathsOf, listLfsPaths, type Worktree } from "../../git/worktree";
import { timed } from "./set-up";

/** Paths that are told one by one. */
const TOLD_PATHS = 5;

/** Submodules get the files the user's own clone of them has; nothing is fetched, and none of git's own set-up runs. */
export async function fillSubmodules(
  repo: Repository,
  worktree: Worktree,
  signal: AbortSignal,
): Promise<readonly SetupStep[]> {
  const steps: SetupStep[] = [];
  for (const submodule of await listSubmodules(worktree)) {
    signal.throwIfAborted();
    steps.push(
      await timed(async () => {
        const step = { kind: "submodule", name: submodule.path } as const;
        const why = await fillSubmodule(repo, worktree, submodule);
        return why === undefined ? { ...step, outcome: "done" } : { ...step, outcome: "skipped", reason: why };
      }),
    );
  }
  return steps;
}

/** Files kept by Git LFS are pointers in a worktree, which a project may not build with. */
export async function tellLfs(
  repo: Repository,
  worktree: Worktree,
  commit: string | undefined,
): Promise<readonly SetupStep[]> {
  const paths = await (commit === undefined ? listLfsPaths(worktree) : lfsPathsOf(repo, worktree, commit));
  if (paths.length === 0) return [];
  const reason = "kept by Git LFS: pointers here, their content is not fetched";
  return [{ kind: "files", name: listed(paths), outcome: "skipped", reason, durationMs: 0 }];
}

/** What set-up commands changed and git does not ignore: it will look like the worker's work, so it is said. */
export async function tellLeftOver(worktree: Worktree): Promise<readonly SetupStep[]> {
  const { stdout } = await git(worktree, ["status", "--porcelain", "-z", "--no-renames"]);
  const paths = splitNul(stdout).map((line) => line.slice(3));
  if (paths.length === 0) return [];
  const reason = "changed by set-up and not ignored, so part of the result";
  return [{ kind: "files", name: listed(paths), outcome: "done", reason, durationMs: 0 }];
}

function listed(paths: readonly string[]): string {
  const rest = paths.length > TOLD_PATHS ? ` and ${paths.length - TOLD_PATHS} more` : "";
  return `${paths.slice(0, TOLD_PATHS).join(", ")}${rest}`;
}
