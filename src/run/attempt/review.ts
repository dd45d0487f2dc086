import type { Failure } from "../../core/failure";
import type { Report, ReviewRound, ReviewVerdict } from "../../core/report";
import { subtaskState } from "../../core/state/state";
import type { SubtaskState } from "../../core/state/subtask-state";
import { noteTools, type Notes } from "../../agent/notes";
import type { Reviewed } from "../../agent/report";
import { describeRequest, describeReview, verdictConclusion } from "../../agent/reviewer";
import { toReviewer, type Role } from "../../agent/roles";
import { changedFiles, diffText } from "../../git/diff";
import type { AttemptHost } from "./attempt";
import { modelNeeds } from "../model-needs";
import { turnPath } from "../log/places";
import { runRole } from "./run-role";
import { requireOurs } from "./resumption";
import { openTurnLog } from "./turn-log";
import type { WorkPlace } from "./work-place";

/** What a reviewer judges, and by which limits it works: those of the subtask. */
export interface ReviewOptions {
  readonly subtask: SubtaskState;
  readonly position: number;
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
 * One round of review, from 1, as the report's conclusion asks for it. Changes go back at most `rounds` times; every
 * report is looked at, so what is open at the end is open in what the worker left. A reviewer that fails, fails the
 * attempt: work that a plan wanted reviewed does not pass for reviewed.
 */
export function reviewRound(host: AttemptHost, o: ReviewOptions): (report: Report, round: number) => Promise<Reviewed> {
  const { id } = o.subtask.subtask;
  const run = host.state().id;
  const role = toReviewer(o.role);
  const reviews = () => subtaskState(host.state(), id)?.reviews ?? [];
  return async (report, round) => {
    // Where Braid was closed right behind it, the round is in the log already.
    const known = reviews().find((earlier) => earlier.round === round);
    if (known !== undefined) return outcomeOf(known, o.rounds);
    const part = `review-${round}`;
    const tree = await o.place.snapshot();
    const [files, diff] = await Promise.all([
      changedFiles(host.ports.repo, o.base, tree),
      diffText(host.ports.repo, o.base, tree),
    ]);
    const turns = await openTurnLog(turnPath(host.ports.repo, { run, ...o, part }), {
      mayWrite: requireOurs(host.ports, run, host.isOurs),
    });
    const modelId = turns.now("model", () => host.ports.resolveModel(role.model, modelNeeds(host.state())));
    const outcome = await runRole<ReviewVerdict>(host, {
      role,
      modelId,
      place: o.place,
      speaker: { subtask: id, attempt: o.attempt, by: "reviewer", part },
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
        asked: reviews().find((earlier) => earlier.round === round - 1)?.findings ?? [],
      }),
      mayContinue: o.mayContinue,
      turns,
      signal: o.signal,
    });
    if (outcome.kind === "failed")
      return { kind: "failed", failure: { ...outcome.failure, message: `In review: ${outcome.failure.message}` } };
    const { decision, findings } = outcome.value;
    await host.record({ type: "review.completed", subtask: id, attempt: o.attempt, round, decision, findings });
    return outcomeOf({ round, decision, findings }, o.rounds);
  };
}

function outcomeOf({ round, decision, findings }: ReviewRound, rounds: number): Reviewed {
  if (decision === "approve" || round > rounds) return { kind: "passed" };
  return { kind: "changes", say: describeRequest(findings, round, rounds) };
}
