import { openRepository } from "../../git/repository";
import { loadAhead } from "../../model/anthropic";
import { Run } from "../../run/run";
import type { Command } from "../command";
import { approvePlan, finish, printEvents, withRun } from "../drive";
import { EXIT } from "../exit";
import { loadPlan } from "../load-plan";
import { patternStart } from "../pattern-start";
import { endpointOf, openPorts } from "../ports";
import { handedOver } from "../handed-over";
import { runOptions } from "../run-options";
import type { Terminal } from "../terminal";

/** Attempts a subtask gets. */
const ATTEMPTS = 2;

/** `braid run PLAN.yml | --goal "GOAL" [--pattern NAME]`. */
export async function runRun(command: Extract<Command, { name: "run" }>, terminal: Terminal): Promise<number> {
  const repo = openRepository(terminal.cwd);
  // Why there is none is told where it is needed: a plan that cannot be read comes first.
  repo.then(loadAhead, () => undefined);
  const loaded =
    command.file === undefined
      ? undefined
      : await loadPlan(command.file, { workers: command.concurrency, terminal, repo });
  if (loaded === null) return EXIT.usage;
  const plan = loaded?.plan;
  const ports = await openPorts(repo, endpointOf(terminal.env), terminal, command);
  const { goal, ...start } = await patternStart(ports, command, terminal);
  const run = await Run.create(
    ports,
    plan?.task ?? goal,
    {
      ...runOptions(command, { concurrency: command.concurrency, attempts: ATTEMPTS }),
      ...start,
      ...(loaded === undefined ? {} : { written: loaded }),
      ...(loaded?.head ? { head: loaded.head } : {}),
      ...(await handedOver(ports, { ...command, goal: plan === undefined ? goal : undefined }, terminal)),
    },
    (created) => printEvents(created, command.json, terminal),
  );
  return withRun(run, { ...command, terminal }, async () => {
    if (loaded === undefined) await run.plan();
    return (await approvePlan(run, command, terminal)) ?? (await finish(run, command, terminal));
  });
}
