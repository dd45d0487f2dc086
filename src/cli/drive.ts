import type { RecordedEvent } from "../core/state/events";
import { judgePlan } from "../core/gate/gate";
import { gateSummary } from "../core/gate/gate-text";
import { plain } from "../core/plain";
import type { Plan } from "../core/plan/plan";
import type { RunView } from "../core/state/view";
import { gateOptions } from "../run/planning/gate-options";
import { readPassing } from "../run/accept/read-passing";
import type { Run } from "../run/run";
import { toFailure } from "../core/failure";
import { hearCommands } from "../run/steering/steer";
import { customsOf } from "./accept-flags";
import { answerApprovals, type ApprovalFlags } from "./approve";
import type { RunFlags } from "./run-flags";
import { confirmMeanwhile } from "./confirm";
import { decideOnAmendment } from "./decide-on-amendment";
import { EXIT, exitCodeOf, exitCodeOfRun } from "./exit";
import { waitingResults } from "./next-steps";
import { answerQuestions } from "./questions";
import { stayingLine } from "./staying";
import { describeEvent, describeRun } from "./text";
import type { Terminal } from "./terminal";

/** Prints a run's events as they come: lines for people, or one JSON object a line. */
export function printEvents(run: Run, json: boolean, terminal: Terminal): void {
  run.onDidRecord((recorded) => printEvent(recorded, { view: run.view, json, terminal }));
}

/** Prints one event of a run that now looks like `view`. */
export function printEvent(
  { seq, at, event }: RecordedEvent,
  to: { readonly view: RunView; readonly json: boolean; readonly terminal: Terminal },
): void {
  if (to.json) return to.terminal.out(JSON.stringify({ seq, at, run: to.view.id, ...event }));
  const line = describeEvent(event, to.view);
  if (line !== undefined) to.terminal.out(line);
}

/** Asks for approval of the run's plan, unless `--yes` gave it. Resolves with the exit code where it is not approved. */
export async function approvePlan(run: Run, flags: RunFlags, terminal: Terminal): Promise<number | undefined> {
  const { plan, planFailure, proposal } = run.state();
  if (plan === undefined) return planFailure === undefined ? EXIT.failed : exitCodeOf(planFailure.code);
  if (!flags.yes) {
    if (!flags.json) {
      const gate = judgePlan(
        plan,
        await gateOptions(Promise.resolve(run.ports.repo), flags.concurrency, run.ports.prices),
      );
      for (const line of gateSummary(gate)) terminal.out(`  ${plain(line)}`);
      for (const command of commandsOf(plan)) terminal.out(`  will run in the sandbox: ${plain(command)}`);
    }
    if (!terminal.interactive) {
      terminal.error(`The plan waits for approval: braid resume ${run.id} --yes, or without --yes on a terminal.`);
      return EXIT.waiting;
    }
    // Nobody is asked about what was cancelled while its costs were looked up.
    if (run.state().cancelled) return EXIT.cancelled;
    const said = await confirmMeanwhile(run, "Approve this plan?", terminal, []);
    if (said === undefined) return EXIT.cancelled;
    if (!said) {
      terminal.error(`The plan waits: braid resume ${run.id}`);
      return EXIT.waiting;
    }
  }
  await run.approve(plan, [], proposal);
  return undefined;
}

/**
 * Runs `action` and gives the run back; meanwhile sees to its agents' questions and requests, and hears other processes.
 * Ctrl+C meanwhile cancels the run; what it has done so far is kept.
 */
export async function withRun(
  run: Run,
  { ask, terminal, ...flags }: { readonly terminal: Terminal } & ApprovalFlags,
  action: () => Promise<number>,
): Promise<number> {
  const questions = answerQuestions(run, ask, terminal);
  const approvals = answerApprovals(run, terminal, { ...flags, ask });
  const inbox = await hearCommands(run);
  const forget = terminal.onInterrupt(() => {
    terminal.error("Stopping…");
    void run.cancel().catch((error: unknown) => terminal.error(plain(toFailure(error).message)));
  });
  try {
    return await action();
  } finally {
    questions.dispose();
    approvals.dispose();
    // Who waits for the outcome of a command gets it before this process ends.
    await Promise.all([inbox?.close(), run.close()]);
    forget();
  }
}

/** Lets the workers finish, merges what the policy says, prints how it ended, and resolves with the exit code. */
export async function finish(run: Run, flags: RunFlags, terminal: Terminal): Promise<number> {
  await run.idle();
  while (isAmendmentOpen(run) && (await decideOnAmendment(run, flags, terminal))) await run.idle();
  if (!run.state().cancelled && !isAmendmentOpen(run)) await acceptResults(run, flags, terminal);
  const { view } = run;
  if (!flags.json) terminal.out(`\n${describeRun(view, Date.now())}`);
  const code = exitCodeOfRun(view);
  const results = code === EXIT.waiting && !flags.json ? waitingResults(view) : undefined;
  if (results !== undefined) terminal.out(`\n${results}`);
  return code;
}

function isAmendmentOpen(run: Run): boolean {
  const { amendments, cancelled } = run.state();
  return amendments.open !== null && !cancelled;
}

/** Merges what the policy says in one move. What does not go in stays in review, and so does what rests on it. */
async function acceptResults(run: Run, { accept, json, ...hooks }: RunFlags, terminal: Terminal): Promise<void> {
  if (accept === "none") return;
  const customs = customsOf(hooks);
  const passing = await readPassing(run.ports.repo, run.state(), accept === "all" ? "failed" : "none");
  if (!json) for (const left of passing.left) terminal.out(stayingLine(run.id, left));
  // A refusal is an event of its own, already printed and part of the view.
  if (passing.wishes.length === 0) return;
  await run.merges.acceptAll(passing.wishes.map((wish) => ({ ...wish, customs })));
  // How the tree was found afterwards is part of how the run ended.
  await run.merges.settled();
}

function commandsOf(plan: Plan): readonly string[] {
  return [...new Set([...plan.subtasks.flatMap((s) => s.verify), ...(plan.integration?.validation_tests ?? [])])];
}
