import { valueAt } from "../../core/state/chunked";
import type { CheckResult } from "../../core/state/events";
import { failure, type Failure } from "../../core/failure";
import { subtaskState } from "../../core/state/state";
import { runChecks } from "./checks";
import { commandRefusal } from "../steering/command-approval";
import type { AcceptHost } from "./prepare-accept";
import { recordedSetup } from "../set-up/recorded-setup";
import { openWorkPlace } from "../attempt/work-place";

/** The plan's checks on a tree the target would have; none where the plan has none. Throws what a worktree throws. */
export async function runCombinedChecks(
  host: AcceptHost,
  commit: string,
  subtasks: readonly string[],
  signal: AbortSignal,
): Promise<readonly CheckResult[]> {
  const state = host.state();
  const commands = combinedChecksOf(host);
  if (commands.length === 0) return [];
  const about = subtasks.at(-1) ?? valueAt(state.subtasks, 0)?.subtask.id ?? "";
  const place = await openWorkPlace(host.ports, {
    name: `${state.id}-merge-${state.seq}`,
    commit,
    writable: true,
    setUp: recordedSetup(host, {
      subtask: about,
      attempt: subtaskState(state, about)?.attempt ?? 1,
      by: "merge",
      signal,
    }),
    refusal: (asked) => commandRefusal(host, { subtask: about, ...asked }),
    isOurs: host.isOurs,
    signal,
  });
  try {
    const checks = await runChecks(host, place, commands, { subtask: null, attempt: 1, signal });
    await host.record({ type: "queue.checked", subtasks, commit, checks });
    return checks;
  } finally {
    await place.close().catch((error: unknown) => host.ports.log(`merge worktree not removed: ${String(error)}`));
  }
}

/** The commands that have to be green before the target moves. */
export function combinedChecksOf(host: AcceptHost): readonly string[] {
  return host.state().plan?.integration?.validation_tests ?? [];
}

/** Why these checks keep `what` off the target; undefined when all are green. */
export function redFailure(what: string, checks: readonly CheckResult[], hint: string): Failure | undefined {
  const red = checks.filter((check) => !check.passed);
  if (red.length === 0) return undefined;
  const names = red.map((check) => `\`${check.command}\``).join(", ");
  return failure("checks.failed", `With ${what}, ${names} fails.`, {
    hint,
    detail: red.map((check) => `$ ${check.command}\n${check.output}`).join("\n\n"),
  });
}
