import { describeFailure } from "../../core/failure";
import { gateReport } from "../../core/gate/gate-text";
import { writePlanFile } from "../../core/plan/plan-text";
import { plain } from "../../core/plain";
import { Run } from "../../run/run";
import { DEFAULT_CONCURRENCY } from "../run-flags";
import type { Command } from "../command";
import { printEvents, withRun } from "../drive";
import { EXIT, exitCodeOf } from "../exit";
import { loadPlan } from "../load-plan";
import { patternStart } from "../pattern-start";
import { endpointOf, openPorts } from "../ports";
import { handedOver } from "../handed-over";
import { runOptions } from "../run-options";
import { outText, type Terminal } from "../terminal";
import { writeOutput } from "../write-output";

/** `braid plan "GOAL" [--pattern NAME] [-o FILE]` and `braid plan --check FILE`. */
export async function runPlan(command: Extract<Command, { name: "plan" }>, terminal: Terminal): Promise<number> {
  if (command.check !== undefined) return checkPlanFile(command.check, terminal);
  const ports = await openPorts(terminal.cwd, endpointOf(terminal.env), terminal);
  const toFile = command.output !== undefined;
  const { goal, ...start } = await patternStart(ports, command, terminal);
  const options = {
    ...runOptions(command, { concurrency: 1, attempts: 1 }),
    ...start,
    ...(await handedOver(ports, { ...command, goal }, terminal)),
  };
  const run = await Run.create(ports, goal, options, (created) => {
    if (toFile) printEvents(created, false, terminal);
  });
  return withRun(run, { ask: command.ask, terminal }, async () => {
    await run.plan();
    const { plan, planFailure } = run.state();
    if (plan === undefined) {
      if (planFailure !== undefined && !toFile) terminal.error(plain(`braid: ${describeFailure(planFailure)}`));
      return planFailure === undefined ? EXIT.failed : exitCodeOf(planFailure.code);
    }
    const text = writePlanFile(plan);
    if (command.output === undefined) outText(terminal, text);
    else {
      await writeOutput(terminal.cwd, command.output, text).catch((error: unknown) => {
        // The plan has been paid for: it is printed rather than lost.
        outText(terminal, text);
        throw error;
      });
      terminal.out(`Written to ${command.output}. Edit it, then: braid run ${command.output}`);
    }
    return EXIT.done;
  });
}

async function checkPlanFile(file: string, terminal: Terminal): Promise<number> {
  const checked = await loadPlan(file, { workers: DEFAULT_CONCURRENCY, terminal });
  if (checked === null) return EXIT.usage;
  const { length: count } = checked.plan.subtasks;
  terminal.out(`${file}: ${count === 1 ? "1 subtask" : `${count} subtasks`}`);
  for (const line of gateReport(checked.gate)) terminal.out(plain(line));
  return EXIT.done;
}
