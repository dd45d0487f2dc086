import type { Stretch } from "./history";
import type { RunState } from "./state";
import type { SubtaskState } from "./subtask-state";

/*
 * Shallow copies, field by field. V8 copies a copy that was made by `{ ...value }` ten times more slowly than this, and an event that
 * somebody looks at after it copies one of each. What a field is missing here, the compiler says, but for those a run need not have.
 */

/** A copy of a run's state. */
export function copyOfRun(run: RunState): RunState {
  const copy: { -readonly [K in keyof RunState]: RunState[K] } = {
    id: run.id,
    goal: run.goal,
    target: run.target,
    base: run.base,
    options: run.options,
    createdAt: run.createdAt,
    updatedAt: run.updatedAt,
    seq: run.seq,
    workedMs: run.workedMs,
    proposal: run.proposal,
    approved: run.approved,
    estimates: run.estimates,
    paused: run.paused,
    cancelled: run.cancelled,
    plannerUsage: run.plannerUsage,
    plannerTurns: run.plannerTurns,
    plannerCompactions: run.plannerCompactions,
    synthesisCompactions: run.synthesisCompactions,
    turns: run.turns,
    modelMs: run.modelMs,
    web: run.web,
    stalled: run.stalled,
    notes: run.notes,
    history: run.history,
    underWay: run.underWay,
    working: run.working,
    tree: run.tree,
    amendments: run.amendments,
    approvals: run.approvals,
    questions: run.questions,
    synthesis: run.synthesis,
    synthesisUsage: run.synthesisUsage,
    subtasks: run.subtasks,
    overlaps: run.overlaps,
    queue: run.queue,
    positions: run.positions,
  };
  if (run.plan !== undefined) copy.plan = run.plan;
  if (run.planText !== undefined) copy.planText = run.planText;
  if (run.planNote !== undefined) copy.planNote = run.planNote;
  if (run.planFailure !== undefined) copy.planFailure = run.planFailure;
  return copy;
}

/** A copy of a subtask's state. */
export function copyOfSubtask(s: SubtaskState): SubtaskState {
  return {
    subtask: s.subtask,
    status: s.status,
    attempt: s.attempt,
    continues: s.continues,
    lastTurn: s.lastTurn,
    lastReviewTurn: s.lastReviewTurn,
    workerCompactions: s.workerCompactions,
    reviewCompactions: s.reviewCompactions,
    base: s.base,
    restsOn: s.restsOn,
    without: s.without,
    worktree: s.worktree,
    model: s.model,
    instructions: s.instructions,
    setup: s.setup,
    result: s.result,
    report: s.report,
    failure: s.failure,
    lastFailure: s.lastFailure,
    note: s.note,
    messages: s.messages,
    stopping: s.stopping,
    stalled: s.stalled,
    checks: s.checks,
    reviews: s.reviews,
    usage: s.usage,
    turns: s.turns,
    modelMs: s.modelMs,
    web: s.web,
    compactions: s.compactions,
    context: s.context,
    startedAt: s.startedAt,
    endedAt: s.endedAt,
    decision: s.decision,
    leftOut: s.leftOut,
    request: s.request,
    from: s.from,
    resolving: s.resolving,
    conflicted: s.conflicted,
    undone: s.undone,
    byHand: s.byHand,
    acceptFailure: s.acceptFailure,
    amended: s.amended,
  };
}

/** A copy of a stretch of work. */
export function copyOfStretch(stretch: Stretch): Stretch {
  return {
    by: stretch.by,
    subtask: stretch.subtask,
    attempt: stretch.attempt,
    from: stretch.from,
    to: stretch.to,
    outcome: stretch.outcome,
    waits: stretch.waits,
    turns: stretch.turns,
    usage: stretch.usage,
  };
}
