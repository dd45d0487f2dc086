import { commitPlainly, commitSigned, commitWithHooks, readCustoms } from "../../git/customs";
import { BRAID, userIdentity } from "../../git/identity";
import type { HookGate } from "./hook-approval";
import type { AcceptHost } from "./prepare-accept";
import { recordedSetup } from "../set-up/recorded-setup";
import { openWorkPlace } from "../attempt/work-place";

/**
 * Makes a commit the user keeps: by the user, with their hooks and signature unless `customs` says "off". Nothing moves, and
 * no hook runs that they have not allowed. Throws `hook.unapproved`, `hook.failed`, `hook.changed` and what a worktree throws.
 */
export async function makeUserCommit(
  host: AcceptHost,
  a: {
    readonly subtask: string;
    readonly attempt: number;
    readonly tree: string;
    readonly onto: string;
    /** The second parent of a merge commit. */
    readonly merged?: string | undefined;
    readonly message: string;
    readonly customs: "on" | "off";
    readonly hooks: HookGate;
    readonly signal: AbortSignal;
  },
): Promise<string> {
  const { repo } = host.ports;
  const commit = {
    tree: a.tree,
    onto: a.onto,
    ...(a.merged === undefined ? {} : { merged: a.merged }),
    message: a.message,
    by: (await userIdentity(repo)) ?? BRAID,
  };
  const customs = a.customs === "off" ? { hooks: null, signs: false } : await readCustoms(repo);
  if (customs.hooks === null) return customs.signs ? commitSigned(repo, commit, a.signal) : commitPlainly(repo, commit);
  const { subtask, onto, tree, signal } = a;
  const isStillAllowed = await a.hooks({ subtask, hooks: customs.hooks, onto, tree, signal });
  const { id, seq } = host.state();
  const place = await openWorkPlace(host.ports, {
    name: `${id}-commit-${seq}`,
    commit: a.onto,
    writable: true,
    setUp: recordedSetup(host, { subtask: a.subtask, attempt: a.attempt, by: "merge", signal: a.signal }),
    signal: a.signal,
  });
  try {
    await place.workspace.ready("all files");
    await isStillAllowed();
    return await commitWithHooks(repo, await place.made, { commit, hooks: customs.hooks, signal: a.signal });
  } finally {
    await place.close().catch((error: unknown) => host.ports.log(`commit worktree not removed: ${String(error)}`));
  }
}
