import { valuesOf } from "../state/chunked";
import type { ExecutableChange } from "../state/events";
import { executableReason, isPackageManifest } from "./executable-config";
import { failure, type Failure } from "../failure";
import type { Selection } from "./selection";
import { subtaskState, type RunState } from "../state/state";
import type { SubtaskState } from "../state/subtask-state";

/** Content of an executable configuration file the user looked at and lets in. */
export interface ConfigApproval {
  readonly path: string;
  /** Git's id of the content that was shown. */
  readonly blob: string;
}

/** What is asked when a result is to go in. */
export interface AcceptRequest {
  readonly subtask: string;
  /** The result commit the decision was made on. */
  readonly shown?: string | undefined;
  /** What of it; all but what was left out before where it is not said. */
  readonly selection?: Selection | undefined;
  readonly config?: readonly ConfigApproval[] | undefined;
  /** Files that go in though markers of a conflict are left in them. */
  readonly marked?: readonly string[] | undefined;
  /** Subtasks that go in before it, in the same step. */
  readonly after?: readonly string[];
}

/** Why a result may not go in; undefined when it may. */
export function acceptRefusal(state: RunState, request: AcceptRequest): Failure | undefined {
  const { subtask: id, shown, selection, after = [] } = request;
  const subtask = subtaskState(state, id);
  if (subtask === undefined) return unknownSubtask(state, id);
  if (subtask.decision.kind === "accepted") return refusal(`"${id}" is already accepted.`);
  if (subtask.decision.kind === "accepting") return acceptingRefusal(id);
  if (subtask.decision.kind === "undoing") return undoingRefusal(id);
  if (subtask.decision.kind === "rejected") return refusal(`"${id}" was rejected.`, "Retry it to get a new result.");
  if (subtask.status === "running" || subtask.status === "pending")
    return refusal(`"${id}" has no result yet.`, "Wait for it to finish.");
  if (subtask.result === null || subtask.result.files.length === 0)
    return failure("result.missing", `"${id}" changed no files; there is nothing to accept.`);
  const open = undecidedDependencies(state, id).filter((each) => !after.includes(each));
  if (open.length > 0)
    return failure("merge.dependency", `"${id}" rests on ${quoted(open)}, which is not decided yet.`, {
      hint: `Accept or reject ${quoted(open)} first, or accept all in one step (--with-dependencies).`,
    });
  if (isStale(subtask, shown) || isStale(subtask, selection?.commit)) return staleRefusal(id);
  if (selection !== undefined && selection.base !== subtask.base) return staleRefusal(id);
  return configRefusal(subtask, request);
}

/** Executable configuration in a result; judged by the paths alone where the log is of before it was looked for. */
export function executableChangesOf(subtask: SubtaskState): readonly ExecutableChange[] {
  if (subtask.result === null) return [];
  const { executable, files } = subtask.result;
  return (
    executable ??
    files.flatMap(({ path, from }) => {
      const reason =
        executableReason(path) ??
        (from === undefined ? undefined : executableReason(from)) ??
        (isPackageManifest(path) ? "package managers run its scripts" : undefined);
      return reason === undefined ? [] : [{ path, reason, blob: "" }];
    })
  );
}

/** It goes in only when its content was named; a choice that leaves it out needs no approval. */
function configRefusal(subtask: SubtaskState, { selection, config = [] }: AcceptRequest): Failure | undefined {
  const files = selection?.files ?? "all";
  const wanted = executableChangesOf(subtask).filter(
    ({ path }) => files === "all" || files.some((choice) => choice.path === path && choice.take !== "none"),
  );
  const unnamed = wanted.filter(({ path }) => !config.some((approval) => approval.path === path));
  if (unnamed.length > 0)
    return failure(
      "config.unconfirmed",
      `"${subtask.subtask.id}" changes ${unnamed.map(({ path, reason }) => `${path} (${reason})`).join(", ")}.`,
      { hint: "Look at it, then accept it by name (--include-config PATH), or leave it out (--except PATH)." },
    );
  const changed = wanted.find(({ path, blob }) => config.some((a) => a.path === path && a.blob !== blob));
  return changed === undefined ? undefined : staleRefusal(subtask.subtask.id);
}

/** Dependencies, near and far, whose own changes wait for a decision; nearest to the roots first. */
export function undecidedDependencies(state: RunState, id: string): readonly string[] {
  return beneathFirst(state, id).filter((each) => each !== id && isUndecided(state, each));
}

/** A subtask behind all it rests on or depends on, but for what stands `before` it already. */
export function beneathFirst(state: RunState, id: string, before: ReadonlySet<string> = new Set()): readonly string[] {
  const found: string[] = [];
  const seen = new Set<string>();
  const visit = (current: string): void => {
    if (seen.has(current) || before.has(current)) return;
    seen.add(current);
    for (const dependency of directDependencies(state, current)) visit(dependency);
    found.push(current);
  };
  visit(id);
  return found;
}

/** What a subtask names as its dependencies, and what went into its base besides. */
export function directDependencies(state: RunState, id: string): readonly string[] {
  const known = subtaskState(state, id);
  return known === undefined ? [] : [...new Set([...known.subtask.dependencies, ...known.restsOn])];
}

/** Whether changes of a subtask wait for a decision; one that is being tried again will have some. */
export function isUndecided(state: RunState, id: string): boolean {
  const s = subtaskState(state, id);
  if (s === undefined || (s.decision.kind !== "open" && s.decision.kind !== "accepting")) return false;
  const isTriedAgain = s.attempt > 0 && (s.status === "pending" || s.status === "running");
  return isTriedAgain || (s.result?.files.length ?? 0) > 0;
}

/** Whether the decision was made on another result than the one there is now. */
export function isStale(subtask: SubtaskState, shown: string | undefined): boolean {
  return shown !== undefined && shown !== subtask.result?.commit;
}

export function staleRefusal(id: string): Failure {
  return refusal(`"${id}" has a newer result than the one shown.`, "Look at it, then decide again.");
}

/** The branch may be half-way moved: what happens to the result is being decided right now. */
export function acceptingRefusal(id: string): Failure {
  return refusal(`"${id}" is being accepted.`, "Wait for the accept to end.");
}

export function undoingRefusal(id: string): Failure {
  return refusal(`The accept of "${id}" is being undone.`, "Wait for that to end.");
}

export function unknownSubtask(state: RunState, id: string): Failure {
  const known = valuesOf(state.subtasks)
    .map((s) => s.subtask.id)
    .join(", ");
  return refusal(`Run ${state.id} has no subtask "${id}".`, known === "" ? undefined : `It has: ${known}.`);
}

/** A failure that says the run does not stand so that this could be done. */
export function refusal(message: string, hint?: string): Failure {
  return failure("run.state", message, hint === undefined ? {} : { hint });
}

function quoted(ids: readonly string[]): string {
  return ids.map((id) => `"${id}"`).join(", ");
}
