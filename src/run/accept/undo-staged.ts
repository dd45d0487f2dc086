import { BraidError, failure } from "../../core/failure";
import { gitText } from "../../git/git";
import type { Landing } from "../../git/land";
import { unstageCommit, whereIsStaged } from "../../git/stage";
import type { Repository } from "../../git/repository";
import type { SubtaskState } from "../../core/state/subtask-state";
import type { AcceptHost } from "./prepare-accept";
import { refuseUnsaved } from "../unsaved";

/** Whether what an accept staged still waits in the index, changed since or not. */
export async function isStillStaged(
  repo: Repository,
  landing: Pick<Landing, "target" | "seen" | "commit">,
): Promise<boolean> {
  const where = await whereIsStaged(repo, landing);
  return where === "staged" || where === "changed";
}

/**
 * Takes back what an accept only staged. False where the user has committed it since, or taken it out: it is the branch that
 * has to be looked at then. Throws `tree.dirty` where it was changed since, `run.state` where the target is not checked out.
 */
export async function undoStaged(
  host: AcceptHost,
  { subtask: { id } }: SubtaskState,
  landing: Landing,
): Promise<boolean> {
  const { repo } = host.ports;
  const { seen: onto, commit } = landing;
  const where = await whereIsStaged(repo, landing);
  if (where === "changed") {
    const paths = (await gitText(repo, ["diff", "--name-only", "--no-renames", onto, commit])).split("\n");
    throw new BraidError(
      failure("tree.dirty", `What was staged of "${id}" was changed since.`, {
        hint: `Undo what was staged after it first, or take it back by hand: git restore --staged --worktree ${paths.join(" ")}`,
      }),
    );
  }
  if (where !== "staged") return false;
  await refuseUnsaved(host.ports, landing.target, commit, onto);
  await host.record({ type: "undo.started", subtask: id, seen: commit, commit: onto, how: "stage" });
  await unstageCommit(repo, { ...landing, fence: host.fence });
  await host.record({ type: "undo.completed", subtask: id, commit: onto });
  return true;
}
