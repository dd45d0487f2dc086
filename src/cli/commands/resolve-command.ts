import { openRepository } from "../../git/repository";
import { conflictToResolve } from "../../run/accept/resolving";
import { Run } from "../../run/run";
import { chooseRun } from "../../run/log/store";
import type { Command } from "../command";
import { finish, printEvents, withRun } from "../drive";
import { EXIT } from "../exit";
import { plain } from "../../core/plain";
import { endpointOf, openPorts, openPortsWithoutModel } from "../ports";
import type { Terminal } from "../terminal";

/** `braid resolve RUN SUBTASK`: an attempt at the conflict that keeps a result from going in, driven to its end. */
export async function runResolve(command: Extract<Command, { name: "resolve" }>, terminal: Terminal): Promise<number> {
  if (command.byHand !== undefined) return resolveByHand(command, command.byHand, terminal);
  const id = await chooseRun(await openRepository(terminal.cwd), command.run);
  const ports = await openPorts(terminal.cwd, endpointOf(terminal.env), terminal, command);
  const run = await Run.open(ports, id, (opened) => printEvents(opened, command.json, terminal));
  return withRun(run, { ...command, terminal }, async () => {
    const resolve = await conflictToResolve(run.ports.repo, run.state(), command.subtask);
    await run.retry(command.subtask, command.note, "user", { resolve });
    return finish(run, command, terminal);
  });
}

/** `--by-hand` tells the folder in which the conflict stands, `--done` takes what stands there. */
async function resolveByHand(
  { run: word, subtask, json }: Extract<Command, { name: "resolve" }>,
  step: "open" | "done",
  terminal: Terminal,
): Promise<number> {
  const id = await chooseRun(await openRepository(terminal.cwd), word);
  const run = await Run.open(await openPortsWithoutModel(terminal.cwd, terminal), id, (opened) => {
    if (json) printEvents(opened, true, terminal);
  });
  try {
    run.holdWorkers();
    if (step === "done") {
      await run.merges.takeByHand(subtask);
      if (!json) terminal.out(`${subtask} is resolved; review it, then accept it.`);
      return EXIT.done;
    }
    const { dir, files } = await run.merges.openByHand(subtask);
    if (!json)
      terminal.out(
        `${plain(files.join("\n"))}\nResolve the conflicts in ${dir}\nthen: braid resolve ${id} ${subtask} --done`,
      );
    return EXIT.waiting;
  } finally {
    await run.close();
  }
}
