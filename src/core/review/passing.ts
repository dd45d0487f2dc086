import { valuesOf } from "../state/chunked";
import { beneathFirst, directDependencies, executableChangesOf, isUndecided } from "./decide-accept";
import { inOrder } from "../plan/graph";
import { subtaskState, type RunState } from "../state/state";
import type { SubtaskState } from "../state/subtask-state";

/** Which results may go in together without anybody looking at each, and why the others stay in review. */
export interface Passing {
  /** In an order in which each stands behind what it rests on. */
  readonly accept: readonly string[];
  readonly left: readonly LeftInReview[];
}

/** A result that stays in review, and why. */
export interface LeftInReview {
  readonly subtask: string;
  readonly reason: string;
  /** Whether it would go in if somebody looked at it and took it by name. */
  readonly byName: boolean;
}

/**
 * Results that finished, whose checks are green, whose review left nothing open, and that touch no executable
 * configuration; each only with all it rests on. With `failed`, those of subtasks that failed or were not approved as well. What is
 * `suspicious`, by subtask and in words, stays: whether it is a secret only a person can tell. So does what somebody took back from the
 * branch, until they take it in again or it becomes another.
 */
export function passingSubtasks(
  state: RunState,
  suspicious: ReadonlyMap<string, string>,
  also: "failed" | "none" = "none",
): Passing {
  const accept = new Set<string>();
  const left: LeftInReview[] = [];
  const missingFor = new Map<string, readonly string[]>();
  for (const id of dependencyOrder(state)) {
    const subtask = subtaskState(state, id);
    if (subtask === undefined) continue;
    const missing = [
      ...new Set(
        directDependencies(state, id).flatMap((each) => [
          ...(missingFor.get(each) ?? []),
          ...(isUndecided(state, each) && !accept.has(each) ? [each] : []),
        ]),
      ),
    ];
    missingFor.set(id, missing);
    if (!isOpen(subtask)) continue;
    const undone = undoneReason(subtask);
    const reason =
      undone ??
      (also === "failed" && subtask.status !== "cancelled" ? undefined : notPassing(subtask)) ??
      configReason(subtask) ??
      suspicious.get(id) ??
      (missing.length > 0 ? `it rests on ${missing.join(", ")}.` : undefined);
    if (reason === undefined) accept.add(id);
    else left.push({ subtask: id, reason, byName: reason === undone || reason === suspicious.get(id) });
  }
  return { accept: [...accept], left };
}

/** Everything in the plan's order, but each behind what went into its base. */
function dependencyOrder(state: RunState): readonly string[] {
  const order = new Set<string>();
  for (const { id } of inOrder(valuesOf(state.subtasks).map((s) => s.subtask)))
    for (const each of beneathFirst(state, id, order)) order.add(each);
  return [...order];
}

function isOpen({ status, decision, result }: SubtaskState): boolean {
  const ended = status === "finished" || status === "failed" || status === "cancelled";
  return ended && decision.kind === "open" && result !== null && result.files.length > 0;
}

/** Why a result would not pass by how its attempt ended, in words that follow its name; undefined where it would. */
export function notPassing({ subtask, status, checks, reviews }: SubtaskState): string | undefined {
  if (status !== "finished") return "it did not finish.";
  const red = checks.find((check) => !check.passed);
  if (red !== undefined) return `\`${red.command}\` failed.`;
  // Where no worker made the result: resolved by hand, or rebased where its checks could not be run.
  const missing = subtask.verify.find((command) => !checks.some((check) => check.command === command));
  if (missing !== undefined) return `\`${missing}\` was not run on it.`;
  // Findings beside an approval are remarks.
  return reviews.at(-1)?.decision === "request_changes" ? "its review left findings open." : undefined;
}

/** Why one whose accept was undone, and about which nothing was decided since, is not taken in along with others. */
function undoneReason({ undone }: SubtaskState): string | undefined {
  return undone === null ? undefined : "its accept was undone.";
}

function configReason(subtask: SubtaskState): string | undefined {
  const [first] = executableChangesOf(subtask);
  return first === undefined ? undefined : `it changes ${first.path} (${first.reason}).`;
}
