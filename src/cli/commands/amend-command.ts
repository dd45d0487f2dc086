import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import type { Amendment } from "../../core/amendment/amendment";
import { readAmendment } from "../../core/amendment/amendment-file";
import { BraidError, failure } from "../../core/failure";
import { openRepository } from "../../git/repository";
import { Run } from "../../run/run";
import { ownerOf } from "../../run/log/ownership";
import { chooseRun, readRun } from "../../run/log/store";
import { amendElsewhere, nothingWaits } from "../amend-elsewhere";
import type { Command } from "../command";
import { decideOnAmendment, printAmendment } from "../decide-on-amendment";
import { printEvents, withRun } from "../drive";
import { EXIT, exitCodeOf } from "../exit";
import { endpointOf, openPorts, openPortsWithoutModel } from "../ports";
import { plain } from "../../core/plain";
import type { Terminal } from "../terminal";

/**
 * `braid amend [RUN]`: decides on the amendment that waits; where none does, or a note is given, the planner is asked
 * for one first. On a run that nobody owns it only decides: `braid resume` lets the workers go on.
 */
export async function runAmend(command: Extract<Command, { name: "amend" }>, terminal: Terminal): Promise<number> {
  const { file, note, decline, yes, json } = command;
  const repo = await openRepository(terminal.cwd);
  const id = await chooseRun(repo, command.run);
  const written = file === undefined ? undefined : await loadAmendment(file, terminal);
  const owner = await ownerOf(repo, id);
  if (owner !== undefined) return amendElsewhere(command, { repo, id, owner, written }, terminal);
  const waits = (await readRun(repo, id)).amendments.open !== null;
  const asks = !decline && written === undefined && (!waits || note !== undefined);
  const ports = asks
    ? await openPorts(terminal.cwd, endpointOf(terminal.env), terminal)
    : await openPortsWithoutModel(terminal.cwd, terminal);
  const run = await Run.open(ports, id, (opened) => printEvents(opened, json, terminal));
  run.holdWorkers();
  return withRun(run, { ask: undefined, terminal }, async () => {
    if (decline) {
      await run.amendments.decline(openNumber(run), command.reason);
      return EXIT.done;
    }
    if (written !== undefined) await run.amendments.propose(written);
    else if (asks) await run.amendments.ask(note);
    else if (!json) printAmendment(run, terminal);
    const { request, open } = run.state().amendments;
    if (asks && request.kind === "failed") return exitCodeOf(request.failure.code);
    if (open !== null && !(await decideOnAmendment(run, { yes, json, amend: undefined }, terminal)))
      return EXIT.waiting;
    if (!json) terminal.out(`To go on: braid resume ${run.id}`);
    return EXIT.done;
  });
}

function openNumber(run: Run): number {
  const { open } = run.state().amendments;
  if (open !== null) return open.number;
  throw nothingWaits(run.id);
}

async function loadAmendment(file: string, terminal: Terminal): Promise<Amendment> {
  const text = await readFile(resolve(terminal.cwd, file), "utf8").catch((error: unknown) => {
    throw new BraidError(
      failure("plan.unreadable", `The amendment ${file} cannot be read.`, { hint: "Check the path." }),
      { cause: error },
    );
  });
  const read = readAmendment(text);
  if (read.ok) return read.amendment;
  for (const problem of read.problems) terminal.error(plain(`${file}: ${problem}`));
  throw new BraidError(
    failure("plan.invalid", `${file} is not an amendment.`, {
      hint: "It has `reason`, and any of `add`, `drop`, `change` and `sequential`.",
    }),
  );
}
