import type { ApprovalAnswer } from "../core/approval";
import { decide } from "../core/decide";
import type { Result, RunEvent } from "../core/events";
import { BraidError, failure, toFailure } from "../core/failure";
import { objectiveOf } from "../core/plan";
import { subtaskState, type RunState } from "../core/state";
import { type SubtaskState } from "../core/subtask-state";
import { commitTree } from "../git/commit";
import { BRAID, userIdentity } from "../git/identity";
import { landCommit } from "../git/land";
import { applyResult } from "../git/merge";
import { readRef, treeOf } from "../git/repository";
import { checkTree } from "../git/tree-check";
import { runChecks } from "./checks";
import { commandRefusal } from "./command-approval";
import type { RunPorts } from "./ports";
import { recordedSetup } from "./recorded-setup";
import type { SetupPlan } from "./setup-plan";
import { compareTree } from "./tree-proof";
import { openWorkPlace } from "./work-place";

/** Longest subject of a commit, in characters, as git's own tools show it. */
const MAX_SUBJECT = 72;

/** What an accept needs of its run. */
export interface AcceptHost {
  readonly ports: RunPorts;
  state(): RunState;
  record(event: RunEvent): Promise<void>;
  setup(): Promise<SetupPlan>;
  answer(key: string, signal: AbortSignal): Promise<ApprovalAnswer>;
}

/**
 * Puts one subtask's result on the target as one commit: merged in memory, checked, then the branch, index and files
 * moved together. `shown` is the result commit the decision was made on. Throws a BraidError when it does not land; the
 * branch is then where it was, and the log says why.
 */
export async function acceptResult(
  host: AcceptHost,
  id: string,
  shown: string | undefined,
  signal: AbortSignal,
): Promise<void> {
  const state = host.state();
  const decided = decide(state, { type: "accept", subtask: id, shown });
  if (!decided.ok) throw new BraidError(decided.failure);
  const subtask = subtaskState(state, id);
  if (subtask?.result === undefined || subtask.result === null || subtask.base === null) return;
  try {
    await land(host, subtask, subtask.base, subtask.result, signal);
  } catch (error) {
    const reason = toFailure(error);
    await host.record({ type: "accept.abandoned", subtask: id, failure: reason });
    throw error;
  } finally {
    await compareTree(host, "accept");
  }
}

async function land(
  host: AcceptHost,
  subtask: SubtaskState,
  base: string,
  result: Result,
  signal: AbortSignal,
): Promise<void> {
  const { repo } = host.ports;
  const state = host.state();
  const { id } = subtask.subtask;
  const target = await readRef(repo, state.target);
  if (target === undefined)
    throw new BraidError(
      failure("target.missing", `The branch ${branchName(state.target)} is gone.`, {
        hint: "Create it again, then accept.",
      }),
    );
  const merged = await applyResult(repo, { base, result: result.commit, target });
  if (merged.kind === "conflict")
    throw new BraidError(
      failure("merge.conflict", `"${id}" conflicts with ${branchName(state.target)} in ${merged.files.join(", ")}.`, {
        hint: `Merge it by hand (git cherry-pick ${result.commit.slice(0, 12)}), or reject it.`,
        detail: merged.messages.join("\n"),
      }),
    );
  const before = await treeOf(repo, target);
  if (merged.tree === before) return host.record({ type: "accept.completed", subtask: id, commit: target });
  await checkTree(repo, before, merged.tree);
  const message = acceptMessage(state, subtask);
  const by = (await userIdentity(repo)) ?? BRAID;
  const commit = await commitTree(repo, { tree: merged.tree, parents: [target], message, by });
  await checkCombined(host, id, commit, signal);
  signal.throwIfAborted();
  await host.record({ type: "accept.started", subtask: id, seen: target, commit });
  await landCommit(repo, { target: state.target, seen: target, commit, reason: `braid: accept ${id}` });
  await host.record({ type: "accept.completed", subtask: id, commit });
}

/** The plan's `validation_tests` on the tree the branch would have; only green moves it. */
async function checkCombined(host: AcceptHost, id: string, commit: string, signal: AbortSignal): Promise<void> {
  const state = host.state();
  const commands = state.plan?.integration?.validation_tests ?? [];
  if (commands.length === 0) return;
  const place = await openWorkPlace(host.ports, {
    name: `${state.id}-merge-${state.seq}`,
    commit,
    writable: true,
    setUp: recordedSetup(host, {
      subtask: id,
      attempt: subtaskState(state, id)?.attempt ?? 1,
      by: "merge",
      signal,
    }),
    refusal: (asked) => commandRefusal(host, { subtask: id, ...asked }),
    signal,
  });
  try {
    await place.workspace.ready();
    const red = (await runChecks(place.shell, place.worktree.dir, commands, signal)).filter((check) => !check.passed);
    if (red.length > 0)
      throw new BraidError(
        failure(
          "checks.failed",
          `With "${id}" merged, ${red.map((check) => `\`${check.command}\``).join(", ")} fails.`,
          {
            hint: "Retry the subtask with this output as a note, or reject it.",
            detail: red.map((check) => `$ ${check.command}\n${check.output}`).join("\n\n"),
          },
        ),
      );
  } finally {
    await place.close().catch((error: unknown) => host.ports.log(`merge worktree not removed: ${String(error)}`));
  }
}

function acceptMessage(state: RunState, subtask: SubtaskState): string {
  const objective = objectiveOf(subtask.subtask);
  const summary = (subtask.report?.summary ?? objective).replace(/[\u0000-\u0008\u000b-\u001f\u007f]/gu, " ").trim();
  const subject = subjectOf([firstLine(summary), firstClause(summary), firstLine(objective), firstClause(objective)]);
  const body = summary === subject ? "" : summary;
  const trailers = `Braid-Run: ${state.id}\nBraid-Subtask: ${subtask.subtask.id}`;
  // Git reads trailers from the last paragraph only, so nothing a report says can pass for one.
  return `${[subject, body, trailers].filter((part) => part !== "").join("\n\n")}\n`;
}

/** The first candidate that fits a subject line, else the first one cut. */
function subjectOf(candidates: readonly [string, ...string[]]): string {
  const fits = candidates.find((text) => text !== "" && text.length <= MAX_SUBJECT);
  return fits ?? `${candidates[0].slice(0, MAX_SUBJECT - 1).trimEnd()}…`;
}

function firstLine(text: string): string {
  return (text.split("\n", 1)[0] ?? "").trim().replace(/\.$/u, "");
}

function firstClause(text: string): string {
  return (firstLine(text).split(/[.;:](?=\s)/u, 1)[0] ?? "").trim();
}

function branchName(ref: string): string {
  return ref.replace(/^refs\/heads\//u, "");
}
