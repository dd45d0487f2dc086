import { Run } from "../run/run";
import { chooseRun } from "../run/store";
import { openRepository } from "../git/repository";
import { answerApprovals } from "./approve";
import type { Command } from "./arguments";
import { printEvents } from "./drive";
import { EXIT } from "./exit";
import { openPortsWithoutModel } from "./ports";
import type { Terminal } from "./terminal";

/** `braid accept RUN SUBTASK` and `braid reject RUN SUBTASK`. */
export async function runDecision(
  command: Extract<Command, { name: "accept" | "reject" }>,
  terminal: Terminal,
): Promise<number> {
  const id = await chooseRun(await openRepository(terminal.cwd), command.run);
  const run = await Run.open(await openPortsWithoutModel(terminal.cwd, terminal), id, (opened) => {
    if (command.json) printEvents(opened, true, terminal);
  });
  const forget = terminal.onInterrupt(() => run.abort());
  const approvals = answerApprovals(run, terminal, { json: true });
  try {
    run.holdWorkers();
    if (command.name === "accept") await run.accept(command.subtask);
    else await run.reject(command.subtask, command.reason);
    if (!command.json) terminal.out(`${command.subtask} ${command.name}ed.`);
    return EXIT.done;
  } finally {
    approvals.dispose();
    await run.close();
    forget();
  }
}
