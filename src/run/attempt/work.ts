import { failure, toFailure, type Failure } from "../../core/failure";
import { durationMs, objectiveOf } from "../../core/plan/plan";
import { answersTo, countAsked } from "../../core/question";
import type { Report } from "../../core/report";
import { MAX_WORK_STEP_MS } from "../../core/state/spent";
import { subtaskState } from "../../core/state/state";
import { type SubtaskState } from "../../core/state/subtask-state";
import { totalTokens } from "../../core/usage";
import type { CheckResult } from "../../core/state/events";
import { describeUnkept } from "../../git/add-all";
import { askTool } from "../../agent/ask";
import { describeAssignment } from "../../agent/assignment";
import type { Instructions } from "../../agent/instructions";
import type { AgentOutcome } from "../../agent/loop";
import { noteTools, type Notes } from "../../agent/notes";
import { reportConclusion, type Reviewed } from "../../agent/report";
import type { Role } from "../../agent/roles";
import type { ScopeFacts } from "../../agent/scope-text";
import type { AttemptHost } from "./attempt";
import { runChecks } from "../accept/checks";
import { loadImages } from "./images";
import { readMentions } from "./mentions";
import { openNotes } from "./notes";
import { leftOutFor, markerChecks } from "../accept/resolving";
import { reviewRound } from "./review";
import { runRole } from "./run-role";
import type { TurnLog } from "./turn-log";
import { treeOf } from "../../git/repository";
import type { WorkPlace } from "./work-place";

/** What a worker is made of. */
export interface Work {
  readonly role: Role;
  /** Who judges its reports; null where the plan wants no review. */
  readonly reviewer: Role | null;
  readonly instructions: readonly Instructions[];
  /** What it is to look at; null for who changes things, and where the plan names nothing. */
  readonly scope: ScopeFacts | null;
  readonly model: string;
  readonly position: number;
  readonly attempt: number;
  readonly base: string;
  /** The commit whose files it begins with, where it is to change a result. */
  readonly from: string | null;
  readonly place: WorkPlace;
  /** What it has done before it was interrupted. */
  readonly turns: TurnLog;
  readonly signal: AbortSignal;
}

/** Lets a worker carry out a subtask, and its reviewer judge it, until a report is earned or a limit is reached. */
export async function work(host: AttemptHost, subtask: SubtaskState, w: Work): Promise<AgentOutcome<Report>> {
  const state = host.state();
  const { id, constraints, verify, dependencies } = subtask.subtask;
  const notesOf = (writer: string) => state.notes.filter((note) => note.subtask === writer).map((note) => note.name);
  const notes = openNotes(host, { subtask: id, position: w.position, attempt: w.attempt });
  const material = await readMentions(host.ports.repo, objectiveOf(subtask.subtask), {
    commit: w.base,
    images: await loadImages(host.ports.repo, state.id, state.options.images ?? [], host.ports.log),
    strict: false,
  });
  const { turns } = w;
  // What set-up commands came to belongs to what a worker is told; copies alone are there by its first tool call.
  if ((await host.setup.recipe()).kind !== "none") await w.place.workspace.ready();
  const before = turns.now("tokens before", () => totalTokens(subtask.usage));
  const mayContinue = limitsOf(host, subtask, before);
  const review = reviewOf(host, subtask, { ...w, notes, mayContinue });
  const assignment = turns.now("assignment", () =>
    describeAssignment({
      subtask: subtask.subtask,
      attempt: w.attempt,
      constraints: state.plan?.constraints ?? [],
      dependencies: dependencies.flatMap((dependency) => {
        const report = subtaskState(state, dependency)?.report ?? null;
        return report === null ? [] : [{ id: dependency, report, notes: notesOf(dependency) }];
      }),
      notes: notesOf(id),
      instructions: w.instructions,
      scope: w.scope,
      material,
      lastFailure: subtask.lastFailure,
      setup: subtaskState(host.state(), id)?.setup ?? null,
      note: subtask.note,
      leftOut: leftOutFor(state, subtask),
      resolving: subtask.resolving,
      beginsWith: w.from === null ? null : (subtask.request?.attempt ?? null),
      answers: [...answersTo(state.questions, null), ...answersTo(state.questions, id)],
    }),
  );
  return runRole<Report>(host, {
    role: w.role,
    modelId: w.model,
    place: w.place,
    speaker: { subtask: id, attempt: w.attempt },
    tools: [
      ...noteTools(notes),
      ...(mayAsk(w.role)
        ? [askTool(host.ask, (text) => countAsked(host.state().questions, { subtask: id, attempt: w.attempt, text }))]
        : []),
    ],
    conclusion: reportConclusion({
      output: subtask.subtask.output,
      mustChange: w.role.name === "implementer",
      changed: () => turns.once("changed", () => hasChanged(host, w)),
      check: () =>
        turns.once(
          "checks",
          async () => {
            const checks = [
              ...(await runChecks(host, w.place, verify, { subtask: id, attempt: w.attempt, signal: w.signal })),
              ...(await markerChecks(w.place.workspace.root, {
                repo: host.ports.repo,
                base: w.base,
                files: subtask.conflicted,
              })),
              ...(await keptChecks(w.place)),
            ];
            for (const check of checks)
              await host.record({ type: "check.completed", subtask: id, attempt: w.attempt, check });
            return checks;
          },
          { changes: verify.length > 0 },
        ),
      ...(review === undefined ? {} : { review }),
    }),
    assignment,
    images: material.images,
    ...(constraints?.max_turns === undefined ? {} : { maxTurns: constraints.max_turns }),
    inbox: inboxOf(host, id, turns),
    mayContinue,
    turns,
    signal: w.signal,
  });
}

/** Tells the worker what would be missing in its result; none where nothing would. */
async function keptChecks(place: WorkPlace): Promise<readonly CheckResult[]> {
  const started = performance.now();
  const output = await place.unkept().then(
    (unkept) => unkept.map((each) => `${describeUnkept([each])} ${each.hint}\n`).join(""),
    (error: unknown) => {
      const { code, message, detail } = toFailure(error);
      // Attributes it wrote may not fit its files, and only it can mend that.
      if (code !== "git.failed") throw error;
      return `${detail ?? message}\n`;
    },
  );
  if (output === "") return [];
  return [
    { command: "git can keep every file", passed: false, exitCode: 1, durationMs: performance.now() - started, output },
  ];
}

/** Whether the worker did anything: what it was given to change is none of its work. */
async function hasChanged(host: AttemptHost, { place, from, base, turns }: Work): Promise<boolean> {
  const begun = await treeOf(host.ports.repo, from ?? base);
  // Where they are as they were no tool may have been at them, but somebody.
  if (turns.files != null && turns.files !== begun) return true;
  return from === null ? place.changed() : (await place.snapshot()) !== begun;
}

/** The review each report goes through, round by round; undefined where the plan wants none. */
function reviewOf(
  host: AttemptHost,
  subtask: SubtaskState,
  w: Work & { readonly notes: Notes; readonly mayContinue: () => Failure | undefined },
): ((report: Report) => Promise<Reviewed>) | undefined {
  const { review } = subtask.subtask;
  if (w.reviewer === null || review === undefined) return undefined;
  const judge = reviewRound(host, { ...w, subtask, role: w.reviewer, rounds: review.rounds });
  let round = 0;
  return (report) => {
    round += 1;
    const number = round;
    return w.turns.once("review", () => judge(report, number));
  };
}

/** Who judges or brings together has nothing to ask the user for. */
function mayAsk({ name }: Role): boolean {
  return name !== "reviewer" && name !== "synthesizer";
}

/** What the user said to the worker of this attempt, each message once. */
function inboxOf(host: AttemptHost, id: string, turns: TurnLog): () => readonly string[] {
  let heard = 0;
  return () => {
    const next = turns.now("heard", () => (subtaskState(host.state(), id)?.messages ?? []).slice(heard));
    heard += next.length;
    return next;
  };
}

/**
 * The limits of one attempt: the subtask's own tokens (but for those `before`) and time, and the run's budget. Waiting for the
 * user is not the worker's time.
 */
function limitsOf(host: AttemptHost, subtask: SubtaskState, before: number): () => Failure | undefined {
  const { id, constraints } = subtask.subtask;
  const budgetMs = constraints?.time_budget === undefined ? undefined : durationMs(constraints.time_budget);
  // An attempt that goes on after an interruption starts its time anew.
  let [worked, seen, waited] = [0, host.ports.now(), host.waitedMs()];
  return () => {
    const spent = subtaskState(host.state(), id)?.usage;
    const tokens = spent === undefined ? 0 : totalTokens(spent) - before;
    if (constraints?.max_tokens !== undefined && tokens >= constraints.max_tokens)
      return failure("limit.tokens", `"${id}" used ${tokens} of ${constraints.max_tokens} tokens.`, {
        hint: "Raise constraints.max_tokens, then retry.",
      });
    const [now, waits] = [host.ports.now(), host.waitedMs()];
    worked += Math.min(Math.max(0, now - seen - (waits - waited)), MAX_WORK_STEP_MS);
    [seen, waited] = [now, waits];
    if (budgetMs !== undefined && worked >= budgetMs)
      return failure("limit.time", `"${id}" ran out of its ${constraints?.time_budget ?? ""}.`, {
        hint: "Raise constraints.time_budget, then retry.",
      });
    return host.overBudget();
  };
}
