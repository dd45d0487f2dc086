import { BraidError, failure } from "../../core/failure";
import { plain } from "../../core/plain";
import { toRunView } from "../../core/state/view";
import { SteeringCommand } from "../../run/steering/inbox-command";
import { Run } from "../../run/run";
import { ownerOf } from "../../run/log/ownership";
import { sendCommand } from "../../run/steering/send-command";
import { requestChangesInWords } from "../../run/attempt/request-changes";
import { retryOptionsOf } from "../../run/attempt/retry-options";
import { requireUnderWay } from "../../run/steering/steer";
import { chooseRun, readRun } from "../../run/log/store";
import { openRepository, type Repository } from "../../git/repository";
import { EXIT } from "../exit";
import { openPortsWithoutModel } from "../ports";
import type { SteerCommand } from "../steer-arguments";
import type { Terminal } from "../terminal";

/**
 * `braid answer|message|stop|retry|pause|cancel`: has the process that owns the run carry it out. Where none does,
 * what needs no worker (cancel, retry) is done here.
 */
export async function runSteer({ run, command, json }: SteerCommand, terminal: Terminal): Promise<number> {
  const checked = SteeringCommand.safeParse(command);
  if (!checked.success)
    throw new BraidError(failure("run.state", `${command.type}: ${checked.error.issues[0]?.message ?? "invalid"}.`));
  const repo = await openRepository(terminal.cwd);
  const id = await chooseRun(repo, run);
  const owner = await ownerOf(repo, id);
  const said =
    owner === undefined
      ? await carryOutAlone(repo, id, checked.data, terminal)
      : await sendCommand(repo, { run: id, owner }, checked.data);
  terminal.out(json ? JSON.stringify({ type: "carried-out", run: id, said }) : plain(said));
  return EXIT.done;
}

/** On a run nobody owns: it is written down for whoever resumes it, and no worker is started. */
async function carryOutAlone(
  repo: Repository,
  id: string,
  command: SteeringCommand,
  terminal: Terminal,
): Promise<string> {
  if (command.type !== "cancel" && command.type !== "retry" && command.type !== "request-changes")
    throw new BraidError(
      failure("run.state", `Nobody runs ${id} now, so it has no worker to hear of it.`, {
        hint: `Go on with it: braid resume ${id}`,
      }),
    );
  // Taking it over already tells of workers that are gone; what counts is what the user saw.
  if (command.type === "cancel") requireUnderWay(toRunView(await readRun(repo, id)));
  const run = await Run.open(await openPortsWithoutModel(terminal.cwd, terminal), id, (opened) => opened.holdWorkers());
  try {
    if (command.type === "cancel") {
      await run.cancel();
      return `Run ${id} is cancelled; what was done is kept for review.`;
    }
    if (command.type === "request-changes") {
      await requestChangesInWords(run, command, { later: true });
      return `${command.subtask} will be changed. Go on with: braid resume ${id}`;
    }
    await run.retry(command.subtask, command.note, "user", { ...(await retryOptionsOf(run, command)), later: true });
    return `${command.subtask} will be tried again. Go on with: braid resume ${id}`;
  } finally {
    await run.close();
  }
}
