import { openRepository } from "../git/repository";
import { conflictToResolve } from "../run/resolving";
import { Run } from "../run/run";
import { chooseRun } from "../run/store";
import type { Command } from "./arguments";
import { finish, printEvents, withRun } from "./drive";
import { endpointOf, openPorts } from "./ports";
import type { Terminal } from "./terminal";

/** `braid resolve RUN SUBTASK`: an attempt at the conflict that keeps a result from going in, driven to its end. */
export async function runResolve(command: Extract<Command, { name: "resolve" }>, terminal: Terminal): Promise<number> {
  const id = await chooseRun(await openRepository(terminal.cwd), command.run);
  const ports = await openPorts(terminal.cwd, endpointOf(terminal.env), terminal, command);
  const run = await Run.open(ports, id, (opened) => printEvents(opened, command.json, terminal));
  return withRun(run, { ...command, terminal }, async () => {
    const resolve = await conflictToResolve(run.ports.repo, run.state(), command.subtask);
    await run.retry(command.subtask, command.note, "user", { resolve });
    return finish(run, command, terminal);
  });
}
