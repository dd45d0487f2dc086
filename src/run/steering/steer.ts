import { valuesOf } from "../../core/state/chunked";
import { BraidError, failure, toFailure } from "../../core/failure";
import type { BudgetLimits } from "../../core/plan/plan";
import { chosenOption } from "../../core/question";
import { subtaskState } from "../../core/state/state";
import type { WorkStatus } from "../../core/state/subtask-state";
import type { RunView } from "../../core/state/view";
import { assertNever } from "../../util/assert-never";
import { openInbox, type Inbox } from "./inbox";
import type { SteeringCommand } from "./inbox-command";
import { inboxDir } from "../log/places";
import { requestChangesInWords } from "../attempt/request-changes";
import { retryOptionsOf } from "../attempt/retry-options";
import type { Run } from "../run";

/**
 * Lets other processes steer a run this one owns, until the inbox is closed. To be called by who lets its workers work.
 * A run that cannot hear goes on all the same: the log says why.
 */
export async function hearCommands(run: Run): Promise<Inbox | undefined> {
  const { repo, now, log } = run.ports;
  try {
    return await openInbox(inboxDir(repo, run.id), { carryOut: (command) => steer(run, command), now, log });
  } catch (error) {
    log(`${run.id}: commands from other processes are not heard: ${toFailure(error).message}`);
    return undefined;
  }
}

/** Carries a command out on a run this process owns; resolves with words for whoever gave it. Throws its refusal. */
export async function steer(run: Run, command: SteeringCommand): Promise<string> {
  const { id } = run;
  switch (command.type) {
    case "answer": {
      // They were shown with numbers.
      const { options = [] } = run.view.questions.find(({ number }) => number === (command.question ?? number)) ?? {};
      await run.answer(command.question, chosenOption(options, command.answer));
      return "Answered.";
    }
    case "allow":
      await run.command(command);
      return command.answer === "deny" ? "Denied." : "Allowed.";
    case "message":
      await run.message(command.subtask, command.text);
      return `${command.subtask} hears it with its next tool results.`;
    case "retry":
      await run.retry(command.subtask, command.note, "user", await retryOptionsOf(run, command));
      return `${command.subtask} is tried again.`;
    case "request-changes":
      await requestChangesInWords(run, command);
      return `${command.subtask} is asked for changes.`;
    case "amend":
      await run.amendments.askSoon(command.note);
      return `The planner looks at the plan again. See what it says: braid status ${id}`;
    case "propose-amendment":
      await run.amendments.propose(command.amendment);
      return run.state().amendments.open === null ? "The plan is amended." : `It waits for approval: braid amend ${id}`;
    case "approve-amendment":
      await run.amendments.approve(command.number);
      run.releaseWorkers();
      return `The plan is amended, and run ${id} goes on.`;
    case "decline-amendment":
      await run.amendments.decline(command.number, command.reason);
      run.releaseWorkers();
      return `Amendment ${command.number} is declined.`;
    case "stop":
      await run.stop(command.subtask);
      return `${command.subtask} is stopped; what it did is kept.`;
    case "pause":
      requireUnderWay(run.view);
      await run.pause();
      return `Run ${id} is paused: no new worker starts. Go on with: braid resume ${id}`;
    case "resume":
      if (run.state().plan === undefined)
        throw new BraidError(failure("run.state", `Run ${id} has no plan yet.`, { hint: "Plan it where it is open." }));
      await resumeRun(run, command.budget);
      requireBudget(run);
      return `Run ${id} goes on, in the process that owns it.`;
    case "cancel":
      requireUnderWay(run.view);
      await run.cancel();
      return `Run ${id} is cancelled; what was done is kept for review.`;
    default:
      return assertNever(command);
  }
}

/**
 * Goes on with a run that has a plan: what failed or was cancelled and nobody has decided about is tried again, unless an
 * amendment waits: what it is about must not start before that is decided. `budget` gives it other limits first; while nothing is left
 * to spend nothing is tried, which would cost attempts and come to nothing.
 */
export async function resumeRun(run: Run, budget?: BudgetLimits): Promise<void> {
  if (budget !== undefined) await run.changeBudget(budget);
  const isHeld = run.state().amendments.open !== null || run.overBudget() !== undefined;
  const ids = isHeld ? [] : valuesOf(run.state().subtasks).map((s) => s.subtask.id);
  for (const id of ids) {
    // The run goes on with the first of them: what failed then may be on its way again by now.
    const { status, decision } = subtaskState(run.state(), id) ?? {};
    if (!isOver(status) || decision?.kind !== "open") continue;
    await run.retry(id).catch((error: unknown) => {
      // Somebody else has resumed it in the same moment.
      if (toFailure(error).code !== "run.state" || isOver(subtaskState(run.state(), id)?.status)) throw error;
    });
  }
  await run.resume();
}

/** Throws `budget.reached` for a run that can spend nothing more. */
function requireBudget(run: Run): void {
  const over = run.overBudget();
  if (over !== undefined) throw new BraidError(over);
}

function isOver(status: WorkStatus | undefined): boolean {
  return status === "failed" || status === "cancelled";
}

/** Throws `run.state` for a run that has come to rest by itself. */
export function requireUnderWay({ id, phase }: RunView): void {
  if (phase === "review" || phase === "done" || phase === "failed")
    throw new BraidError(
      failure("run.state", `Run ${id} is not under way.`, {
        hint: `See \`braid status ${id}\` for what waits for you.`,
      }),
    );
}
