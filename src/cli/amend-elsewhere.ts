import type { Amendment } from "../core/amendment/amendment";
import { BraidError, failure } from "../core/failure";
import { plain } from "../core/plain";
import { toRunView } from "../core/state/view";
import type { Repository } from "../git/repository";
import type { SteeringCommand } from "../run/steering/inbox-command";
import type { Holder } from "../run/log/lock";
import { sendCommand } from "../run/steering/send-command";
import { readRun } from "../run/log/store";
import { amendmentLines } from "./amendment-text";
import type { Command } from "./command";
import { EXIT } from "./exit";
import type { Terminal } from "./terminal";

/** `braid amend` on a run that another process owns: that process asks, amends or declines, and its workers go on. */
export async function amendElsewhere(
  command: Extract<Command, { name: "amend" }>,
  run: {
    readonly repo: Repository;
    readonly id: string;
    readonly owner: Holder;
    readonly written: Amendment | undefined;
  },
  terminal: Terminal,
): Promise<number> {
  const { repo, id, owner, written } = run;
  const view = toRunView(await readRun(repo, id));
  const { open } = view.amendments;
  const send = async (sent: SteeringCommand): Promise<number> => {
    const said = await sendCommand(repo, { run: id, owner }, sent);
    terminal.out(command.json ? JSON.stringify({ type: "carried-out", run: id, said }) : plain(said));
    return EXIT.done;
  };
  if (written !== undefined) return send({ type: "propose-amendment", amendment: written });
  if (command.decline) {
    if (open === null) throw nothingWaits(id);
    return send({ type: "decline-amendment", number: open.number, reason: command.reason });
  }
  const { note } = command;
  if (open === null || note !== undefined) return send({ type: "amend", ...(note === undefined ? {} : { note }) });
  if (!command.json) for (const line of amendmentLines(view)) terminal.out(plain(line));
  const approved = command.yes || (terminal.interactive && (await terminal.confirm("Amend the plan like this?")));
  return approved ? send({ type: "approve-amendment", number: open.number }) : EXIT.waiting;
}

/** What is said where there is no amendment to decide on. */
export function nothingWaits(run: string): BraidError {
  return new BraidError(
    failure("run.state", "No amendment waits for a decision.", { hint: `Ask for one: braid amend ${run}.` }),
  );
}
