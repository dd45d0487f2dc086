import { Run } from "../run/run";
import type { Command } from "./arguments";
import { approvePlan, finish, printEvents, withRun } from "./drive";
import { EXIT, exitCodeOf } from "./exit";
import { loadPlan } from "./load-plan";
import { endpointOf, openPorts } from "./ports";
import type { Terminal } from "./terminal";

/** Attempts a subtask gets. */
const ATTEMPTS = 2;

/** `braid run PLAN.yml | --goal "GOAL"`. */
export async function runRun(command: Extract<Command, { name: "run" }>, terminal: Terminal): Promise<number> {
  const loaded =
    command.file === undefined ? undefined : await loadPlan(command.file, { workers: command.concurrency, terminal });
  if (loaded === null) return EXIT.usage;
  const plan = loaded?.plan;
  const ports = await openPorts(terminal.cwd, endpointOf(terminal.env), terminal);
  const run = await Run.create(
    ports,
    plan?.task ?? command.goal ?? "",
    {
      concurrency: command.concurrency,
      attempts: ATTEMPTS,
      amendments: command.amend ?? (command.yes ? "apply" : "ask"),
    },
    (created) => printEvents(created, command.json, terminal),
  );
  return withRun(run, terminal, async () => {
    if (plan === undefined) await run.plan();
    else await run.propose(plan);
    const { planFailure } = run.state();
    if (run.state().plan === undefined) return planFailure === undefined ? EXIT.failed : exitCodeOf(planFailure.code);
    if (!(await approvePlan(run, command, terminal))) return EXIT.waiting;
    return await finish(run, command, terminal);
  });
}
