import { plain } from "../../core/plain";
import { openRepository } from "../../git/repository";
import { Run } from "../../run/run";
import { ownerOf } from "../../run/log/ownership";
import { sendCommand } from "../../run/steering/send-command";
import { resumeRun } from "../../run/steering/steer";
import { chooseRun } from "../../run/log/store";
import type { Command } from "../command";
import { printAmendment } from "../decide-on-amendment";
import { approvePlan, finish, printEvents, withRun } from "../drive";
import { EXIT } from "../exit";
import { describeEvent } from "../text";
import { endpointOf, openPorts } from "../ports";
import type { Terminal } from "../terminal";

/** `braid resume [RUN]`: goes on where a run stopped and retries what failed; one that another process owns, that process goes on with. A finished run is done: exit 0. */
export async function runResume(command: Extract<Command, { name: "resume" }>, terminal: Terminal): Promise<number> {
  const repo = await openRepository(terminal.cwd);
  const id = await chooseRun(repo, command.run);
  const owner = command.takeOver ? undefined : await ownerOf(repo, id);
  if (owner !== undefined) {
    const { budget } = command;
    const said = await sendCommand(repo, { run: id, owner }, { type: "resume", ...(budget && { budget }) });
    terminal.out(command.json ? JSON.stringify({ type: "carried-out", run: id, said }) : plain(said));
    return EXIT.done;
  }
  const ports = await openPorts(terminal.cwd, endpointOf(terminal.env), terminal, command);
  const run = await Run.open(ports, id, (opened) => printEvents(opened, command.json, terminal), command);
  return withRun(run, { ...command, terminal }, async () => {
    const { plan, planNote: note, approved } = run.state();
    if (plan === undefined) await run.plan();
    // What is to be approved is shown first; the event that told it is long gone by.
    else if (!approved && !command.json)
      terminal.out(describeEvent({ type: "plan.proposed", plan, by: "user", ...(note && { note }) }, run.view) ?? "");
    const code = run.state().approved ? undefined : await approvePlan(run, command, terminal);
    if (code !== undefined) return code;
    // What an amendment is about does not start before it is decided; that is asked when what else can run has run.
    if (!command.json) printAmendment(run, terminal);
    await resumeRun(run, command.budget);
    return await finish(run, command, terminal);
  });
}
