import { openRepository } from "../git/repository";
import { Run } from "../run/run";
import { chooseRun } from "../run/store";
import type { Command } from "./arguments";
import { approvePlan, finish, printEvents, withRun } from "./drive";
import { EXIT } from "./exit";
import { endpointOf, openPorts } from "./ports";
import type { Terminal } from "./terminal";

/** `braid resume [RUN]`: goes on where a run stopped and retries what failed. A finished run is done: exit 0. */
export async function runResume(command: Extract<Command, { name: "resume" }>, terminal: Terminal): Promise<number> {
  const id = await chooseRun(await openRepository(terminal.cwd), command.run);
  const ports = await openPorts(terminal.cwd, endpointOf(terminal.env), terminal, command);
  const run = await Run.open(ports, id, (opened) => printEvents(opened, command.json, terminal), command);
  return withRun(run, { ...command, terminal }, async () => {
    if (run.state().plan === undefined) await run.plan();
    if (!run.state().approved && !(await approvePlan(run, command, terminal)))
      return run.state().plan === undefined ? EXIT.failed : EXIT.waiting;
    for (const { subtask, status, decision } of run.state().subtasks)
      if ((status === "failed" || status === "cancelled") && decision.kind === "open") await run.retry(subtask.id);
    await run.resume();
    return await finish(run, command, terminal);
  });
}
