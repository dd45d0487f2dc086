import type { Failure } from "../core/failure";
import type { Finding, ReviewVerdict } from "../core/report";
import type { SubtaskState } from "../core/subtask-state";
import { noteTools, type Notes } from "../agent/notes";
import type { Evidence } from "../agent/report";
import { describeRequest, describeReview, verdictConclusion } from "../agent/reviewer";
import { toReviewer, type Role } from "../agent/roles";
import { changedFiles, diffText } from "../git/diff";
import type { AttemptHost } from "./attempt";
import { modelNeeds } from "./model-needs";
import { runRole } from "./run-role";
import type { WorkPlace } from "./work-place";

/** What a reviewer judges, and by which limits it works: those of the subtask. */
export interface ReviewOptions {
  readonly subtask: SubtaskState;
  readonly attempt: number;
  readonly base: string;
  readonly place: WorkPlace;
  readonly role: Role;
  /** How often changes may go back to the worker. */
  readonly rounds: number;
  /** Of which a reviewer only reads. */
  readonly notes: Notes;
  readonly mayContinue: () => Failure | undefined;
  readonly signal: AbortSignal;
}

/**
 * The reviewer loop of one attempt, as the report's conclusion asks for it. Changes go back at most `rounds` times; every
 * report is looked at, so what is open at the end is open in what the worker left. A reviewer that fails, fails the
 * attempt: work that a plan wanted reviewed does not pass for reviewed.
 */
export function reviewLoop(host: AttemptHost, o: ReviewOptions): NonNullable<Evidence["review"]> {
  const { id } = o.subtask.subtask;
  const role = toReviewer(o.role);
  const modelId = host.ports.resolveModel(role.model, modelNeeds(host.state()));
  let round = 0;
  let asked: readonly Finding[] = [];
  return async (report) => {
    round += 1;
    const tree = await o.place.snapshot();
    const [files, diff] = await Promise.all([
      changedFiles(host.ports.repo, o.base, tree),
      diffText(host.ports.repo, o.base, tree),
    ]);
    const outcome = await runRole<ReviewVerdict>(host, {
      role,
      modelId,
      place: o.place,
      speaker: { subtask: id, attempt: o.attempt, by: "reviewer", part: `review-${round}` },
      tools: noteTools(o.notes).filter((tool) => tool.readOnly),
      conclusion: verdictConclusion(),
      assignment: describeReview({
        subtask: o.subtask.subtask,
        attempt: o.attempt,
        round,
        constraints: host.state().plan?.constraints ?? [],
        report,
        files,
        diff,
        asked,
      }),
      mayContinue: o.mayContinue,
      signal: o.signal,
    });
    if (outcome.kind === "failed")
      return { kind: "failed", failure: { ...outcome.failure, message: `In review: ${outcome.failure.message}` } };
    const { decision, findings } = outcome.value;
    await host.record({ type: "review.completed", subtask: id, attempt: o.attempt, round, decision, findings });
    if (decision === "approve" || round > o.rounds) return { kind: "passed" };
    asked = findings;
    return { kind: "changes", say: describeRequest(findings, round, o.rounds) };
  };
}
