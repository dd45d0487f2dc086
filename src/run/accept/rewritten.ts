import type { Accepted } from "../../core/state/subtask-state";
import { gitText } from "../../git/git";
import { applyResult } from "../../git/merge";
import { hasObject } from "../../git/refs";
import { treeOf } from "../../git/repository";
import type { AcceptHost } from "./prepare-accept";

/**
 * Whether a branch that has not the commit of an accept has what it changed: amended or rebased it has another name. What cannot be
 * told from the files, its trailers tell.
 */
export async function isRewritten(
  host: AcceptHost,
  id: string,
  { commit, onto }: Accepted,
  { seen, from, to }: { readonly seen: string; readonly from: string; readonly to: string },
): Promise<boolean> {
  const { repo } = host.ports;
  // Long since cleaned away by git.
  if (!(await hasObject(repo, commit))) return false;
  const merged = await applyResult(repo, { base: from, result: to, target: seen });
  if (merged.kind === "clean") return merged.tree !== (await treeOf(repo, seen));
  const trailers = [`--grep=^Braid-Run: ${host.state().id}$`, `--grep=^Braid-Subtask: ${id}$`];
  const since = onto === null ? seen : `${onto}..${seen}`;
  return (await gitText(repo, ["log", "-1", "--format=%H", "--all-match", ...trailers, since, "--"])) !== "";
}
