import type { RetryOptions } from "../core/decide";
import { BraidError } from "../core/failure";
import { leaveOut, type LeftOut } from "../core/left-out";
import { takesOf } from "../core/selection";
import { choicesOf } from "../core/selection-words";
import { openRepository } from "../git/repository";
import { readReview } from "../run/read-review";
import { conflictToResolve } from "../run/resolving";
import { Run } from "../run/run";
import { chooseRun } from "../run/store";
import type { Command } from "./arguments";
import { finish, printEvents, withRun } from "./drive";
import { endpointOf, openPorts } from "./ports";
import type { Terminal } from "./terminal";

type Retry = Extract<Command, { name: "retry" | "resolve" }>;

/** `braid retry RUN SUBTASK` and `braid resolve RUN SUBTASK`: another attempt, driven to its end. */
export async function runRetry(command: Retry, terminal: Terminal): Promise<number> {
  const id = await chooseRun(await openRepository(terminal.cwd), command.run);
  const ports = await openPorts(terminal.cwd, endpointOf(terminal.env), terminal, command);
  const run = await Run.open(ports, id, (opened) => printEvents(opened, command.json, terminal));
  return withRun(run, { ...command, terminal }, async () => {
    await run.retry(command.subtask, command.note, "user", await whatElse(run, command));
    return finish(run, command, terminal);
  });
}

async function whatElse(run: Run, command: Retry): Promise<RetryOptions> {
  const { subtask, agent, model, without } = command;
  const other = { agent, model, without };
  if (command.name === "resolve")
    return { ...other, resolve: await conflictToResolve(run.ports.repo, run.state(), subtask) };
  return command.turnDown.length === 0 ? other : { ...other, leftOut: await turnedDown(run, command) };
}

/** What of the last result shall not come again. */
async function turnedDown(run: Run, { subtask, turnDown, reason }: Retry): Promise<readonly LeftOut[]> {
  const { files, base, commit } = await readReview(run.ports.repo, run.state(), subtask);
  const choices = choicesOf(files, { only: [], except: turnDown });
  if ("code" in choices) throw new BraidError(choices);
  const takes = takesOf(files, { base, commit, files: choices });
  if ("code" in takes) throw new BraidError(takes);
  return leaveOut(takes, reason, []);
}
