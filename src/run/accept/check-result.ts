import { toFailure } from "../../core/failure";
import type { CheckResult } from "../../core/state/events";
import { subtaskState } from "../../core/state/state";
import { openWorkPlace } from "../attempt/work-place";
import { recordedSetup } from "../set-up/recorded-setup";
import { commandRefusal } from "../steering/command-approval";
import { runChecks } from "./checks";
import type { AcceptHost } from "./prepare-accept";

/**
 * The subtask's own checks on a result no worker made, in a worktree of its own. None where they cannot be run, which the log says and
 * the review shows as checks that are missing. Throws `cancelled`.
 */
export async function checkResult(
  host: AcceptHost,
  id: string,
  commit: string,
  signal: AbortSignal,
): Promise<readonly CheckResult[]> {
  const state = host.state();
  const subtask = subtaskState(state, id);
  const commands = subtask?.subtask.verify ?? [];
  if (subtask === undefined || commands.length === 0) return [];
  try {
    const place = await openWorkPlace(host.ports, {
      name: `${state.id}-check-${state.seq}`,
      commit,
      writable: true,
      setUp: recordedSetup(host, { subtask: id, attempt: subtask.attempt, by: "merge", signal }),
      refusal: (asked) => commandRefusal(host, { subtask: id, ...asked }),
      isOurs: host.isOurs,
      signal,
    });
    try {
      return await runChecks(host, place, commands, { subtask: null, attempt: 1, signal });
    } finally {
      await place.close().catch((error: unknown) => host.ports.log(`check worktree not removed: ${String(error)}`));
    }
  } catch (error) {
    signal.throwIfAborted();
    host.ports.log(`${id}: checks not run on the rebased result: ${toFailure(error).message}`);
    return [];
  }
}
